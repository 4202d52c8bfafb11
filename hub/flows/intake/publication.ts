/** The end of a translation: published with its entry, or held because too many rows are bad. */
import { Problem } from '../../../terms/problem.ts';
import { isMissingPartition } from '../../platform/database/failure.ts';
import { receives } from '../../domain/dataset.ts';
import { batchTable } from '../../domain/rowTable/layout.ts';
import { isDatasetHeld, mayGo } from '../../log/store/legalHolds.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { overtakeHeld, supersedeBatches, supersedeCorrected } from './store/endBatch.ts';
import { correctedBatch, outdatedCorrection, shortCorrection } from './correction.ts';
import type { BatchRow } from './store/batches.ts';
import { noteCurrentBatch } from '../rows/store/currentBatches.ts';
import { restartRollups } from '../rows/store/rollups.ts';
import { mergeBatch } from '../rows/store/merge.ts';
import { refuseAltered } from '../rows/store/rowDigests.ts';
import { sweepTables } from '../rows/store/sweep.ts';
import { datasetById, intakeRulesOf, isBoundTo, type DatasetRow } from '../../registry/store/datasets.ts';
import { forgetProposals } from './store/proposals.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { batchFacts, findingView } from './answer.ts';
import { guardArrival } from './guardArrival.ts';
import { finishPublished, extendLease, isTemporary, isTooLate, settle, type Loading } from './loading.ts';
import { readyTable } from '../lastingTable.ts';
import { liveDataset } from '../hostedDataset.ts';
import { useAttachmentsOfBatch } from '../attachments/store/named.ts';
import { forgetForRules } from './rowsByCall/noteForRules.ts';
import { preparation } from './rebind/preparation.ts';
import type { IntakeServices } from './services.ts';
import type { Publication } from './publicationShape.ts';
import type { Translation } from './translateBatch.ts';
import { unavailable } from '../../registry/unavailable.ts';
import { deletedSince } from '../../features/tickets/store/deletedSince.ts';

/**
 * Prepares a publication. Runs again when another batch was published meanwhile, or the registries changed.
 * @param exchange id of the entry that will record it
 * @throws Problem of a guard (hub/domain/guards.ts), dataset_unknown, dataset_unavailable, under_legal_hold: the batch is then held;
 * batch_claimed; and those of `preparation`
 */
export async function publication(
  services: IntakeServices,
  loading: Loading,
  translation: Translation,
  exchange: string,
): Promise<Publication> {
  const { database, registry } = services;
  const { counts } = translation;
  await extendLease(services, loading);
  if ('changeover' in loading.dataset)
    return preparation(services, loading, loading.dataset, translation, exchange);
  // read before the guards: a batch published during their run makes the claim fail, and they run again
  const over = await currentOf(database, loading.dataset);
  const guarded = await guardArrival(database, registry.current.datasets.values(), loading, translation);
  const { ranges, profile, brought } = guarded;
  // late rows are not stored, but their file contains them
  const oldestPeriod = translation.oldestLate ?? brought[0];
  const former = await correctedBatch(database.app, loading.batch);
  const findings = [
    ...outdatedCorrection(former, loading.dataset),
    ...guarded.findings,
    ...shortCorrection(former, translation.sent),
  ];
  const holdDays = intakeRulesOf(loading.dataset.row).holdDays;
  try {
    const first =
      findings.find(({ severity }) => severity === 'reject') ??
      findings.find(({ severity }) => severity === 'hold');
    if (first !== undefined)
      throw new Problem(first.code, first.facts, {
        findings: findings.map((one) => findingView(one, 'held')),
        ...limitOf(translation),
      });
    const { row } = liveDataset(registry, loading.batch.dataset);
    if (!receives(row.state)) throw unavailable(row);
    if (row.schema !== loading.dataset.row.schema) throw outdated(loading.dataset);
    refuseFileOfCases(row);
    await deletionsMayGo(database.app, row.id, counts);
  } catch (error) {
    // a connection was lost: the batch is not decided on, and is resumed
    if (!(error instanceof Problem) && isTemporary(error)) throw error;
    const problem = error instanceof Problem ? error.code : 'internal_error';
    const rejected = isTooLate(problem) || findings.some(({ severity }) => severity === 'reject');
    const state = rejected ? 'rejected' : 'held';
    await settle(services, loading, {
      state,
      problem,
      exchange,
      translation,
      findings,
      ranges,
      profile,
      oldestPeriod,
      holdDays,
    });
    throw error;
  }
  const { row } = loading.dataset;
  if (row.mode === 'upsert') await readyTable(services, loading.dataset, brought);
  const batch: BatchRow = { ...loading.batch, state: 'published', counts, exchange, findings };
  const current = await makeCurrent(database, loading.dataset, batch, exchange, over);
  return {
    batch,
    facts: {
      ...batchFacts(batch, loading.dataset),
      change: { batch: batch.id, state: 'published' },
    },
    claims: current.claims,
    work: async (transaction) => {
      // runs first, because it locks the batch: no other hub can take it over during a long merge
      await finishPublished(transaction, loading, translation, exchange, {
        findings,
        ranges,
        profile,
        oldestPeriod,
      });
      await current.work(transaction);
    },
    afterwards: async () => {
      registry.movePointer(row.id, batch.id);
      await sweepTables(database);
    },
  };
}

/** The exceeded limit of the mapping, as refusals name it. */
const limitOf = ({ over }: Translation): { readonly at?: string } =>
  over === undefined ? {} : { at: over.limit };

const outdated = ({ row }: Pick<LiveDataset, 'row'>): Problem =>
  new Problem('batch_outdated', { schema: row.schema });

/** A batch that was opened before its dataset got cases: its rows would have no versions. @throws Problem cases_by_call_only */
function refuseFileOfCases(row: Pick<DatasetRow, 'id' | 'intake'>): void {
  if (intakeRulesOf(row).cases !== undefined) throw new Problem('cases_by_call_only', { dataset: row.id });
}

/** A batch whose rows delete others is held while its dataset is under legal hold. @throws Problem under_legal_hold */
async function deletionsMayGo(reader: Reader, dataset: string, counts: BatchRow['counts']): Promise<void> {
  if ((counts?.deletions ?? 0) > 0 && (await isDatasetHeld(reader, dataset))) throw held(dataset);
}

const held = (dataset: string): Problem => new Problem('under_legal_hold', { what: `Dataset ${dataset}` });

/** The current batch of a dataset. */
export const currentOf = async (
  { app }: IntakeServices['database'],
  { row }: Pick<LiveDataset, 'row'>,
): Promise<string | null> => (await datasetById(app, row.id))?.currentBatch ?? null;

/**
 * Makes a loaded batch visible: the claim of the pointer, and the changes in the transaction of the entry.
 * @param over the current batch when the batch was compared with stored rows; if omitted, the one that is current now
 * @throws Problem under_legal_hold; batch_not_current where it is made of the bytes of a batch that is no longer current;
 * cases_by_call_only
 */
export async function makeCurrent(
  database: IntakeServices['database'],
  { row, schema }: LiveDataset,
  {
    id: batch,
    corrects,
    retranslates,
    counts,
  }: Pick<BatchRow, 'id' | 'corrects' | 'retranslates' | 'counts'>,
  exchange: string,
  over?: string | null,
): Promise<Pick<Publication, 'claims' | 'work'>> {
  await deletionsMayGo(database.app, row.id, counts);
  const from = over === undefined ? await currentOf(database, { row }) : over;
  if (retranslates !== null && from !== retranslates)
    throw new Problem('batch_not_current', { dataset: row.id });
  return {
    claims: { publish: { dataset: row.id, from, to: batch } },
    work: async (transaction) => {
      // rows validated under one version are never read under another
      if (!(await isBoundTo(transaction, row.id, row.schema))) throw outdated({ row });
      const present = await datasetById(transaction, row.id);
      if (present !== undefined) refuseFileOfCases(present);
      if (retranslates !== null) await refuseReturning(transaction, retranslates);
      const { deleteWhere } = intakeRulesOf(row);
      const loaded = { dataset: row.id, schema, batch, deleteWhere };
      if (!(await useAttachmentsOfBatch(transaction, loaded, database.now())))
        throw new Problem('batch_attachments_gone', { dataset: row.id });
      if (row.mode === 'upsert') {
        // the rows may have been altered while the batch was held
        await refuseAltered(transaction, batchTable(batch));
        const gone = await mergeBatch(transaction, row.id, schema, batch, deleteWhere).catch(
          (error: unknown) => {
            // the job of retention took an empty period away since it was made: the repetition makes it again
            throw isMissingPartition(error) ? new Problem('log_busy') : error;
          },
        );
        // by what was deleted: the count of a held batch has no seal
        if (gone > 0 && !(await mayGo(transaction, row.id))) throw held(row.id);
        if (gone > 0)
          await forgetForRules(
            transaction,
            { row, schema },
            { from: `${batchTable(batch)} AS b`, values: [] },
          );
        await restartRollups(transaction, row.id);
      }
      await noteCurrentBatch(transaction, row.id, batch);
      await supersedeBatches(transaction, row.id, batch);
      if (corrects !== null) await supersedeCorrected(transaction, corrects);
      if (row.mode === 'snapshot') await overtakeHeld(transaction, row.id, batch, exchange);
      await forgetProposals(transaction, row.id);
    },
  };
}

/** Rows deleted at a person's request must not return with older bytes or rows. @throws Problem deletion_would_return */
export async function refuseReturning(reader: Reader, batch: string): Promise<void> {
  const persons = await deletedSince(reader, batch);
  if (persons > 0) throw new Problem('deletion_would_return', { persons });
}

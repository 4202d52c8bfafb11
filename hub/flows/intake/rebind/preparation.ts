/** The last step of intake for a changeover: rows of the new major version are stored, and invisible until the switch. */
import { Problem } from '../../../../terms/problem.ts';
import { receives } from '../../../domain/dataset.ts';
import type { BatchRow } from '../store/batches.ts';
import { abandonBatch } from '../store/endBatch.ts';
import { fillChangeover, openChangeover } from '../../../registry/store/changeovers.ts';
import { datasetById } from '../../../registry/store/datasets.ts';
import { sweepTables } from '../../rows/store/sweep.ts';
import { listsUsed } from '../../../registry/listsUsed.ts';
import type { ComingDataset } from '../../../registry/snapshot.ts';
import { batchFacts } from '../answer.ts';
import { attachmentFindings } from '../contentChecks.ts';
import { periodsBrought } from '../../lastingTable.ts';
import { finishPrepared, settle, type Loading } from '../loading.ts';
import type { Publication } from '../publicationShape.ts';
import type { IntakeServices } from '../services.ts';
import type { Translation } from '../translateBatch.ts';
import { unavailable } from '../../../registry/unavailable.ts';

/**
 * Returns what stores a translated batch. Only the mapping limits the bad rows here: two persons review the numbers before the switch.
 * @throws Problem too_many_bad_rows, batch_attachments_missing: the batch is then rejected; changeover_unknown where it was cancelled in
 * the meantime, dataset_unavailable, changeover_under_way
 */
export async function preparation(
  services: IntakeServices,
  loading: Loading,
  coming: ComingDataset,
  translation: Translation,
  exchange: string,
): Promise<Publication> {
  const { database } = services;
  const { counts, over } = translation;
  if (over !== undefined) {
    const records = counts.rows + counts.bad;
    const facts = { bad: counts.bad, records, ...over };
    const problem = new Problem('too_many_bad_rows', facts, { at: over.limit });
    await settle(services, loading, { state: 'rejected', problem: problem.code, exchange, translation });
    throw problem;
  }
  // a switch stores every row, also those whose mark requests a deletion
  const loaded = { dataset: coming.row.id, schema: coming.schema, batch: loading.batch.id };
  const [missing] = await attachmentFindings(database.app, loaded, translation.lineOf);
  if (missing !== undefined) {
    const problem = new Problem(missing.code, missing.facts);
    await settle(services, loading, { state: 'rejected', problem: problem.code, exchange, translation });
    throw problem;
  }
  const changeover = await openChangeover(database.app, coming.row.id);
  if (changeover?.id !== coming.changeover)
    throw new Problem('changeover_unknown', { dataset: coming.row.id });
  // an uploaded file replaces the batch that is current now; a filled one replaces the batch it was filled from
  const filled = changeover.batch === loading.batch.id;
  const { row } = coming;
  if (!filled && !receives(row.state)) throw unavailable(row);
  // rows merged by key come from many files: an uploaded file does not contain all of them
  if (!filled && row.mode === 'upsert')
    throw new Problem('changeover_under_way', { dataset: row.id, schema: row.schema });
  const seen = filled
    ? changeover.over
    : ((await datasetById(database.app, coming.row.id))?.currentBatch ?? null);
  const source = filled ? changeover.source : null;
  const lists = filled ? changeover.lists : listsUsed(services.registry.current.codeLists, coming);
  const batch: BatchRow = { ...loading.batch, state: 'prepared', counts, exchange };
  const [oldestPeriod] = await periodsBrought(database.app, batch.id, coming);
  return {
    batch,
    facts: { ...batchFacts(batch, coming), change: { changeover: changeover.id, batch: batch.id } },
    claims: {},
    work: async (transaction) => {
      await finishPrepared(transaction, loading, translation, exchange, oldestPeriod);
      const filling = { batch: batch.id, over: seen, source, lists, trouble: null };
      if (!(await fillChangeover(transaction, changeover.id, changeover, filling)))
        throw new Problem('changeover_read_anew', { dataset: coming.row.id });
      if (changeover.batch !== null && !filled) await abandonBatch(transaction, changeover.batch, exchange);
    },
    afterwards: () => sweepTables(database),
  };
}

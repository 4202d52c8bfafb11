/** The end of a translation: published with its entry, or held because too many rows are bad. */
import { Problem } from '../../../terms/problem.ts';
import { receives } from '../../domain/dataset.ts';
import type { Claims } from '../../audit/draft.ts';
import { supersedeBatches, type BatchRow } from '../../store/batches.ts';
import { datasetById } from '../../store/datasets.ts';
import { ensureDatasetTable, mergeBatch } from '../../store/rows/merge.ts';
import { sweepTables } from '../../store/rows/sweep.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { LeafFacts } from '../call.ts';
import { batchFacts } from './answer.ts';
import { finishPublished, keepLease, settle, type Loading } from './loading.ts';
import { liveDataset, type IntakeServices } from './services.ts';
import type { Translation } from './translateBatch.ts';

export interface Publication {
  readonly batch: BatchRow;
  readonly facts: LeafFacts;
  readonly claims: Pick<Claims, 'publish'>;
  /** runs in the transaction of the entry */
  readonly work: (transaction: Transaction) => Promise<void>;
  /** runs once the entry is durable */
  readonly afterwards: () => Promise<void>;
}

/**
 * What publishing takes. Asked again when another batch was published meanwhile, or the registries changed.
 * @param exchange id of the entry that will tell it
 * @throws Problem too_many_bad_rows, dataset_unknown, dataset_unavailable: the batch is then held; batch_claimed
 */
export async function publication(
  services: IntakeServices,
  loading: Loading,
  translation: Translation,
  exchange: string,
): Promise<Publication> {
  const { database, registry } = services;
  const { counts, over } = translation;
  await keepLease(services, loading);
  try {
    if (over !== undefined) throw new Problem('too_many_bad_rows', { bad: counts.bad }, { at: over });
    const { row } = liveDataset(registry, loading.batch.dataset);
    if (!receives(row.state)) throw new Problem('dataset_unavailable', { dataset: row.id, state: row.state });
  } catch (error) {
    const problem = error instanceof Problem ? error.code : 'internal_error';
    await settle(services, loading, { state: 'held', problem, exchange, translation });
    throw error;
  }
  const { row, schema } = loading.dataset;
  const merges = row.mode === 'upsert';
  if (merges) await ensureDatasetTable(database, row.id, schema);
  const from = (await datasetById(database.app, row.id))?.currentBatch ?? null;
  const batch: BatchRow = { ...loading.batch, state: 'published', counts, exchange };
  return {
    batch,
    facts: batchFacts(batch, loading.dataset),
    claims: { publish: { dataset: row.id, from, to: batch.id } },
    work: async (transaction) => {
      // first, because it locks the batch: however long the merge takes, nobody else takes it over
      await finishPublished(transaction, loading, translation, exchange);
      if (merges) await mergeBatch(transaction, row.id, schema, batch.id);
      await supersedeBatches(transaction, row.id, batch.id);
    },
    afterwards: async () => {
      registry.movePointer(row.id, batch.id);
      await sweepTables(database);
    },
  };
}

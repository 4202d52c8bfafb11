/** Rebind: the rows of a dataset that is merged by key begin the lasting table of its new major version. */
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import type { Transaction } from '../../store/database/transaction.ts';
import { emptyDatasetTable, mergeBatch } from '../../store/rows/merge.ts';

/**
 * In the transaction of the entry that switches. The table of a major version that the dataset was at before begins empty. A row that would ask
 * for its own deletion under the new version stays a row: nothing is lost by a switch.
 */
export async function mergeWhole(
  transaction: Transaction,
  dataset: string,
  schema: DatasetSchema,
  batch: string,
): Promise<void> {
  await emptyDatasetTable(transaction, dataset, schema);
  await mergeBatch(transaction, dataset, schema, batch);
}

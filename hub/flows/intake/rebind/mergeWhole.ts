/** Rebind: the rows of a dataset that is merged by key begin the lasting table of its new major version. */
import { Problem } from '../../../../terms/problem.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { emptyDatasetTable, mergeBatch } from '../../rows/store/merge.ts';

/**
 * In the transaction of the entry that switches. The table of a major version that the dataset was at before begins empty. A row that would ask
 * for its own deletion under the new version stays a row: nothing is lost by a switch.
 * @throws Problem under_legal_hold: rows of that version, which the hold keeps, would go
 */
export async function mergeWhole(
  transaction: Transaction,
  dataset: string,
  schema: DatasetSchema,
  batch: string,
): Promise<void> {
  if (!(await emptyDatasetTable(transaction, dataset, schema)))
    throw new Problem('under_legal_hold', { what: `Dataset ${dataset}` });
  await mergeBatch(transaction, dataset, schema, batch);
}

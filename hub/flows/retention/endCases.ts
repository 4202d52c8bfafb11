import { Problem } from '../../../terms/problem.ts';
import { isUnheld } from '../../log/store/legalHolds.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { deleteDatasetVersions } from '../rows/store/endVersions.ts';

/**
 * The rows of a dataset are no longer cases: their versions are deleted. Called after the row of the dataset was changed.
 * @throws Problem under_legal_hold, rows_unauthenticated
 */
export async function endCases(transaction: Transaction, dataset: string): Promise<void> {
  if (!(await isUnheld(transaction, dataset)))
    throw new Problem('under_legal_hold', { what: `Dataset ${dataset}` });
  await deleteDatasetVersions(transaction, dataset);
}

import { Problem } from '../../../terms/problem.ts';
import { isDatasetHeld } from '../../log/store/legalHolds.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { deleteDatasetVersions } from '../rows/store/endVersions.ts';

/** The rows of a dataset are no longer cases: their versions are deleted. @throws Problem under_legal_hold */
export async function endCases(transaction: Transaction, dataset: string): Promise<void> {
  if (await isDatasetHeld(transaction, dataset))
    throw new Problem('under_legal_hold', { what: `Dataset ${dataset}` });
  await deleteDatasetVersions(transaction, dataset);
}

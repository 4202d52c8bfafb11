import type { Leaf } from '../../../log/leaf.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Transaction } from '../../platform/database/transaction.ts';

/** Something that is destroyed: what its entry says, and what happens in the entry's transaction. */
export interface Retirement extends Required<Pick<Leaf, 'dataset' | 'provider' | 'change'>> {
  /** @param exchange id of the entry @throws Problem retirement_outdated when it is not as it was read */
  readonly work: (transaction: Transaction, exchange: string) => Promise<void>;
}

/** What was to go is used again, or grew: it stays, and is looked at anew. */
export const changedMeanwhile = (batch: string): Problem => new Problem('retirement_outdated', { batch });

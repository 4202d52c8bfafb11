import type { Claims } from '../../log/draft.ts';
import type { LeafFacts } from '../../log/entry.ts';
import type { BatchRow } from './store/batches.ts';
import type { Transaction } from '../../platform/database/transaction.ts';

/** The result of a translation: its rows visible, or ready under another version. */
export interface Publication {
  readonly batch: BatchRow;
  readonly facts: LeafFacts;
  readonly claims: Pick<Claims, 'publish'>;
  /** runs in the transaction of the entry */
  readonly work: (transaction: Transaction) => Promise<void>;
  /** runs once the entry is durable */
  readonly afterwards: () => Promise<void>;
}

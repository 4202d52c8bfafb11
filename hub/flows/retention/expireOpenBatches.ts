/** Retire: batches that were opened and never committed go, with the bytes that came. */
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { expireBatch, overdueBatches, type OverdueBatch } from '../intake/store/expireBatch.ts';
import { changedMeanwhile, type Retirement } from './retirement.ts';

/** @param before Unix milliseconds: opened earlier than this */
export async function expireOpenBatches(reader: Reader, before: number, most: number): Promise<Retirement[]> {
  const overdue = await overdueBatches(reader, before, most);
  return overdue.map(expiration);
}

/** The end of an open batch, with the bytes that came. */
export const expiration = (batch: OverdueBatch): Retirement => ({
  dataset: batch.dataset,
  provider: batch.department,
  change: { batch: batch.id, state: 'expired', bytes: batch.bytes },
  work: async (transaction: Transaction, exchange: string) => {
    if (!(await expireBatch(transaction, batch, exchange))) throw changedMeanwhile(batch.id);
  },
});

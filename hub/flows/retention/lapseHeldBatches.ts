/** Retire: held batches that nobody decided in time lapse; their rows go with the next sweep, their raw bytes with those of other batches. */
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { lapseHeld, overdueHeld } from '../intake/store/lapseHeld.ts';
import { changedMeanwhile, type Retirement } from './retirement.ts';

/** @param now Unix milliseconds */
export async function lapseHeldBatches(reader: Reader, now: number, most: number): Promise<Retirement[]> {
  const overdue = await overdueHeld(reader, now, most);
  return overdue.map(({ id, dataset, department, counts }) => ({
    dataset,
    provider: department,
    change: { batch: id, state: 'expired', rows: counts?.rows ?? 0 },
    work: async (transaction: Transaction, exchange: string) => {
      if (!(await lapseHeld(transaction, id, exchange))) throw changedMeanwhile(id);
    },
  }));
}

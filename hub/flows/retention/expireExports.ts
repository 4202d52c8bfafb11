/** Retire: files of rows whose time is over. */
import { dropExport, expiredExports } from '../release/exports/store/exports.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { changedMeanwhile, type Retirement } from './retirement.ts';

/** @param now Unix milliseconds */
export async function expireExports(
  reader: Reader,
  now: number,
  most: number,
): Promise<(Omit<Retirement, 'provider'> & { readonly consumer: string })[]> {
  const expired = await expiredExports(reader, now, most);
  return expired.map(({ id, department, dataset, bytes }) => ({
    dataset,
    consumer: department,
    change: { export: id, bytes },
    work: async (transaction: Transaction) => {
      if (!(await dropExport(transaction, id))) throw changedMeanwhile(id);
    },
  }));
}

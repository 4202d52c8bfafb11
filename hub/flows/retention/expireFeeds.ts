/** Retire: feeds of changes that their consumer left. */
import { clearLeftFeeds, dropFeed, forgottenFeeds } from '../release/changes/store/feeds.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { changedMeanwhile, type Retirement } from './retirement.ts';

/** Rows of ended feeds that go at once. */
const portion = 10_000;

/** @param before Unix milliseconds: nobody has asked since */
export async function expireFeeds(
  reader: Reader,
  before: number,
  most: number,
): Promise<(Omit<Retirement, 'provider'> & { readonly consumer: string })[]> {
  const forgotten = await forgottenFeeds(reader, before, most);
  return forgotten.map(({ id, department, dataset }) => ({
    dataset,
    consumer: department,
    change: { feed: id },
    work: async (transaction: Transaction) => {
      if (!(await dropFeed(transaction, id, before))) throw changedMeanwhile(id);
    },
  }));
}

/** What was kept of feeds that ended or began anew; it names nobody, and nobody can ask for it any more. @returns whether more is left */
export const clearFeeds = (reader: Reader): Promise<boolean> => clearLeftFeeds(reader, portion);

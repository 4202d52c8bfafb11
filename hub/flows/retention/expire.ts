import type { Leaf } from '../../../log/leaf.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { dropExport, expiredExports } from '../release/exports/store/exports.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { clearLeftFeeds, dropFeed, forgottenFeeds } from '../release/changes/store/feeds.ts';
import {
  expireBatch,
  overdueBatches,
  type OverdueBatch,
  lapseHeld,
  overdueHeld,
} from '../intake/store/endBatch.ts';

/** Something that is destroyed: what its entry says, and what happens in the entry's transaction. */
export interface Retirement extends Required<Pick<Leaf, 'dataset' | 'provider' | 'change'>> {
  /** @param exchange id of the entry @throws Problem retirement_outdated when it is not as it was read */
  readonly work: (transaction: Transaction, exchange: string) => Promise<void>;
}

/** What was to go is used again, or grew: it stays, and is looked at anew. */
export const changedMeanwhile = (batch: string): Problem => new Problem('retirement_outdated', { batch });

/* Retire: files of rows whose time is over. */

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

/* Retire: feeds of changes that their consumer left. */

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

/* Retire: batches that were opened and never committed go, with the bytes that came. */

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

/* Retire: held batches that nobody decided in time lapse; their rows go with the next sweep, their raw bytes with those of other batches. */

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

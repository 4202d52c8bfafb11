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

/** A destruction: the facts for its entry, and the work in the entry's transaction. */
export interface Retirement extends Required<Pick<Leaf, 'dataset' | 'provider' | 'change'>> {
  /** @param exchange id of the entry @throws Problem retirement_outdated when the data changed since it was read */
  readonly work: (transaction: Transaction, exchange: string) => Promise<void>;
}

/** The data is used again, or grew: it is retained and examined again later. */
export const changedMeanwhile = (batch: string): Problem => new Problem('retirement_outdated', { batch });

/* Retire: export files that have expired. */

/** @param now Unix milliseconds */
export async function expireExports(
  reader: Reader,
  now: number,
  maxRows: number,
): Promise<(Omit<Retirement, 'provider'> & { readonly consumer: string })[]> {
  const expired = await expiredExports(reader, now, maxRows);
  return expired.map(({ id, department, dataset, bytes }) => ({
    dataset,
    consumer: department,
    change: { export: id, bytes },
    work: async (transaction: Transaction) => {
      if (!(await dropExport(transaction, id))) throw changedMeanwhile(id);
    },
  }));
}

/* Retire: feeds of changes that their consumer no longer uses. */

/** Rows of ended feeds that are deleted at once. */
const portion = 10_000;

/** @param before Unix milliseconds: feeds without a request since then */
export async function expireFeeds(
  reader: Reader,
  before: number,
  maxRows: number,
): Promise<(Omit<Retirement, 'provider'> & { readonly consumer: string })[]> {
  const forgotten = await forgottenFeeds(reader, before, maxRows);
  return forgotten.map(({ id, department, dataset }) => ({
    dataset,
    consumer: department,
    change: { feed: id },
    work: async (transaction: Transaction) => {
      if (!(await dropFeed(transaction, id, before))) throw changedMeanwhile(id);
    },
  }));
}

/**
 * Deletes stored rows of feeds that ended or restarted; they identify no person, and no consumer can request them. @returns whether more
 * are left
 */
export const clearFeeds = (reader: Reader): Promise<boolean> => clearLeftFeeds(reader, portion);

/* Retire: batches that were opened and never committed, with their received bytes. */

/** @param before Unix milliseconds: opened earlier than this */
export async function expireOpenBatches(
  reader: Reader,
  before: number,
  maxRows: number,
): Promise<Retirement[]> {
  const overdue = await overdueBatches(reader, before, maxRows);
  return overdue.map(expiration);
}

/** The end of an open batch, with its received bytes. */
export const expiration = (batch: OverdueBatch): Retirement => ({
  dataset: batch.dataset,
  provider: batch.department,
  change: { batch: batch.id, state: 'expired', bytes: batch.bytes },
  work: async (transaction: Transaction, exchange: string) => {
    if (!(await expireBatch(transaction, batch, exchange))) throw changedMeanwhile(batch.id);
  },
});

/*
 * Retire: held batches that were not decided in time lapse. Their rows are deleted by the next sweep, their raw bytes with those of other
 * batches.
 */

/** @param now Unix milliseconds */
export async function lapseHeldBatches(reader: Reader, now: number, maxRows: number): Promise<Retirement[]> {
  const overdue = await overdueHeld(reader, now, maxRows);
  return overdue.map(({ id, dataset, department, counts }) => ({
    dataset,
    provider: department,
    change: { batch: id, state: 'expired', rows: counts?.rows ?? 0 },
    work: async (transaction: Transaction, exchange: string) => {
      if (!(await lapseHeld(transaction, id, exchange))) throw changedMeanwhile(id);
    },
  }));
}

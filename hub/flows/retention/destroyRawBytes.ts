/**
 * Retire: the sealed raw bytes and the quarantined rows of batches that are no longer current; rows of live data that failed long ago.
 */
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { destroyRaw, rawRemains } from '../rows/store/remains.ts';
import { destroyLiveRemains, liveRemains } from '../rows/store/liveQuarantine.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { changedMeanwhile, type Retirement } from './expire.ts';

/** @param now Unix milliseconds @param days of retention after their batch is no longer current, for datasets without their own period */
export async function destroyRawBytes(
  reader: Reader,
  now: number,
  days: number,
  maxRows: number,
): Promise<Retirement[]> {
  const remains = await rawRemains(reader, now, days, maxRows);
  return remains.map((one) => ({
    dataset: one.dataset,
    provider: one.department,
    change: { batch: one.batch, bytes: one.bytes, quarantined: one.quarantined },
    work: async (transaction: Transaction) => {
      if (!(await destroyRaw(transaction, one, now, days))) throw changedMeanwhile(one.batch);
    },
  }));
}

/** @param now Unix milliseconds @param days of retention after the provider last returned them, for datasets without their own period */
export async function destroyLiveQuarantine(
  reader: Reader,
  now: number,
  days: number,
  maxRows: number,
): Promise<Retirement[]> {
  const remains = await liveRemains(reader, now, days, maxRows);
  return remains.map((one) => ({
    dataset: one.dataset,
    provider: providerOf(datasetId(one.dataset)),
    change: { quarantined: one.quarantined },
    work: async (transaction: Transaction) => {
      if (!(await destroyLiveRemains(transaction, one, now, days))) throw changedMeanwhile(one.dataset);
    },
  }));
}

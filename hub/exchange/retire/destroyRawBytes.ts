/** Retire: the sealed raw bytes and the quarantined rows of batches that are not current any more; rows of live data that failed long ago. */
import type { Reader } from '../../store/database/reader.ts';
import type { Transaction } from '../../store/database/transaction.ts';
import { destroyRaw, rawRemains } from '../../store/rows/rawRemains.ts';
import { destroyLiveRemains, liveRemains } from '../../store/rows/liveQuarantine.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { changedMeanwhile, type Retirement } from './retirement.ts';

/** @param before Unix milliseconds: not current since earlier than this */
export async function destroyRawBytes(reader: Reader, before: number, most: number): Promise<Retirement[]> {
  const remains = await rawRemains(reader, before, most);
  return remains.map((one) => ({
    dataset: one.dataset,
    provider: one.department,
    change: { batch: one.batch, bytes: one.bytes, quarantined: one.quarantined },
    work: async (transaction: Transaction) => {
      if (!(await destroyRaw(transaction, one))) throw changedMeanwhile(one.batch);
    },
  }));
}

/** @param before Unix milliseconds: the provider has not given them since */
export async function destroyLiveQuarantine(
  reader: Reader,
  before: number,
  most: number,
): Promise<Retirement[]> {
  const remains = await liveRemains(reader, before, most);
  return remains.map((one) => ({
    dataset: one.dataset,
    provider: providerOf(datasetId(one.dataset)),
    change: { quarantined: one.quarantined },
    work: async (transaction: Transaction) => {
      if (!(await destroyLiveRemains(transaction, one, before))) throw changedMeanwhile(one.dataset);
    },
  }));
}

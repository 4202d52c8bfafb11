/** Jobs that destroy data past its retention: each destruction is an entry that records how much of what. */
import { Problem } from '../../../../terms/problem.ts';
import { destroyLiveQuarantine, destroyRawBytes } from '../destroyRawBytes.ts';
import { destroyPeriods } from '../destroyPeriods.ts';
import {
  type Retirement,
  expireExports,
  clearFeeds,
  expireFeeds,
  expireOpenBatches,
  lapseHeldBatches,
} from '../expire.ts';
import { retireDatasets } from '../retireDatasets.ts';
import type { RetentionDays } from '../../../platform/config/hubConfig.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { ActFacts } from '../../../platform/jobs/act.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';

/** Maximum retirements of one run; the rest waits for the next, which begins at once. */
const portion = 100;
const hour = 3_600_000;
const day = 24 * hour;

/** Ends batches that were opened and never committed, after some days. */
export const expireBatches = (reader: Reader, days: RetentionDays): Job => ({
  name: 'expireBatches',
  every: hour / 4,
  lease: 60_000,
  run: async (run) =>
    retire(run, await expireOpenBatches(reader, run.now() - days.openBatchDays * day, portion)),
});

/** Ends held batches that were not decided before their deadline. */
export const lapseBatches = (reader: Reader): Job => ({
  name: 'lapseBatches',
  every: hour / 4,
  lease: 60_000,
  run: async (run) => retire(run, await lapseHeldBatches(reader, run.now(), portion)),
});

/**
 * Destroys raw bytes and quarantined rows after the days set by their dataset, or by the hub. The days count from the end of their batch,
 * or, for rows of live data, from when they were last received.
 */
export const destroyRaw = (reader: Reader, days: RetentionDays): Job => ({
  name: 'destroyRaw',
  every: hour,
  lease: 60_000,
  run: async (run) => {
    const now = run.now();
    await retire(run, await destroyLiveQuarantine(reader, now, days.rawBytesDays, portion));
    return retire(run, await destroyRawBytes(reader, now, days.rawBytesDays, portion));
  },
});

/** Destroys the stored data of retired datasets at once. */
export const retireRows = (services: Parameters<typeof retireDatasets>[0]): Job => ({
  name: 'retireRows',
  every: 60_000,
  lease: 600_000,
  run: async (run) => {
    await eachApart(run, await retireDatasets(services), async ({ retirement, dropTables }) => {
      const reported = await retirement();
      if (reported !== undefined) await retire(run, [reported]);
      await dropTables();
    });
    return {};
  },
});

/** Destroys rows of periods past their datasets' retention. */
export const destroyRows = (services: Parameters<typeof destroyPeriods>[0]): Job => ({
  name: 'destroyPeriods',
  every: hour,
  lease: 600_000,
  run: async (run) => {
    await eachApart(run, await destroyPeriods(services, run.now()), async (periods) => {
      for await (const { retirement, dropTable } of periods()) {
        if (run.signal.aborted) break;
        if (retirement !== undefined) await retire(run, [retirement]);
        await dropTable?.();
      }
    });
    return {};
  },
});

/** Deletes expired export files. */
export const expireFiles = (reader: Reader): Job => ({
  name: 'expireExports',
  every: hour / 4,
  lease: 60_000,
  run: async (run) => retire(run, await expireExports(reader, run.now(), portion)),
});

/** Days without a request after which a feed of changes is deleted. */
const feedDays = 90;

/** Deletes feeds of changes that are no longer requested; a returning consumer starts again. */
export const expireChangeFeeds = (reader: Reader): Job => ({
  name: 'expireFeeds',
  every: hour,
  lease: 60_000,
  run: async (run) => {
    const { more } = await retire(run, await expireFeeds(reader, run.now() - feedDays * day, portion));
    return { more: (await clearFeeds(reader)) || more };
  },
});

/** Runs each item separately: one dataset that fails does not stop the others. The first error is reported after all had their turn. */
async function eachApart<T>(run: JobRun, all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const one of all) {
    if (run.signal.aborted) break;
    await act(one).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

async function retire(
  run: JobRun,
  retirements: readonly (Omit<Retirement, 'provider'> & Pick<ActFacts, 'provider' | 'consumer'>)[],
): Promise<{ readonly more: boolean }> {
  let done = 0;
  for (const retirement of retirements) {
    if (run.signal.aborted) break;
    try {
      await run.act({ kind: 'retire', ...retirement });
      done += 1;
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'retirement_outdated')) throw error;
    }
  }
  // where each was refused, the next run would find the same ones at once
  return { more: retirements.length === portion && done > 0 && !run.signal.aborted };
}

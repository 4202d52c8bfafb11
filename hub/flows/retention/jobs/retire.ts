/** Jobs that destroy what nobody needs any more: each destruction is an entry that says how much of what. */
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

/** Retirements of one run; more wait for the next, which begins at once. */
const portion = 100;
const hour = 3_600_000;
const day = 24 * hour;

/** Batches opened and never committed go after some days. */
export const expireBatches = (reader: Reader, days: RetentionDays): Job => ({
  name: 'expireBatches',
  every: hour / 4,
  lease: 60_000,
  run: async (run) =>
    retire(run, await expireOpenBatches(reader, run.now() - days.openBatchDays * day, portion)),
});

/** Held batches that nobody decided about go when their time is over. */
export const lapseBatches = (reader: Reader): Job => ({
  name: 'lapseBatches',
  every: hour / 4,
  lease: 60_000,
  run: async (run) => retire(run, await lapseHeldBatches(reader, run.now(), portion)),
});

/** Raw bytes and quarantined rows go some days after their batch, as many as its dataset says, or the hub; rows of live data as long after they came last. */
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

/** What is kept of retired datasets goes at once. */
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

/** Rows of periods that their datasets do not keep any more. */
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

/** Files of rows go when their time is over. */
export const expireFiles = (reader: Reader): Job => ({
  name: 'expireExports',
  every: hour / 4,
  lease: 60_000,
  run: async (run) => retire(run, await expireExports(reader, run.now(), portion)),
});

/** Days after which a feed of changes that nobody asks for goes. */
const feedDays = 90;

/** Feeds of changes go when nobody asks for them any more; a consumer that comes back begins anew. */
export const expireChangeFeeds = (reader: Reader): Job => ({
  name: 'expireFeeds',
  every: hour,
  lease: 60_000,
  run: async (run) => {
    const { more } = await retire(run, await expireFeeds(reader, run.now() - feedDays * day, portion));
    return { more: (await clearFeeds(reader)) || more };
  },
});

/** One dataset that cannot be done keeps nothing of the others: what went wrong first is told when they have had their turn. */
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
  for (const retirement of retirements) {
    if (run.signal.aborted) break;
    try {
      await run.act({ kind: 'retire', ...retirement });
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'retirement_outdated')) throw error;
    }
  }
  return { more: retirements.length === portion && !run.signal.aborted };
}

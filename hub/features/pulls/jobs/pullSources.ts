/** Fills datasets from their departments' databases. All due runs are started, several in parallel, and do not block each other. */
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { dueRun, pausedNow } from '../../../domain/pull.ts';
import { runPull } from '../runPull.ts';
import type { PullServices } from '../running.ts';
import { Semaphore } from '../../../../machine/semaphore.ts';
import { listPulls, type PullRow } from '../store/pulls.ts';
import { decisiveRuns, isRequested, runsOf } from '../store/runs.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';

/** Maximum number of parallel runs, so that the hub's other work continues. */
const atOnce = 4;

export const pullSources = (services: PullServices): Job => ({
  name: 'pullSources',
  every: 15_000,
  lease: 60_000,
  run: async (run) => {
    await services.intake.registry.refresh();
    const turns = new Semaphore(atOnce);
    const pulls = await listPulls(services.intake.database.app);
    const ends = await Promise.allSettled(pulls.map((row) => turns.run(() => once(services, row, run))));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    // if more rows changed than one run may read, the next run follows at once
    return { more: !run.signal.aborted && ends.some((end) => end.status === 'fulfilled' && end.value) };
  },
});

/** @returns whether the next run is already due */
async function once(services: PullServices, row: PullRow, run: JobRun): Promise<boolean> {
  if (run.signal.aborted || pausedNow(row.pause, run.now())) return false;
  const runs = await runsOf(services.intake.database.app, row.dataset, decisiveRuns);
  const requested = isRequested(row, runs);
  const period = dueRun(row.document.schedule, { runs, asked: requested }, run.now(), chinaWorkingCalendar);
  if (period === undefined) return false;
  return runPull(services, row, period, {
    now: () => run.now(),
    signal: run.signal,
    asked: requested,
    act: (facts) => run.act(facts),
  });
}

/** Writes the counted reads of ended days to the log, one entry for each person and day. */
import { dayInChina } from '../../../../terms/civilDate.ts';
import { countsOf, forgetLogged, noteLogged, unloggedDays } from '../../../log/store/viewCounts.ts';
import type { PersonDay } from '../../../log/store/viewCounts.ts';
import { exceptAltered } from '../../../platform/database/exceptAltered.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';

const minute = 60_000;
/** A day is logged this long after its end: calls that arrived before midnight have been counted by then. */
const graceMs = 15 * minute;
/** Counts are deleted after this many days; their entries stay as long as the log. */
const shownDays = 400;
const pageSize = 100;

export const logViewCounts = (reader: Reader): Job => ({
  name: 'logViewCounts',
  every: 5 * minute,
  lease: minute,
  run: async (run) => {
    const today = dayInChina(run.now() - graceMs);
    let after: PersonDay | undefined;
    do {
      const days = await unloggedDays(reader, today, after, pageSize);
      for (const one of days) if (!run.signal.aborted) await logDay(reader, run, one);
      after = days.length < pageSize ? undefined : days.at(-1);
    } while (after !== undefined && !run.signal.aborted);
    const failures: unknown[] = [];
    const first = dayInChina(run.now() - shownDays * 24 * 60 * minute);
    await exceptAltered(failures, () => forgetLogged(reader, first));
    return { failures };
  },
});

/** Writes one entry with all counts of a person on a day, without those that were altered past the hub: `verifyRows` reports them. */
async function logDay(reader: Reader, run: JobRun, one: PersonDay): Promise<void> {
  const counts = await countsOf(reader, one);
  // only altered counts have no entry: another entry would repeat the counts of the last one
  if (!counts.some(({ entry }) => entry === null)) return;
  const views = counts.reduce((total, count) => total + count.views, 0);
  await run.act({
    operation: 'countViews',
    // the class of entries of reads: retained as long as they are
    kind: 'inspect',
    change: {
      ...one,
      views,
      ...Object.fromEntries(counts.map((count) => [count.operation, count.views])),
    },
    work: async (transaction, exchange) => {
      // a call was counted since the counts were read: the next run reads the new ones
      if (!(await noteLogged(transaction, counts, exchange))) return 'skip';
      return undefined;
    },
  });
}

/** Writes the counted reads of ended days to the log, one entry for each person and day. */
import { dayInChina } from '../../../../terms/civilDate.ts';
import { countsOf, forgetLogged, noteLogged, unloggedDays } from '../../../log/store/viewCounts.ts';
import type { PersonDay } from '../../../log/store/viewCounts.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';

const minute = 60_000;
/** A day is closed this long after its end: calls that arrived before midnight have been counted by then. */
const reserve = 15 * minute;
/** The page of the counts shows this many days; the entries stay as long as the log. */
const shownDays = 400;
const atOnce = 100;

export const logViewCounts = (reader: Reader): Job => ({
  name: 'logViewCounts',
  every: 5 * minute,
  lease: minute,
  run: async (run) => {
    const today = dayInChina(run.now() - reserve);
    let after: PersonDay | undefined;
    do {
      const days = await unloggedDays(reader, today, after, atOnce);
      for (const one of days) if (!run.signal.aborted) await logDay(reader, run, one);
      after = days.length < atOnce ? undefined : days.at(-1);
    } while (after !== undefined && !run.signal.aborted);
    await forgetLogged(reader, dayInChina(run.now() - shownDays * 24 * 60 * minute));
    return {};
  },
});

/** One entry with all counts of a person on a day. Counts that were changed past the hub are left out; `verifyRows` reports them. */
async function logDay(reader: Reader, run: JobRun, one: PersonDay): Promise<void> {
  const counts = await countsOf(reader, one);
  // only altered counts are open: an entry would have the same counts as before
  if (!counts.some(({ entry }) => entry === null)) return;
  const views = counts.reduce((total, count) => total + count.views, 0);
  await run.act({
    operation: 'countViews',
    change: {
      ...one,
      views,
      ...Object.fromEntries(counts.map((count) => [count.operation, count.views])),
    },
    work: async (transaction, exchange) => {
      // counted again in the meantime: the next run reads the new counts
      if (!(await noteLogged(transaction, counts, exchange))) return 'skip';
      return undefined;
    },
  });
}

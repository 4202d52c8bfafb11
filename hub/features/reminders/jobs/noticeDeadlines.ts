/**
 * Deadlines of transitions (`intake.cases`). Each run reads the warnings and the deadlines that came since the last one, in their order, and
 * logs them once for each dataset, transition and group of departments, with their number and no key. The position is stored after the
 * notices: after a crash they are read again, and those that are stored already are passed over.
 */
import {
  dueNotices,
  nextNotice,
  storeNotices,
  type NoticePlace,
  type NoticeStage,
} from '../../../flows/intake/store/caseNotices.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';

/** Deadlines of one run and stage. */
const maxDeadlines = 1_000;
const start: NoticePlace = { at: '-infinity', sequence: '0' };
const stages: readonly NoticeStage[] = ['warn', 'miss'];

type Places = Readonly<Record<NoticeStage, NoticePlace>>;

/** A row changed since it was read: the next run reads it again. */
class Overtaken extends Error {}

export function noticeDeadlines(reader: Reader, now: () => number): Job {
  let next: number | undefined;
  return {
    name: 'noticeDeadlines',
    // another process may have stored a row: no deadline is sooner than this
    every: 60_000,
    early: () => next !== undefined && next <= now(),
    lease: 60_000,
    run: async (run) => {
      next = undefined;
      let places = placesOf(run.state);
      let more = false;
      for (const stage of stages) {
        const { place, isFull } = await notice(reader, run, stage, places[stage]);
        places = { ...places, [stage]: place };
        more ||= isFull;
      }
      const upcoming = await Promise.all(stages.map((stage) => nextNotice(reader, stage, places[stage])));
      next = Math.min(...upcoming.map((at) => at ?? Infinity));
      return { state: places, more };
    },
  };
}

/** @returns the place from which the next run reads, and whether there is more */
async function notice(
  reader: Reader,
  run: JobRun,
  stage: NoticeStage,
  after: NoticePlace,
): Promise<{ readonly place: NoticePlace; readonly isFull: boolean }> {
  const unchanged = { place: after, isFull: false };
  const now = run.now();
  const { noticed, read, last } = await dueNotices(reader, stage, { after, now, limit: maxDeadlines });
  for (const one of noticed) {
    if (run.signal.aborted) return unchanged;
    const { dataset, provider, transition, departments, keys, due } = one;
    const stored = run.act({
      ...{ dataset, provider },
      change: {
        ...{ act: stage, transition, departments: departments.join(', ') },
        ...{ count: keys.length, due: new Date(due).toISOString() },
      },
      work: async (transaction, exchange) => {
        const rows = await storeNotices(transaction, stage, one, { now, exchange });
        if (rows !== keys.length) throw new Overtaken();
      },
    });
    try {
      await stored;
    } catch (error) {
      if (error instanceof Overtaken) return { place: after, isFull: true };
      throw error;
    }
  }
  return last === undefined ? unchanged : { place: last, isFull: read === maxDeadlines };
}

const placesOf = (state: unknown): Places =>
  state === null ? { warn: start, miss: start } : (state as Places);

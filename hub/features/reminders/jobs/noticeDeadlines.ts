/**
 * Deadlines of transitions (`intake.cases`). Each run reads the warnings and deadlines since the last run, in order. It writes one log entry
 * for each dataset, transition and group of departments, with the number of rows and no key. The position is stored after the notices, so a
 * crash repeats the read; stored notices are skipped. A row whose deadline was altered in the database fails each run until it is corrected;
 * the position stays before it.
 */
import { exceptAltered } from '../../../platform/database/exceptAltered.ts';
import {
  dueNotices,
  nextNotice,
  storeNotices,
  type NoticedRows,
  type NoticePlace,
  type NoticeStage,
} from '../../../flows/intake/store/caseNotices.ts';
import type { Sealer } from '../../../flows/rows/store/sealedParts.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';

/** Deadlines of one page of a stage. */
const maxDeadlines = 1_000;
const start: NoticePlace = { at: '-infinity', sequence: '0' };
const stages: readonly NoticeStage[] = ['warn', 'miss'];

type Places = Readonly<Record<NoticeStage, NoticePlace>>;

export function noticeDeadlines(
  reader: Reader,
  sealer: Sealer,
  now: () => number,
  maxRows = maxDeadlines,
): Job {
  let next: number | undefined;
  return {
    name: 'noticeDeadlines',
    // another process may store a row that `next` does not know; every deadline is at least this far away
    every: 60_000,
    early: () => next !== undefined && next <= now(),
    lease: 60_000,
    isPositionSealed: true,
    run: async (run) => {
      next = undefined;
      let places = placesOf(run.state);
      let more = false;
      const failures: unknown[] = [];
      for (const stage of stages) {
        const {
          place,
          isFull,
          failures: altered,
        } = await notice({ reader, sealer, run, maxRows }, stage, places[stage]);
        places = { ...places, [stage]: place };
        more ||= isFull;
        failures.push(...altered);
      }
      // altered rows are read again after a minute
      if (failures.length > 0) return { state: places, more, failures };
      const upcoming = await Promise.all(stages.map((stage) => nextNotice(reader, stage, places[stage])));
      next = Math.min(...upcoming.map((at) => at ?? Infinity));
      return { state: places, more };
    },
  };
}

interface Noticing {
  readonly reader: Reader;
  readonly sealer: Sealer;
  /** of a page */
  readonly maxRows: number;
  readonly run: JobRun;
}

/**
 * Reads a page, and further ones where rows were altered: the others are noticed all the same.
 * @returns the place from which the next run reads, whether there is more, and a failure for each altered row
 */
async function notice(
  { reader, sealer, run, maxRows }: Noticing,
  stage: NoticeStage,
  after: NoticePlace,
): Promise<{ readonly place: NoticePlace; readonly isFull: boolean; readonly failures: readonly unknown[] }> {
  const failures: unknown[] = [];
  let place = after;
  for (let from = after; ;) {
    const page = await dueNotices(reader, sealer, stage, { after: from, now: run.now(), limit: maxRows });
    const { noticed, isFull, last = from, complete = from } = page;
    const isFirst = failures.length === 0;
    const read = failures.push(...page.failures);
    for (const one of noticed) {
      if (run.signal.aborted) return { place, isFull: false, failures };
      const acted = await exceptAltered(failures, () => run.act(noticeOf(one, stage)));
      // a row changed since it was read: the next run reads it again
      if (acted?.isSkipped === true) return { place, isFull: true, failures };
    }
    // a row that was altered, or its notice, is noticed once it is restored: the place does not move past it
    if (isFirst && failures.length === read) place = complete;
    if (failures.length === 0 || !isFull || run.signal.aborted) return { place, isFull, failures };
    from = last;
  }
}

/** The entry of noticed rows, and what is stored with it. */
function noticeOf(one: NoticedRows, stage: NoticeStage): Parameters<JobRun['act']>[0] {
  const { dataset, provider, transition, departments, rows } = one;
  const due = rows.reduce((first, { due: next }) => Math.min(first, next), Infinity);
  return {
    dataset,
    provider,
    change: {
      act: stage,
      transition,
      departments: departments.join(', '),
      count: rows.length,
      due: new Date(due).toISOString(),
    },
    work: async (transaction, exchange) =>
      (await storeNotices(transaction, stage, one, exchange)) === rows.length ? undefined : 'skip',
  };
}

const placesOf = (state: unknown): Places =>
  state === null ? { warn: start, miss: start } : (state as Places);

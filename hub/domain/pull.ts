/** Pulls (定时抽取): the source that fills a dataset automatically, and when a run is due. Pure: moment and calendar are arguments. */
import { dayInChina } from '../../terms/civilDate.ts';
import { isWorkingDay, type WorkingCalendar } from '../../terms/calendar/workingDays.ts';
import type { BatchState } from './batch.ts';
import { beginOf, dayOf } from './expectation.ts';

export interface PullDocument {
  readonly source: {
    /** absent: PostgreSQL, or a system with its protocol */
    readonly system?: 'mysql';
    readonly host: string;
    readonly port: number;
    readonly database: string;
    /** login with read-only permission */
    readonly user: string;
  };
  /** one SELECT, without a semicolon */
  readonly query: string;
  /** columns of the query that together identify a row, none of them empty: rows are read in their order */
  readonly key: readonly string[];
  /** column with the time of a row's last change: only later changes are read. Absent: all rows, each time */
  readonly changed?: string;
  /** seconds before the newest change that are read again, to include source transactions of up to that length */
  readonly overlap?: number;
  /** mapping of the dataset, for CSV */
  readonly mapping: string;
  readonly schedule: PullSchedule;
  /** time limit of one page at the source */
  readonly seconds: number;
  /** maximum of rows in one run; where more have changed, the next run continues after them */
  readonly rows: number;
}

export interface PullSchedule {
  readonly every: 'hour' | 'day' | 'workday' | 'week' | 'month' | 'quarter';
  /** of a week, month or quarter: from its n-th working day on (1) */
  readonly on?: number;
  /** `01:00-05:00`, time of China, may pass midnight: runs begin and read only within it. Absent: at any time */
  readonly window?: string;
}

/** How far an incremental pull has read: the texts of `changed` and of each column of the key. */
export type PullMark = readonly string[];

/** Seconds that are read again where the document has no `overlap`. */
export const usualOverlap = 600;

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const timeOfDay = (now: number): number => (now + 8 * hourMs) % dayMs;

/** Whether runs may read at this moment. @param now Unix milliseconds */
export function windowOpen({ window }: PullSchedule, now: number): boolean {
  if (window === undefined) return true;
  const [from, to] = windowTimes(window);
  const at = timeOfDay(now);
  return from < to ? at >= from && at < to : at >= from || at < to;
}

/** Begin and end of a window, in milliseconds of the day. */
function windowTimes(window: string): readonly [from: number, to: number] {
  const [from = 0, to = 0] = window.split('-').map((text) => {
    const [hours = 0, minutes = 0] = text.split(':').map(Number);
    return (hours * 60 + minutes) * 60_000;
  });
  return [from, to];
}

/**
 * The period whose run may begin now: one run that reads everything is enough for each. undefined on days without a period, and before
 * the working day of a longer period.
 */
export function periodNow(
  schedule: PullSchedule,
  now: number,
  calendar: WorkingCalendar,
): string | undefined {
  const today = dayInChina(now);
  const { every, on = 1 } = schedule;
  switch (every) {
    case 'hour':
      return `${today}T${String(Math.floor(timeOfDay(now) / hourMs)).padStart(2, '0')}`;
    case 'day':
      return today;
    case 'workday':
      return isWorkingDay(today, calendar) ? today : undefined;
    default: {
      const from = beginOf({ every }, today);
      return today >= dayOf(from, on, calendar) ? from : undefined;
    }
  }
}

/** A paused pull, for example while its source is under maintenance. */
export interface PullPause {
  /** the last day without runs, a civil date of China */
  readonly until: string;
  /** contains no personal name */
  readonly reason: string;
  /** id of a person */
  readonly by: string;
  /** Unix milliseconds */
  readonly at: number;
}

/** Maximum length of a pause. A pull that must wait longer is ended, and set up again by two persons. */
export const maxPauseDays = 92;

/** Whether runs are paused now. @param now Unix milliseconds */
export const pausedNow = (pause: Pick<PullPause, 'until'> | undefined, now: number): boolean =>
  pause !== undefined && dayInChina(now) <= pause.until;

/** How a run of a period ended, as far as the next run needs it. */
export interface EndedRun {
  readonly period: string;
  /** Unix milliseconds; null for a run of a hub that died */
  readonly endedAt: number | null;
  /** `read`, `nothing_new`, or the code of a problem */
  readonly outcome: string | null;
  /** whether all available rows were read */
  readonly complete: boolean;
  /** of what it read */
  readonly batchState: BatchState | null;
  /** code of the problem of its batch */
  readonly problem: string | null;
}

/** Whether readers see what the run read. */
const visible = ({ outcome, batchState }: EndedRun): boolean =>
  outcome === 'read' && (batchState === 'published' || batchState === 'superseded');

/**
 * Whether the batch came to nothing in the hub, and the same rows may pass in another run. A batch that was not committed is ended by the
 * next run. `batch_outdated`: its dataset changed to another schema version during the run. Otherwise a rejected, dropped or lapsed batch
 * would end so again: a check or a person decided. A run that was broken off while it read does not count: restarts of the hub cause it.
 * In SQL: `decisiveIds`.
 */
const failedHere = ({ outcome, batchState, problem }: EndedRun): boolean =>
  outcome === 'pull_batch_broken_off' ||
  (outcome === 'read' &&
    (batchState === 'failed' ||
      batchState === 'receiving' ||
      (batchState === 'rejected' && problem === 'batch_outdated')));

const firstPause = 60_000;
const maxPause = hourMs;
/** Repetitions in a period of runs whose batch failed. Each reads the rows at the source again, and stores them until they expire. */
export const maxRepetitions = 5;
/** Their pauses grow so that the last repetition comes a day after the first failure. */
const repetitionFactor = 6;

/** Milliseconds after its reading in which the batch of a run is committed, unless the hub stopped. */
export const maxCommitDelay = 60_000;

/**
 * Whether the run came to nothing for a reason that it reports: a problem of the source, a batch that failed or was not committed, or one
 * that a check of the hub rejected. Not one that a person dropped, or that lapsed: the inbox had it.
 * @param now Unix milliseconds
 */
export function metProblem(
  { outcome, batchState, endedAt }: Pick<EndedRun, 'outcome' | 'batchState' | 'endedAt'>,
  now: number,
): boolean {
  if (outcome !== 'read') return outcome !== null && outcome !== 'nothing_new';
  if (batchState === 'receiving') return endedAt !== null && now - endedAt > maxCommitDelay;
  return batchState === 'failed' || batchState === 'rejected';
}

interface RunsOfPull {
  /** the newest first */
  readonly runs: readonly EndedRun[];
  /** a run was requested since the last one began */
  readonly asked: boolean;
}

/**
 * Whether a run is due. It is requested by a person, or the first of its period, or it continues after the last run's rows, or it is a
 * retry. The first retry comes a minute after a failure; the interval then doubles, up to an hour. A run whose batch failed, or was never
 * committed because the hub ended, is repeated five times in its period, after 1, 6, 36 minutes, and so on.
 * @returns its period
 */
export function dueRun(
  schedule: PullSchedule,
  { runs, asked: requested }: RunsOfPull,
  now: number,
  calendar: WorkingCalendar,
): string | undefined {
  const period = periodNow(schedule, now, calendar);
  if (requested) return period ?? dayInChina(now);
  if (period === undefined || !windowOpen(schedule, now)) return undefined;
  return now >= furtherRunFrom(runs, period) ? period : undefined;
}

/** Unix milliseconds from which another run of the period may begin; infinite where its last run was the last. */
function furtherRunFrom(runs: readonly EndedRun[], period: string): number {
  const here = runs.filter((run) => run.period === period);
  const [last] = here;
  if (last === undefined) return 0;
  if (failedHere(last) && last.endedAt !== null) return repetitionFrom(here, last.endedAt);
  // what a check rejected would be rejected again
  if (last.complete || last.batchState === 'rejected') return Infinity;
  if (visible(last) || last.endedAt === null) return 0;
  const good = here.findIndex(visible);
  const failures = good === -1 ? here.length : good;
  return last.endedAt + Math.min(maxPause, firstPause * 2 ** Math.min(failures - 1, 10));
}

/** @param here the runs of a period, the newest first: its batch failed */
function repetitionFrom(here: readonly EndedRun[], endedAt: number): number {
  const good = here.findIndex(visible);
  const failures = here.slice(0, good === -1 ? undefined : good).filter(failedHere).length;
  return failures > maxRepetitions ? Infinity : endedAt + firstPause * repetitionFactor ** (failures - 1);
}

/** Days in which the next run is searched: the longest pause, a quarter and its first working days. */
const maxSearchDays = 220;

/**
 * When the next run is due: a retry, or the first run of a later period.
 * @returns Unix milliseconds, not before `now`; undefined where none is due within the days that are searched
 */
export function nextRunAt(
  schedule: PullSchedule,
  pull: RunsOfPull & { readonly pause?: Pick<PullPause, 'until'> | undefined },
  now: number,
  calendar: WorkingCalendar,
): number | undefined {
  const isDue = (at: number): boolean =>
    !pausedNow(pull.pause, at) && dueRun(schedule, pull, at, calendar) !== undefined;
  const [last] = pull.runs;
  const retry = last === undefined ? Infinity : furtherRunFrom(pull.runs, last.period);
  const midnight = now - timeOfDay(now);
  for (let day = 0; day <= maxSearchDays; day += 1) {
    const begins = midnight + day * dayMs;
    // a run becomes due when its period begins, when the window opens, or when a retry has waited long enough
    const moments = [now, retry, ...changesOfDay(schedule).map((time) => begins + time)];
    const found = moments.filter((at) => at >= Math.max(now, begins) && at < begins + dayMs && isDue(at));
    if (found.length > 0) return Math.min(...found);
  }
  return undefined;
}

/** Times of a day, in milliseconds, at which a period begins or the window opens. */
const changesOfDay = ({ every, window }: PullSchedule): readonly number[] => [
  ...Array.from({ length: every === 'hour' ? 24 : 1 }, (_, hour) => hour * hourMs),
  ...(window === undefined ? [] : [windowTimes(window)[0]]),
];

/** Pulls (定时抽取): what a dataset is filled from by itself, and when a run is due. Pure: moment and calendar are arguments. */
import { dayInChina } from '../../terms/civilDate.ts';
import { isWorkingDay, type WorkingCalendar } from '../../terms/calendar/workingDays.ts';
import type { BatchState } from './batch.ts';
import { beginOf, dayOf } from './expectation.ts';

export interface PullDocument {
  readonly source: {
    /** absent: PostgreSQL, or what speaks its protocol */
    readonly system?: 'mysql';
    readonly host: string;
    readonly port: number;
    readonly database: string;
    /** login that may only read */
    readonly user: string;
  };
  /** one SELECT, without a semicolon */
  readonly query: string;
  /** columns of the query that together name a row, none of them empty: rows are read in their order */
  readonly key: readonly string[];
  /** column that says when a row last changed: only what changed since is read. Absent: all rows, each time */
  readonly changed?: string;
  /** seconds before the newest change that are read once more: transactions of the source that lasted so long are not missed */
  readonly overlap?: number;
  /** mapping of the dataset, for CSV */
  readonly mapping: string;
  readonly schedule: PullSchedule;
  /** time limit of one page at the source */
  readonly seconds: number;
  /** rows of one run; where more have changed, the next run goes on behind them */
  readonly rows: number;
}

export interface PullSchedule {
  readonly every: 'hour' | 'day' | 'workday' | 'week' | 'month' | 'quarter';
  /** of a week, month or quarter: from its so manieth working day on (1) */
  readonly on?: number;
  /** `01:00-05:00`, time of China, may pass midnight: runs begin and read within it. Absent: at any time */
  readonly window?: string;
}

/** As far as an incremental pull has read: the texts of `changed` and of each column of the key. */
export type PullMark = readonly string[];

/** Seconds that are read once more where the document does not say. */
export const usualOverlap = 600;

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const timeOfDay = (now: number): number => (now + 8 * hourMs) % dayMs;

/** Whether runs may read at this moment. @param now Unix milliseconds */
export function windowOpen({ window }: PullSchedule, now: number): boolean {
  if (window === undefined) return true;
  const [from = 0, to = 0] = window.split('-').map((text) => {
    const [hours = 0, minutes = 0] = text.split(':').map(Number);
    return (hours * 60 + minutes) * 60_000;
  });
  const at = timeOfDay(now);
  return from < to ? at >= from && at < to : at >= from || at < to;
}

/**
 * The period whose run may begin now: one run that reads everything is enough for each. undefined on days that have none, and before the
 * working day of a longer period.
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

/** A pull that waits, such as while its source is under maintenance. */
export interface PullPause {
  /** the last day without runs, a civil date of China */
  readonly until: string;
  /** names no person */
  readonly reason: string;
  /** id of a person */
  readonly by: string;
  /** Unix milliseconds */
  readonly at: number;
}

/** Longer than a quarter a pull does not wait: it is ended, and set anew by two persons. */
export const maxPauseDays = 92;

/** Whether runs wait at this moment. @param now Unix milliseconds */
export const pausedNow = (pause: Pick<PullPause, 'until'> | undefined, now: number): boolean =>
  pause !== undefined && dayInChina(now) <= pause.until;

/** How a run of a period ended, as far as the next one needs to know. */
export interface EndedRun {
  readonly period: string;
  /** Unix milliseconds; null for one that a dead hub left */
  readonly endedAt: number | null;
  /** `read`, `nothing_new`, or the code of a problem */
  readonly outcome: string | null;
  /** whether everything was read that was there */
  readonly complete: boolean;
  /** of what it read */
  readonly batchState: BatchState | null;
}

/** Whether readers see what it read. */
const visible = ({ outcome, batchState }: EndedRun): boolean =>
  outcome === 'read' && (batchState === 'published' || batchState === 'superseded');

const firstPause = 60_000;
const maxPause = hourMs;

/**
 * Whether a run is due: asked for by a person, or the first of its period, or the one that goes on behind the rows that the last one took,
 * or another try after one that failed, a minute later and then twice as long each time, an hour at most.
 * @param runs the newest first @param asked somebody asked for a run since the last one began
 * @returns its period
 */
export function dueRun(
  schedule: PullSchedule,
  { runs, asked: requested }: { readonly runs: readonly EndedRun[]; readonly asked: boolean },
  now: number,
  calendar: WorkingCalendar,
): string | undefined {
  const period = periodNow(schedule, now, calendar);
  if (requested) return period ?? dayInChina(now);
  if (period === undefined || !windowOpen(schedule, now)) return undefined;
  const here = runs.filter((run) => run.period === period);
  const [last] = here;
  if (last === undefined) return period;
  if (last.complete) return undefined;
  if (visible(last) || last.endedAt === null) return period;
  const good = here.findIndex(visible);
  const failures = good === -1 ? here.length : good;
  const pause = Math.min(maxPause, firstPause * 2 ** Math.min(failures - 1, 10));
  return now >= last.endedAt + pause ? period : undefined;
}

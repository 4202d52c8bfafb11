/** Working days (工作日): Monday to Friday without holidays, and the announced make-up working days. */
import { civilDateText, parseCivilDate } from '../civilDate.ts';

/** Days are `YYYY-MM-DD`. */
export interface WorkingCalendar {
  /** first and last day that it covers */
  readonly from: string;
  readonly until: string;
  readonly off: ReadonlySet<string>;
  readonly on: ReadonlySet<string>;
}

/** A legal deadline. */
export interface Deadline {
  /** the last day, `YYYY-MM-DD` */
  readonly day: string;
  /** the calendar does not reach that far yet: the day may change once the holidays are announced */
  readonly provisional: boolean;
}

const dayMs = 86_400_000;

/** Holidays with a fixed day (全国年节及纪念日放假办法): they are off in each year, also where the days around them are not announced. */
const fixedHolidays = new Set(['01-01', '05-01', '05-02', '10-01', '10-02', '10-03']);

export function isWorkingDay(day: string, { off, on, until }: WorkingCalendar): boolean {
  if (on.has(day)) return true;
  if (day > until && fixedHolidays.has(day.slice(5))) return false;
  const weekday = new Date(Date.parse(day)).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !off.has(day);
}

/**
 * The last of this number of working days; the start day does not count (民法典 §201: 开始的当日不计入).
 * @param start `YYYY-MM-DD` @throws RangeError for a text that is no day
 */
export function afterWorkingDays(start: string, days: number, calendar: WorkingCalendar): Deadline {
  let day = start;
  for (let left = days; left > 0;) {
    day = nextDay(day);
    if (isWorkingDay(day, calendar)) left -= 1;
  }
  return { day, provisional: day > calendar.until || start < calendar.from };
}

/** Working days after `from` up to and including `to`; negative where `to` comes first. */
export function workingDaysBetween(from: string, to: string, calendar: WorkingCalendar): number {
  if (to < from) return -workingDaysBetween(to, from, calendar);
  let count = 0;
  for (let day = from; day < to;) {
    day = nextDay(day);
    if (isWorkingDay(day, calendar)) count += 1;
  }
  return count;
}

function nextDay(day: string): string {
  const date = parseCivilDate(day);
  if (date === undefined) throw new RangeError('no day');
  const next = new Date(Date.UTC(date.year, date.month - 1, date.day) + dayMs);
  return civilDateText({
    year: next.getUTCFullYear(),
    month: next.getUTCMonth() + 1,
    day: next.getUTCDate(),
  });
}

/** Clocks of the catalogue (目录): until when an entry has to follow what changed, and its data the cycle that it promises. Pure: the calendar is an argument. */
import { civilDateText, parseCivilDate } from '../../terms/civilDate.ts';
import {
  afterWorkingDays,
  isWorkingDay,
  type Deadline,
  type WorkingCalendar,
} from '../../terms/calendar/workingDays.ts';

/**
 * `revision`: a change of the catalogue waits for its second person; `retired`: a dataset that an entry names is retired; `contradicted`: one
 * is shared otherwise than the entry says; `cycle`: nothing came within the update frequency (更新周期) that an entry names.
 */
export type CatalogueClock = 'revision' | 'retired' | 'contradicted' | 'cycle';

/** Working days for an update of the catalogue (政务数据共享条例, State Council Decree 809), where a city has registered nothing. */
export const usualCatalogueDays = 10;
/** Working days ahead of its deadline from which a department finds a change that waits. */
const nearDays = 2;

/** Cycles in days or months; what comes more often than daily is held to the next working day. */
const cycles: Readonly<Record<string, { readonly days: number } | { readonly months: number }>> = {
  ...{ realtime: { days: 1 }, hourly: { days: 1 }, daily: { days: 1 }, weekly: { days: 7 } },
  ...{
    monthly: { months: 1 },
    quarterly: { months: 3 },
    'half-yearly': { months: 6 },
    yearly: { months: 12 },
  },
};
/** The shortest of them, in milliseconds: what came since is in time. */
export const shortestCycle = 86_400_000;

/**
 * The last day on which the next data is in time: a cycle behind the last one, and on a working day (民法典 §203: a period that ends on a day off
 * ends on the day behind it).
 * @param last `YYYY-MM-DD` on which data came @returns undefined where no cycle is promised
 */
export function cycleDeadline(
  frequency: string,
  last: string,
  calendar: WorkingCalendar,
): Deadline | undefined {
  const cycle = cycles[frequency];
  if (cycle === undefined) return undefined;
  const day = 'days' in cycle ? daysOn(last, cycle.days) : monthsOn(last, cycle.months);
  const { day: moved } = isWorkingDay(day, calendar) ? { day } : afterWorkingDays(day, 1, calendar);
  return { day: moved, provisional: moved > calendar.until || last < calendar.from };
}

const daysOn = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** The same day of a later month, its last one where it has no such day. */
function monthsOn(day: string, months: number): string {
  const date = parseCivilDate(day);
  if (date === undefined) throw new RangeError('no day');
  const index = date.year * 12 + date.month - 1 + months;
  const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return civilDateText({ year, month, day: Math.min(date.day, last) });
}

/** What a department finds in its inbox: what only it can mend from the first day on, what others decide shortly before it is due. */
export function isTold(
  clock: CatalogueClock,
  due: string,
  today: string,
  calendar: WorkingCalendar,
): boolean {
  if (clock === 'retired' || clock === 'contradicted' || today > due) return true;
  return clock === 'revision' && afterWorkingDays(today, nearDays, calendar).day >= due;
}

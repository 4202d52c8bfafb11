/** Computes when a dataset's next file is expected (报送周期). Pure: the day and the calendar are arguments. */
import { addDays, civilDateText, parseCivilDate, type CivilDate } from '../../terms/civilDate.ts';
import { afterWorkingDays, isWorkingDay, type WorkingCalendar } from '../../terms/calendar/workingDays.ts';

/**
 * Every day, every working day, or once a period up to its n-th working day (工作日). `since`: periods from this day on; absent: periods
 * after the registration of the dataset.
 */
export type Expectation =
  | { readonly every: 'day' | 'workday'; readonly since?: string }
  | {
      readonly every: 'week' | 'month' | 'quarter';
      readonly by: number;
      readonly since?: string;
    };

/** Days are `YYYY-MM-DD`, calendar of China. */
export interface Period {
  readonly from: string;
  /** last day on which its batch is in time */
  readonly due: string;
}

/** The last period whose day has passed: a batch must have come since its beginning. @param today `YYYY-MM-DD` */
export function lastDue(expectation: Expectation, today: string, calendar: WorkingCalendar): Period {
  for (let day = today; ;) {
    const from = beginOf(expectation, day);
    const due = dueOf(expectation, from, calendar);
    if (due !== undefined && due < today) return { from, due };
    day = addDays(from, -1);
  }
}

/** Whether a file of a day came by the last day of its period. Days on which no file is expected are in time. */
export function isInTime(expectation: Expectation, day: string, calendar: WorkingCalendar): boolean {
  const due = dueOf(expectation, beginOf(expectation, day), calendar);
  return due === undefined || day <= due;
}

function dueOf(expectation: Expectation, from: string, calendar: WorkingCalendar): string | undefined {
  if ('by' in expectation) return dayOf(from, expectation.by, calendar);
  return expectation.every === 'day' || isWorkingDay(from, calendar) ? from : undefined;
}

/** The n-th working day of a period. @param from its first day */
export const dayOf = (from: string, nth: number, calendar: WorkingCalendar): string =>
  afterWorkingDays(addDays(from, -1), nth, calendar).day;

/** The first day of the period that contains a day; weeks begin on Monday. */
export function beginOf({ every }: Pick<Expectation, 'every'>, day: string): string {
  const date = parseCivilDate(day);
  if (date === undefined) throw new RangeError('no day');
  const first = (month: number): CivilDate => ({ year: date.year, month, day: 1 });
  switch (every) {
    case 'day':
    case 'workday':
      return day;
    case 'week':
      return addDays(day, -((new Date(Date.parse(day)).getUTCDay() + 6) % 7));
    case 'month':
      return civilDateText(first(date.month));
    case 'quarter':
      return civilDateText(first(date.month - ((date.month - 1) % 3)));
  }
}

import { isRealDate, type CivilDate } from '../../terms/civilDate.ts';

interface Period {
  readonly years: number;
  readonly months: number;
  readonly days: number;
}

/** Ten years, in days: what is kept longer was not promised to be deleted. */
const longest = 3660;

/** `P1Y6M`, `P180D`, `P2W`: an ISO 8601 duration of whole days, each unit once and in this order; undefined for anything else. */
function readPeriod(text: string): Period | undefined {
  const found = /^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?$/.exec(text);
  if (found === null || text === 'P') return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0] = found.slice(1).map((digits) => Number(digits || 0));
  return { years, months, days: weeks * 7 + days };
}

/** Whether a period is none, or none that anybody would live to see the end of. */
export function periodFault(text: string): boolean {
  const period = readPeriod(text);
  return period === undefined || period.years * 366 + period.months * 31 + period.days > longest;
}

/**
 * The last day of a period that begins on a day: years and months first, a day that the month does not have becoming its last one
 * (ISO 8601-2 leaves it open; 民法典 §202 says so), then days.
 * @param text a period without `periodFault`
 */
export function dayAfter(start: CivilDate, text: string): CivilDate {
  const { years, months, days } = readPeriod(text) ?? { years: 0, months: 0, days: 0 };
  const count = start.month - 1 + months;
  const [year, month] = [start.year + years + Math.floor(count / 12), (count % 12) + 1];
  let day = start.day;
  while (!isRealDate(year, month, day)) day -= 1;
  const moment = new Date(Date.UTC(year, month - 1, day + days));
  return { year: moment.getUTCFullYear(), month: moment.getUTCMonth() + 1, day: moment.getUTCDate() };
}

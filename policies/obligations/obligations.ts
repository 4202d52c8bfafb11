import { isRealDate, type CivilDate, civilDateText, parseCivilDate } from '../../terms/civilDate.ts';

interface Period {
  readonly years: number;
  readonly months: number;
  readonly days: number;
}

/** Ten years, in days. A promise to delete after a longer period is not accepted. */
const maxDays = 3660;

/**
 * Reads an ISO 8601 duration of whole days, `P1Y6M`, `P180D`, `P2W`: each unit once and in this order. Returns undefined for anything else.
 */
function readPeriod(text: string): Period | undefined {
  const found = /^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?$/.exec(text);
  if (found === null || text === 'P') return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0] = found.slice(1).map((digits) => Number(digits || 0));
  return { years, months, days: weeks * 7 + days };
}

/** Whether a period is unreadable or longer than the maximum. */
export function periodFault(text: string): boolean {
  const period = readPeriod(text);
  return period === undefined || period.years * 366 + period.months * 31 + period.days > maxDays;
}

/**
 * The last day of a period that begins on a day. Years and months are added first, then days. A day that the month does not have becomes
 * its last day (ISO 8601-2 does not specify it; 民法典 §202 does).
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

/* A group of received data that one statement covers, and the deadline of that statement. */

/** How receipts are grouped for each obligation. Deletions and notices, due on a day, are grouped by day; reports by month or year. */
const spans = {
  'delete-after': 'day',
  'notify-subject': 'day',
  'report-use': 'month',
  'no-onward-sharing': 'year',
} as const;

export type ObligationId = keyof typeof spans;

interface DutyWindow {
  /** days of receipt, both included */
  readonly from: CivilDate;
  readonly until: CivilDate;
  /** deadline of the statement */
  readonly due: CivilDate;
}

/** A yearly statement is due by the end of the next January where the document names no period. */
const afterAYear = 'P31D';

/** Whether an obligation of a document is one that the hub follows up. */
export const isObligation = (id: string): id is ObligationId => Object.hasOwn(spans, id);

/** Whether an obligation has a period of its own. */
export const needsPeriod = (id: ObligationId): boolean => id !== 'no-onward-sharing';

/** @param day of receipt, calendar of China @param period ISO 8601, absent for `no-onward-sharing` */
export function dutyWindow(id: ObligationId, period: string | undefined, day: CivilDate): DutyWindow {
  const [from, until] = spanOf(spans[id], day);
  return { from, until, due: dayAfter(until, period ?? afterAYear) };
}

function spanOf(span: (typeof spans)[ObligationId], day: CivilDate): readonly [CivilDate, CivilDate] {
  if (span === 'day') return [day, day];
  if (span === 'year')
    return [
      { ...day, month: 1, day: 1 },
      { ...day, month: 12, day: 31 },
    ];
  let last = 31;
  while (!isRealDate(day.year, day.month, last)) last -= 1;
  return [
    { ...day, day: 1 },
    { ...day, day: last },
  ];
}

/** A window as the hub stores it. @param text `delete-after P180D`, as recorded in an entry; undefined for a text of no obligation */
export function dutyOfText(
  text: string,
  day: string,
):
  | { readonly obligation: ObligationId; readonly from: string; readonly until: string; readonly due: string }
  | undefined {
  const [id = '', period] = text.split(' ');
  const date = parseCivilDate(day);
  if (!isObligation(id) || date === undefined) return undefined;
  const { from, until, due } = dutyWindow(id, period, date);
  return { obligation: id, from: civilDateText(from), until: civilDateText(until), due: civilDateText(due) };
}

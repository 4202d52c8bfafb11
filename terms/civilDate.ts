/** Calendar dates of the proleptic Gregorian calendar, without clock or zone. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Whether the calendar has that day. */
export function isRealDate(year: number, month: number, day: number): boolean {
  const days = month === 2 && isLeapYear(year) ? 29 : (daysOfMonth[month - 1] ?? 0);
  return Number.isInteger(year) && year >= 1 && day >= 1 && day <= days;
}

/** The number in the ASCII digits of a text from one position to another; the caller has checked that they are digits. */
export function digitsAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i += 1) value = value * 10 + text.charCodeAt(i) - 48;
  return value;
}

/** Whether a text has the form `YYYY-MM-DD`. It compares character codes, because it runs for every row. */
export function hasDateForm(text: string): boolean {
  if (text.length !== 10) return false;
  for (let i = 0; i < 10; i += 1) {
    const code = text.charCodeAt(i);
    if (i === 4 || i === 7 ? code !== 45 : code < 48 || code > 57) return false;
  }
  return true;
}

/** Whether a text is `YYYY-MM-DD` (RFC 3339 full-date) and the calendar has that day. */
export const isDateText = (text: string): boolean =>
  hasDateForm(text) && isRealDate(digitsAt(text, 0, 4), digitsAt(text, 5, 7), digitsAt(text, 8, 10));

/** Parses `YYYY-MM-DD` (RFC 3339 full-date); undefined when it is no real date. */
export function parseCivilDate(text: string): CivilDate | undefined {
  if (!hasDateForm(text)) return undefined;
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 7);
  const day = digitsAt(text, 8, 10);
  return isRealDate(year, month, day) ? { year, month, day } : undefined;
}

/** `YYYY-MM-DD`. */
export function civilDateText({ year, month, day }: CivilDate): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Milliseconds by which the time of mainland China is ahead of UTC, all year. */
export const chinaOffsetMs = 8 * 3_600_000;

/** The date in mainland China (UTC+8 all year) at a moment. @param now Unix time in milliseconds */
export function civilDateInChina(now: number): CivilDate {
  const day = new Date(now + chinaOffsetMs);
  return { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
}

/** `YYYY-MM-DD` of the date in mainland China at a moment. @param now Unix time in milliseconds */
export const dayInChina = (now: number): string => civilDateText(civilDateInChina(now));

/** Unix milliseconds at which a day begins in mainland China. @param text `YYYY-MM-DD`, a real date */
export const startOfDayInChina = (text: string): number => Date.parse(`${text}T00:00:00+08:00`);

/** The beginning of a day in mainland China: `2026-11-21T00:00:00+08:00`. @param start Unix milliseconds within the day */
export const inChina = (start: number): string => `${dayInChina(start)}T00:00:00+08:00`;

/** The moment after a last day in mainland China, such as the end of an agreement. @param day `YYYY-MM-DD`, a real date */
export const endOfDayInChina = (day: string): string => inChina(startOfDayInChina(day) + 86_400_000);

/** The last day in mainland China before a moment, such as the end of an agreement. @param end RFC 3339 */
export const lastDayBefore = (end: string): string => dayInChina(Date.parse(end) - 1);

/** The day so many days later (earlier where negative). @param day `YYYY-MM-DD` */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** Full years between a birth date and a later date (a birthday on 29 February falls on 1 March in common years). */
export function fullYears(birth: CivilDate, on: CivilDate): number {
  const before = on.month < birth.month || (on.month === birth.month && on.day < birth.day);
  return on.year - birth.year - (before ? 1 : 0);
}

/** `YYYY-MM-DD HH:MM:SS` in mainland China. @param at RFC 3339 */
export const timeInChina = (at: string): string =>
  new Date(Date.parse(at) + chinaOffsetMs).toISOString().slice(0, 19).replace('T', ' ');

/** As `timeInChina`, with its zone: for a line of a terminal or a file. @param at RFC 3339 */
export const momentInChina = (at: string): string => `${timeInChina(at).replace(' ', 'T')}+08:00`;

const utcMoment = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,3})\d*)?Z(?!\w|\.\w)/g;

/** Writes each UTC moment of a text in the time of mainland China: `2026-11-21T09:00:05Z` as `2026-11-21T17:00:05+08:00`. */
export const momentsInChina = (text: string): string =>
  text.replaceAll(utcMoment, (moment: string, fraction?: string) => {
    const at = Date.parse(moment);
    // Date.parse takes 30 February as 2 March
    if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== moment.slice(0, 10)) return moment;
    const [seconds = '', rest = ''] = new Date(at + chinaOffsetMs).toISOString().split('.');
    return `${seconds}${Number(fraction ?? 0) === 0 ? '' : `.${rest.slice(0, 3)}`}+08:00`;
  });

/**
 * Unix milliseconds of a moment; NaN for any other text. A leap second, which RFC 3339 permits and Unix time has no number for, is the last
 * millisecond of its minute: after each moment of the second before it. @param at RFC 3339
 */
export const unixMoment = (at: string): number =>
  Date.parse(at.replace(/:60(?:\.\d+)?(?=[Zz+-])/, ':59.999'));

/** `YYYY-MM-DD` in mainland China of a moment. @param at RFC 3339 */
export const dayOfMoment = (at: string): string => dayInChina(unixMoment(at));

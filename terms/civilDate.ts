/** Calendar dates of the proleptic Gregorian calendar, without clock or zone. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Whether the calendar has that day. */
export function isRealDate(year: number, month: number, day: number): boolean {
  const days = month === 2 && isLeapYear(year) ? 29 : (daysOfMonth[month - 1] ?? 0);
  return Number.isInteger(year) && year >= 1 && day >= 1 && day <= days;
}

/** Reads `YYYY-MM-DD` (RFC 3339 full-date); undefined when it is no real date. */
export function parseCivilDate(text: string): CivilDate | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  return isRealDate(year, month, day) ? { year, month, day } : undefined;
}

/** `YYYY-MM-DD`. */
export function civilDateText({ year, month, day }: CivilDate): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The date in mainland China (UTC+8 all year) at a moment. @param now Unix time in milliseconds */
export function civilDateInChina(now: number): CivilDate {
  const shifted = new Date(now + 8 * 3_600_000);
  return { year: shifted.getUTCFullYear(), month: shifted.getUTCMonth() + 1, day: shifted.getUTCDate() };
}

/** Full years between a birth date and a later date (a birthday on 29 February falls on 1 March in common years). */
export function fullYears(birth: CivilDate, on: CivilDate): number {
  const before = on.month < birth.month || (on.month === birth.month && on.day < birth.day);
  return on.year - birth.year - (before ? 1 : 0);
}

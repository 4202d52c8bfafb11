/** Moments of RFC 3339, compared as instants: `2026-09-01T01:00:00+14:00` comes before `2026-08-31T20:00:00Z`. */
import { isDateText } from './civilDate.ts';
import type { Decimal } from './decimal.ts';

/**
 * The form of moments that are written in one way, at one offset: the order of the texts is the order of the moments. A fraction may be
 * written with zeros at its end.
 */
export const timePattern = String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?\+08:00$`;

const day = String.raw`[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))`;
const leapDay = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29';

/** Each moment that the calendar has, and no other text. The same text is a pattern of JavaScript and of PostgreSQL. */
export const momentForm = `^(?!0000)(?:${day}|${leapDay})[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:[.][0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$`;

/** The start of a day in China as a moment; any other text as it is. A condition that names a day instead of a moment means this one. */
export const momentOrDay = (text: string): string => (isDateText(text) ? `${text}T00:00:00+08:00` : text);

/** Unix seconds of the moment that a condition names, exact; undefined for a text that is neither a moment nor a day. */
export const instantNamed = (text: string): Decimal | undefined => instantOf(momentOrDay(text));

/**
 * The day of a moment in UTC, so many days later; undefined outside the years of four digits. No offset is as long as a day: texts of the
 * moment begin with this day, the one before or the one after.
 */
export function dayNear({ units, scale }: Decimal, days: number): string | undefined {
  const perDay = 86_400n * 10n ** BigInt(scale);
  const day = (units - (((units % perDay) + perDay) % perDay)) / perDay;
  const text = new Date((Number(day) + days) * 86_400_000).toISOString();
  return /^\d{4}-/.test(text) ? text.slice(0, 10) : undefined;
}

const parts = /^(.{10})[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * Unix seconds of a moment, exact; undefined for any other text. A leap second is the first second of the next minute, as in PostgreSQL.
 */
export function instantOf(text: string): Decimal | undefined {
  const [, date = '', hours, minutes, seconds, fraction = '', sign, offHours = 0, offMinutes = 0] =
    parts.exec(text) ?? [];
  if (!isDateText(date)) return undefined;
  const clock = [Number(hours), Number(minutes), Number(seconds), Number(offHours), Number(offMinutes)];
  if (![23, 59, 60, 23, 59].every((most, i) => (clock[i] ?? 0) <= most)) return undefined;
  const [h = 0, m = 0, s = 0, oh = 0, om = 0] = clock;
  const offset = (sign === '-' ? -1 : 1) * (oh * 3_600 + om * 60);
  const whole = Date.parse(`${date}T00:00:00Z`) / 1_000 + h * 3_600 + m * 60 + s - offset;
  const scale = fraction.length;
  return { units: BigInt(whole) * 10n ** BigInt(scale) + BigInt(fraction === '' ? 0 : fraction), scale };
}

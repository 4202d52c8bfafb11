import { lifetimes } from '../../../certs/authority/lifetimes.ts';
import { isDateText } from '../../../terms/civilDate.ts';
import { exitCode, VerbFailure } from '../verb.ts';

const day = 86_400_000;

/**
 * `tomorrow`, `now` or a date (its begin in China), as `--from` says it.
 * @param now Unix milliseconds @returns Unix milliseconds @throws VerbFailure for another word, and for a date of the past or a year ahead
 */
export function beginning(from: string, now: number): number {
  if (from === 'tomorrow') return now + day;
  if (from === 'now') return now - lifetimes.backdated;
  const moment = isDateText(from) ? Date.parse(`${from}T00:00:00+08:00`) : Number.NaN;
  if (moment > now && moment < now + 366 * day) return moment;
  throw new VerbFailure(exitCode.usage, {
    zh: '--from 为 tomorrow、now，或一年之内的将来日期，如 2027-01-05',
    en: '--from is tomorrow, now, or a date to come within a year, such as 2027-01-05',
  });
}

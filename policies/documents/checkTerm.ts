import type { PolicyFinding } from '../finding.ts';
import type { Agreement } from './agreement.ts';

/** Years for which an agreement can be made: whoever wants more asks again, and somebody looks again. */
const longestYears = 3;
/** Days for which an emergency lasts without an agreement on another basis. */
const emergencyDays = 30;
const dayLength = 86_400_000;

/** A time that the calendar has; Date.parse rolls 30 February over, so the date is compared after reading. */
export function readTime(text: string): number | undefined {
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) return undefined;
  const midnight = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== text.slice(0, 10)
    ? undefined
    : moment;
}

/** Both ends are real times, in order, and not further apart than the basis allows. */
export function checkTerm({ valid, basis }: Agreement, file: string): PolicyFinding[] {
  const from = readTime(valid.from);
  const until = readTime(valid.until);
  const bad = (code: string, path: string, zh: string, en: string): PolicyFinding[] => [
    { code, level: 'error', document: file, path, message: { zh, en } },
  ];
  if (from === undefined) return bad('wrong_term', '/valid/from', '不是有效的时间', 'not a real time');
  if (until === undefined) return bad('wrong_term', '/valid/until', '不是有效的时间', 'not a real time');
  if (until <= from)
    return bad('wrong_term', '/valid', '截止时间应晚于起始时间', 'the term ends before it begins');
  if (basis.type === 'emergency') {
    return until <= latestEnd(basis, from)
      ? []
      : bad(
          'term_too_long',
          '/valid/until',
          `应急授权最长 ${emergencyDays} 天，之后应改用其他依据`,
          `an emergency lasts ${emergencyDays} days at most; after that another basis is needed`,
        );
  }
  return until <= latestEnd(basis, from)
    ? []
    : bad(
        'term_too_long',
        '/valid/until',
        `授权期限最长 ${longestYears} 年，到期前可续期`,
        `a term is ${longestYears} years at most; it can be renewed before it ends`,
      );
}

/** Unix milliseconds of the last end that a term with such a beginning may have. */
export const latestEnd = ({ type }: Agreement['basis'], from: number): number =>
  type === 'emergency' ? from + emergencyDays * dayLength : yearsAfter(from);

function yearsAfter(from: number): number {
  const moment = new Date(from);
  return moment.setUTCFullYear(moment.getUTCFullYear() + longestYears);
}

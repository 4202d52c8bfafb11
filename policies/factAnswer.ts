/** 核验: rows of one subject → yes, no or unknown. Pure; nothing else of the rows is returned. */
import {
  civilDateInChina,
  civilDateText,
  fullYears,
  parseCivilDate,
  type CivilDate,
} from '../terms/civilDate.ts';
import type { PermittedFact } from './decision.ts';
import type { FactCondition, Fact } from './documents/agreement.ts';
import { canonicalText } from '../schemas/readJson.ts';

export type FactAnswer = 'yes' | 'no' | 'unknown';

/**
 * Returns yes where any row meets every condition, no where there are rows and each of them fails one, otherwise unknown. An empty field
 * could be anything, and nothing is known of a subject without a row. An empty text is an empty field, unless `in` names it.
 * @param rows stored rows of one subject
 * @param now decision time, Unix milliseconds; ages and `today` are of the calendar of China
 */
export function factAnswer(
  { all, asked: requested }: PermittedFact,
  rows: readonly Readonly<Record<string, unknown>>[],
  now: number,
): FactAnswer {
  let answer: FactAnswer = rows.length === 0 ? 'unknown' : 'no';
  for (const row of rows) {
    const verdict = ofRow(all, requested, row, now);
    if (verdict === 'yes') return 'yes';
    if (verdict === 'unknown') answer = 'unknown';
  }
  return answer;
}

function ofRow(
  conditions: readonly FactCondition[],
  requested: PermittedFact['asked'],
  row: Readonly<Record<string, unknown>>,
  now: number,
): FactAnswer {
  const verdicts = conditions.map((condition) => ofField(condition, row[condition.field], requested, now));
  if (verdicts.includes(false)) return 'no';
  return verdicts.includes(undefined) ? 'unknown' : 'yes';
}

type DateCondition = Exclude<FactCondition, { readonly in: unknown } | { readonly equals: unknown }>;

/** undefined: the field is empty. */
function ofField(
  condition: FactCondition,
  value: unknown,
  requested: PermittedFact['asked'],
  now: number,
): boolean | undefined {
  if ('in' in condition && condition.in.some((one) => one === value)) return true;
  if (value === null || value === undefined || value === '')
    return 'notBefore' in condition && condition.openEnded === true ? true : undefined;
  if ('in' in condition) return false;
  if ('equals' in condition) return requested.value === undefined ? undefined : value === requested.value;
  const date = typeof value === 'string' ? parseCivilDate(value) : undefined;
  return date === undefined ? undefined : ofDate(condition, date, requested.on, now);
}

/** @param requestedDay `YYYY-MM-DD`, the day of the question. Returns undefined where the condition needs it and it is missing. */
function ofDate(
  condition: DateCondition,
  date: CivilDate,
  requestedDay: string | undefined,
  now: number,
): boolean | undefined {
  const today = civilDateInChina(now);
  if ('ageAtLeast' in condition) return fullYears(date, today) >= condition.ageAtLeast;
  if ('ageBelow' in condition) return fullYears(date, today) < condition.ageBelow;
  const limit = 'notAfter' in condition ? condition.notAfter : condition.notBefore;
  const day = limit === 'asked' ? requestedDay : civilDateText(today);
  if (day === undefined) return undefined;
  const text = civilDateText(date);
  return 'notAfter' in condition ? text <= day : text >= day;
}

/** A fact as people compare it: what is asked, of which fields, how often. Its title changes nothing. */
export const factText = ({ id, all, limits }: Pick<Fact, 'id' | 'all' | 'limits'>): string =>
  `${id} ${canonicalText({ all, limits })}`;

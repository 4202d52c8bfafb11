import {
  birthDaysLeft,
  candidatesLeft,
  identityRisk,
  isSex,
  subjectsNumber,
} from '../lint/combinationRisk.ts';
import type { SeenField } from './seenField.ts';

export interface IdentityRiddle {
  readonly fields: readonly SeenField[];
  /** `clear`, or about how many identity numbers are left */
  readonly tells: string;
}

/** Threshold below which the remaining numbers are reported even where no digit of the tail is combined with a birth date. */
const few = 1000;

/**
 * Derives the subject's identity number from all that is shown of it: `990101****` in one field, the birth date in another and `****2318`
 * in a third give the whole number. Returns undefined where one plan alone reveals as much, or the number is granted clear: nothing is
 * derived then.
 */
export function identityRiddle(seen: readonly SeenField[]): IdentityRiddle | undefined {
  const numbers = seen.flatMap((one) => {
    const shown = subjectsNumber(one.grant, one.plan.schema);
    return shown === undefined ? [] : [{ one, shown }];
  });
  if (numbers.length === 0 || seen.some((one) => isWholeNumber(one))) return undefined;
  const head = best(numbers, ({ shown }) => shown.head);
  const tail = best(numbers, ({ shown }) => shown.tail);
  const birth = best(seen, (one) => -birthDaysLeft(one.grant, one.plan.schema));
  const days = birth === undefined ? Infinity : birthDaysLeft(birth.grant, birth.plan.schema);
  const sex = seen.find(({ grant, plan }) => grant.mask.name === 'clear' && isSex(grant.field, plan.schema));
  const ends = { head: head?.shown.head ?? 0, tail: tail?.shown.tail ?? 0 };
  const left = candidatesLeft(ends, days, sex !== undefined);
  const risky = left.others > 0 && ((ends.tail > 0 && left.birthTells) || left.candidates < few);
  const alone = Math.min(
    ...seen.map(({ plan }) => identityRisk(plan.whole.fields, plan.schema)?.candidates ?? Infinity),
  );
  if (!risky || Math.max(left.candidates, 1) >= alone) return undefined;
  const fields = [head?.one, tail?.one, left.birthTells ? birth : undefined, left.sexTells ? sex : undefined];
  return {
    fields: [...new Set(fields.filter((one) => one !== undefined))],
    tells: left.candidates <= 1 ? 'clear' : `about ${rounded(left.candidates)} numbers`,
  };
}

/** Whether the number is granted clear, so that nothing has to be derived. */
const isWholeNumber = ({ grant, plan: { schema } }: SeenField): boolean =>
  grant.mask.name === 'clear' &&
  schema.subject?.field === grant.field &&
  isIdentity(schema.subject.field, schema);

const isIdentity = (path: string, schema: SeenField['plan']['schema']): boolean =>
  schema.fields.some((field) => field.name === path && field.semantic === 'cn.resident-id');

const rounded = (count: number): number => (count < 100 ? Math.ceil(count) : Math.round(count / 10) * 10);

/** The first of those that have the most. */
function best<T>(all: readonly T[], measure: (one: T) => number): T | undefined {
  let found: T | undefined;
  for (const one of all) if (found === undefined || measure(one) > measure(found)) found = one;
  return found;
}

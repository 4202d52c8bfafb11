/**
 * Detects fields that are harmless alone but identify a person together. The unit is the row: 6+4 digits of an identity number leave about
 * 3,000 numbers; with the birth year about 33.
 */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { FieldGrant } from '../decision.ts';
import { pointer, type PolicyFinding } from '../finding.ts';
import type { Ends } from '../joint/unionMask.ts';
import { shownFrom } from '../masks/partial/keep.ts';
import type { Plan } from '../plans/plan.ts';
import { Report } from '../plans/report.ts';
import type { Plans } from '../plans.ts';

/** Days on which the living were born: 91 years. */
const daysOfLife = 33_238;
const divisions = 3000;

export interface IdentityRisk {
  /** path of the identity number */
  readonly field: string;
  /** other fields that narrow it down */
  readonly with: readonly string[];
  /** identity numbers that fit one row, about */
  readonly candidates: number;
}

/** One warning a grant; a set of grants that one department can put side by side is checked by its joint view. */
export function checkCombinations(plans: Plans, findings: PolicyFinding[]): void {
  const reported = new Set<string>();
  for (const plan of plans.all) {
    const risk = identityRisk(plan.whole.fields, plan.schema);
    const place = `${plan.ref.agreement} ${plan.grantIndex}`;
    if (risk === undefined || reported.has(place)) continue;
    reported.add(place);
    reportRisk(plan, risk, findings, 'combination_risk');
  }
}

function reportRisk(plan: Plan, risk: IdentityRisk, findings: PolicyFinding[], code: string): void {
  const number = risk.candidates < 100 ? Math.ceil(risk.candidates) : Math.round(risk.candidates / 10) * 10;
  new Report(plan.agreement, findings).warning(
    code,
    pointer('grants', plan.grantIndex, 'fields', risk.field),
    `与 ${risk.with.join('、')} 合在一起，每行只剩约 ${number} 个可能的身份证号`,
    `together with ${risk.with.join(', ')} a row leaves about ${number} possible identity numbers`,
  );
}

/**
 * How far one row narrows an identity number down. Reported where its tail is combined with any data on the birth, or where fewer than a
 * thousand numbers are left. A number granted clear hides nothing and is not reported.
 */
export function identityRisk(fields: readonly FieldGrant[], schema: DatasetSchema): IdentityRisk | undefined {
  const id = fields.find((one) => subjectsNumber(one, schema) !== undefined);
  const shown = id && subjectsNumber(id, schema);
  if (id === undefined || shown === undefined) return undefined;
  const birth = fields
    .map((one) => ({ field: one.field, days: birthDaysLeft(one, schema) }))
    .filter((one) => one.days < daysOfLife)
    .sort((a, b) => a.days - b.days)[0];
  const sex = fields.find(({ field, mask }) => mask.name === 'clear' && isSex(field, schema));
  const { candidates, sexNarrows } = candidatesLeft(shown, birth?.days ?? daysOfLife, sex !== undefined);
  const others = [
    ...(birth === undefined ? [] : [birth.field]),
    ...(sexNarrows && sex !== undefined ? [sex.field] : []),
  ];
  const risky = others.length > 0 && ((shown.tail > 0 && birth !== undefined) || candidates < 1000);
  return risky ? { field: id.field, with: others, candidates: Math.max(candidates, 1) } : undefined;
}

/**
 * Identity numbers that fit: six digits of a division, a day of birth, three of a sequence (odd for men), a check digit.
 * @param days of birth that are still possible
 */
export function candidatesLeft(
  { head, tail }: Ends,
  days: number,
  sexKnown: boolean,
): {
  readonly candidates: number;
  readonly birthNarrows: boolean;
  readonly sexNarrows: boolean;
  /** number of other fields that narrow it down */
  readonly others: number;
} {
  const sexNarrows = sexKnown && tail < 2;
  const birthNarrows = days < daysOfLife;
  const places = Math.min(10 ** (6 - head), divisions);
  const sequence = 10 ** (3 - Math.max(tail - 1, 0)) / (sexNarrows ? 2 : 1);
  const candidates = (places * Math.min(days, daysOfLife) * sequence) / (tail > 0 ? 11 : 1);
  return { candidates, birthNarrows, sexNarrows, others: Number(birthNarrows) + Number(sexNarrows) };
}

/** Digits of the subject's own identity number that a grant shows; undefined for other fields, and for masks that show none or all. */
export function subjectsNumber(grant: FieldGrant, schema: DatasetSchema): Ends | undefined {
  return isSubjectsId(grant.field, schema) ? digitsShown(grant) : undefined;
}

function isSubjectsId(path: string, schema: DatasetSchema): boolean {
  const field = schema.fields.find((one) => one.name === path);
  const isId = field?.semantic === 'cn.resident-id' || field?.format === 'cn-resident-id';
  return isId && (schema.subject === undefined || schema.subject.field === path);
}

/** Digits of the number that a mask shows; undefined for masks that show none, or all. */
function digitsShown({ mask }: FieldGrant): Ends | undefined {
  if (mask.name !== 'idCard' && mask.name !== 'keep') return undefined;
  const { head, tail, from = 0 } = mask.params as { head: number; tail: number; from?: number };
  if (mask.name === 'keep' && shownFrom({ head, tail, from }) > 18) return undefined;
  return head + tail === 0 ? undefined : { head: Math.min(head, 6), tail: Math.min(tail, 4) };
}

/** Birth days that a value still allows. */
export function birthDaysLeft({ field: path, mask }: FieldGrant, schema: DatasetSchema): number {
  const field = schema.fields.find((one) => one.name === path);
  if (field === undefined || !/birth|出生|^age$|年龄/i.test(`${field.name} ${field.title.zh}`))
    return daysOfLife;
  const { to, width, step } = mask.params as { to?: string; width?: number; step?: number };
  switch (mask.name) {
    case 'clear':
      return field.format === 'date' ? 1 : 366;
    case 'dateTrunc':
      return to === 'year' ? 366 : 31;
    case 'ageBand':
      return 366 * (width ?? 1);
    case 'floorTo':
      return 366 * (step ?? 1);
    default:
      return daysOfLife;
  }
}

export function isSex(path: string, schema: DatasetSchema): boolean {
  const field = schema.fields.find((one) => one.name === path);
  return field !== undefined && (/^(sex|gender)$/i.test(field.name) || field.title.zh === '性别');
}

import { pointer, type PolicyFinding } from '../finding.ts';
import type { Agreement, FactCondition, Grant, Limits, MaskRule, Requirement } from './agreement.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { chinaOffsetMs } from '../../terms/civilDate.ts';
import type { StoredDocument } from './storedText.ts';

/**
 * Checks what a legal basis requires of the grants under it. Consent as basis means that every grant requires it. A statute may require
 * consent in addition to the duty, and then names the clause that does (PIPL art. 13, 29); no other basis involves consent. In an emergency
 * the declaring document is named, and whole tables are not released: rows are narrowed, or looked up one by one.
 */
export function checkBasis({ basis, grants }: Agreement, file: string): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const report = (code: string, path: string, zh: string, en: string): void => {
    findings.push({ code, level: 'error', document: file, path, message: { zh, en } });
  };
  for (const [i, { consent, rows, requires }] of grants.entries()) {
    const path = pointer('grants', i);
    if (basis.type === 'consent' && consent === undefined) {
      report(
        'basis_without_consent',
        path,
        '依据是个人同意，授予却没有写明 consent',
        'the basis is consent, and the grant asks for none',
      );
    }
    if (consent !== undefined && basis.type !== 'consent' && basis.type !== 'statutory') {
      report(
        'consent_without_basis',
        `${path}/consent`,
        '依据不是个人同意，也不是法定职责',
        'the basis is neither consent nor a statute that asks for it',
      );
    }
    if (consent !== undefined && basis.type === 'statutory' && basis.clause === undefined) {
      report(
        'consent_without_clause',
        `${path}/consent`,
        '法定职责之外还要求个人同意的，应写明要求同意的条款（basis.clause）',
        'a statute that asks for consent too is cited with its clause (basis.clause)',
      );
    }
    if (basis.type === 'emergency' && rows === undefined && requires?.includes('lookup') !== true) {
      report(
        'emergency_unbounded',
        path,
        '应急授权应以 rows 限定行，或要求精确查询（requires: [lookup]）',
        'an emergency narrows its rows, or looks subjects up one by one (requires: [lookup])',
      );
    }
  }
  return findings;
}

/** Maximum term of an agreement in years: a longer use needs a new application and a new review. */
const maxTermYears = 3;

/** Days for which an emergency lasts without an agreement on another basis. */
const emergencyDays = 30;

const dayLength = 86_400_000;

/** Reads a time that exists in the calendar. Date.parse turns 30 February into a day of March, so the date is compared after reading. */
export function readTime(text: string): number | undefined {
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) return undefined;
  const midnight = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== text.slice(0, 10)
    ? undefined
    : moment;
}

/** Checks that both ends are real times, in order, and not further apart than the basis allows. */
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
  // earlier releases counted in UTC: a term from 1 March of a leap year might end a day later, and remains valid
  return until <= Math.max(latestEnd(basis, from), yearsAfter(from, 0))
    ? []
    : bad(
        'term_too_long',
        '/valid/until',
        `授权期限最长 ${maxTermYears} 年，到期前可续期`,
        `a term is ${maxTermYears} years at most; it can be renewed before it ends`,
      );
}

/** Unix milliseconds of the last end that a term with such a beginning may have. */
export const latestEnd = ({ type }: Agreement['basis'], from: number): number =>
  type === 'emergency' ? from + emergencyDays * dayLength : yearsAfter(from, chinaOffsetMs);

/** The end of the maximum term. @param offset milliseconds by which the calendar that counts it is ahead of UTC */
function yearsAfter(from: number, offset: number): number {
  const moment = new Date(from + offset);
  return moment.setUTCFullYear(moment.getUTCFullYear() + maxTermYears) - offset;
}

export type Report = (code: string, at: string, zh: string, en: string) => void;

/** Checks of a grant's facts that the JSON Schema cannot express. */
export function checkFacts({ facts, aggregates, fields }: Grant, report: Report): void {
  if (facts === undefined && aggregates === undefined && Object.keys(fields).length === 0) {
    report(
      'fields_empty',
      '/fields',
      '既没有授予数据项，也没有核验项和统计',
      'it grants neither fields, nor facts, nor statistics',
    );
  }
  for (const [i, { id, all, limits }] of (facts ?? []).entries()) {
    if (facts?.findIndex((one) => one.id === id) !== i) {
      report('duplicate_fact', `/facts/${i}/id`, '同一核验项写了两次', 'the same fact occurs twice');
    }
    if (all.filter((one) => 'equals' in one).length > 1) {
      report(
        'fact_values',
        `/facts/${i}/all`,
        '一次核验只能比对一个由调用方给出的值',
        'a fact compares one value of the caller at most',
      );
    }
    if (all.some(isAsked) && limits.perSubjectPerDay === undefined) {
      report(
        'fact_without_tries',
        `/facts/${i}/limits`,
        '比对内容由调用方给出时，须限制每天对同一主体的次数（perSubjectPerDay）',
        'where the caller chooses what is compared, calls a day about one subject need a limit (perSubjectPerDay)',
      );
    }
  }
}

/** Whether the caller chooses the value that the field is compared with. */
const isAsked = (condition: FactCondition): boolean => 'equals' in condition || asksDay(condition);

/** Whether the caller chooses the day. */
export const asksDay = (condition: FactCondition): boolean =>
  ('notAfter' in condition && condition.notAfter === 'asked') ||
  ('notBefore' in condition && condition.notBefore === 'asked');

/** Checks of a grant's aggregates that the JSON Schema cannot express. */
export function checkAggregates({ aggregates = [], consent }: Grant, report: Report): void {
  for (const [i, { id, by, sum = [] }] of aggregates.entries()) {
    if (aggregates.findIndex((one) => one.id === id) !== i) {
      report(
        'duplicate_aggregate',
        `/aggregates/${i}/id`,
        '同一统计写了两次',
        'the same aggregate occurs twice',
      );
    }
    if (sum.some((name) => by.includes(name))) {
      report(
        'aggregate_sum',
        `/aggregates/${i}/sum`,
        '统计维度不能同时求和',
        'a dimension is not summed as well',
      );
    }
  }
  if (aggregates.length > 0 && consent !== undefined) {
    report(
      'aggregate_on_consent',
      '/aggregates',
      '以个人同意为条件的授予不能统计：每给出或撤回一份同意，就多一个可相减的答复',
      'a grant under consent has no statistics: every consent given or withdrawn would give another answer to subtract',
    );
  }
}

/** Checks that reasons are given for each granted field and for no other: a field without one would look as if it had the others' reasons. */
export function checkReasons({ fields, reasons }: Grant, report: Report): void {
  if (reasons === undefined) return;
  for (const field of Object.keys(fields).filter((one) => !Object.hasOwn(reasons, one))) {
    report(
      'reason_missing',
      pointer('fields', field),
      '已逐项说明理由，该数据项却没有理由（reasons）',
      'reasons are given field by field, and this field has none',
    );
  }
  for (const field of Object.keys(reasons).filter((one) => !Object.hasOwn(fields, one))) {
    report(
      'reason_without_field',
      pointer('reasons', field),
      '理由所指的数据项没有授予',
      'the reason is for a field that is not granted',
    );
  }
}

/** A city-wide floor: it can only tighten what agreements grant. */
export interface Restriction extends StoredDocument {
  readonly kind: 'Restriction';
  readonly title?: Bilingual;
  /** what it applies to: members are ANDed, the values of one member are ORed */
  readonly when: RestrictionScope;
  /** minimum mask; combined with the grant's own by meet */
  readonly floor?: MaskRule;
  /** added to what the grant requires, where one of its fields is in scope */
  readonly requires?: readonly Requirement[];
  /** at most; the smaller of this and the grant's */
  readonly limits?: Limits;
}

export interface RestrictionScope {
  /** x-semantic of the field: `cn.resident-id` */
  readonly semantic?: readonly string[];
  readonly sensitivity?: readonly string[];
  readonly personal?: readonly string[];
  /** x-class: core, important, general */
  readonly classification?: readonly string[];
  readonly dataset?: readonly string[];
  /** names of fields, for what no tag describes */
  readonly field?: readonly string[];
  /** purposes at or under one of these */
  readonly purposeUnder?: readonly string[];
  /** purposes at or under none of these */
  readonly purposeNotUnder?: readonly string[];
}

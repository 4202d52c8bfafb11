/**
 * Rows that several departments work on (`intake.cases`): which fields each may set, in which rows, and by which transitions the state of a
 * row changes. Pure.
 */
import type { RowCondition } from '../../policies/decision.ts';
import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { afterWorkingDays, type WorkingCalendar } from '../../terms/calendar/workingDays.ts';
import { dayInChina, startOfDayInChina } from '../../terms/civilDate.ts';

export interface CaseRules {
  /** a field with a list of values, which changes by transitions only */
  readonly state: string;
  readonly transitions: readonly Transition[];
  readonly contributors?: readonly Contributor[];
}

export interface Transition {
  /** unique in its dataset; the log names it */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** departments that may make it: the provider, or contributors */
  readonly by: readonly string[];
  /** time in which a row leaves the state `from`; absent: any */
  readonly within?: CaseTime;
  /** how long before the end of `within` the departments are warned; absent: they are not */
  readonly warn?: CaseTime;
}

export type CaseTime = { readonly workdays: number } | { readonly hours: number };

/** Another department that changes rows of the provider. */
export interface Contributor {
  readonly department: string;
  /** fields that it may set, in addition to its transitions */
  readonly sets?: readonly string[];
  /** rows that it may change; absent: all */
  readonly rows?: { readonly all: readonly ContributorRule[] };
}

/** `is: me`: the field has the code of the contributor. */
export type ContributorRule =
  { readonly field: string; readonly is: 'me' } | { readonly field: string; readonly in: readonly string[] };

/** Whether a department is one of the contributors. */
export const isContributor = ({ contributors = [] }: CaseRules, department: string): boolean =>
  contributors.some((one) => one.department === department);

/** The conditions on the rows that a department may change; the provider may change all. */
export function conditionsOf({ contributors = [] }: CaseRules, department: string): readonly RowCondition[] {
  const rules = contributors.find((one) => one.department === department)?.rows?.all ?? [];
  return rules.map((rule) =>
    'is' in rule
      ? { field: rule.field, op: 'eq', value: department }
      : { field: rule.field, op: 'in', value: rule.in },
  );
}

/** Whether a department may set a field. The key identifies the row; the state changes by a transition. */
export function maySet(
  rules: CaseRules,
  { fields, primaryKey }: DatasetSchema,
  field: string,
  { department, provider }: { readonly department: string; readonly provider: string },
): boolean {
  if (primaryKey.includes(field) || !fields.some(({ name }) => name === field)) return false;
  if (field === rules.state) return rules.transitions.some(({ by }) => by.includes(department));
  if (department === provider) return true;
  const own = (rules.contributors ?? []).find((one) => one.department === department);
  return own?.sets?.includes(field) === true;
}

/** The transition between two states that a department may make. */
export const transitionOf = (
  { transitions }: CaseRules,
  department: string,
  from: unknown,
  to: unknown,
): Transition | undefined =>
  transitions.find((one) => one.from === from && one.to === to && one.by.includes(department));

/** Whether no transition leads on from a state: the case is closed. */
export const isEnd = ({ transitions }: CaseRules, state: string): boolean =>
  transitions.every(({ from }) => from !== state);

/** The first deadline of a row in a state. */
export interface CaseDeadline {
  /** Unix milliseconds */
  readonly at: number;
  /** id of the transition that is due */
  readonly transition: string;
  /** Unix milliseconds: when the departments are warned; absent: they are not */
  readonly warnAt?: number;
}

/** Departments that may make a transition of a row: the provider, and contributors whose rows it is one of. */
export function partiesOf(
  rules: CaseRules,
  transition: string,
  row: object,
  provider: string,
): readonly string[] {
  const values: Readonly<Record<string, unknown>> = { ...row };
  const by = rules.transitions.find(({ id }) => id === transition)?.by ?? [];
  return by.filter(
    (department) =>
      department === provider ||
      (rules.contributors ?? []).some(
        (one) =>
          one.department === department &&
          (one.rows?.all ?? []).every((rule) =>
            'is' in rule
              ? values[rule.field] === department
              : rule.in.some((value) => value === values[rule.field]),
          ),
      ),
  );
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * The first deadline of a row that entered a state. A number of working days ends with its last day in China; the day of entry does not
 * count. @param since Unix milliseconds
 */
export function deadlineOf(
  { transitions }: CaseRules,
  state: unknown,
  since: number,
  calendar: WorkingCalendar,
): CaseDeadline | undefined {
  const endOf = (workdays: number): number =>
    startOfDayInChina(afterWorkingDays(dayInChina(since), workdays, calendar).day) + dayMs;
  const due = transitions.flatMap(({ id, from, within, warn }): CaseDeadline[] => {
    if (from !== state || within === undefined) return [];
    const at = 'hours' in within ? since + within.hours * hourMs : endOf(within.workdays);
    if (warn === undefined) return [{ at, transition: id }];
    // the last `workdays` of the deadline begin when the working days before them have ended
    if ('workdays' in warn && 'workdays' in within)
      return [{ at, transition: id, warnAt: endOf(within.workdays - warn.workdays) }];
    return [{ at, transition: id, warnAt: at - hoursOf(warn) * hourMs }];
  });
  return due.toSorted((one, other) => one.at - other.at)[0];
}

/** At least so many hours: a working day has 24. */
const hoursOf = (time: CaseTime): number => ('hours' in time ? time.hours : time.workdays * 24);

/** Why a dataset of this version cannot have the rules; undefined where it can. @param provider its department */
export function casesUnfit(
  rules: CaseRules,
  schema: DatasetSchema,
  provider: string,
  isDepartment: (code: string) => boolean,
): Bilingual | undefined {
  return (
    stateUnfit(rules, schema) ??
    transitionsUnfit(rules, schema, provider) ??
    contributorsUnfit(rules, schema, provider, isDepartment)
  );
}

const fieldOf = ({ fields }: DatasetSchema, name: string): SchemaField | undefined =>
  fields.find((one) => one.name === name);

function stateUnfit({ state }: CaseRules, schema: DatasetSchema): Bilingual | undefined {
  const field = fieldOf(schema, state);
  const listed = field?.type === 'string' && Array.isArray(field.schema['enum']);
  if (listed && !field.nullable && field.required && !schema.primaryKey.includes(state)) return undefined;
  return {
    zh: `state：${state} 应为必填、有取值列表（enum）的文本数据项，且不在主键中`,
    en: `state: ${state} must be a required text field with a list of values (enum), outside the key`,
  };
}

function transitionsUnfit(
  { state, transitions, contributors = [] }: CaseRules,
  schema: DatasetSchema,
  provider: string,
): Bilingual | undefined {
  const states = fieldOf(schema, state)?.schema['enum'] as readonly unknown[];
  const parties = new Set([provider, ...contributors.map(({ department }) => department)]);
  const reached = reachedFrom(transitions);
  for (const [nth, { id, from, to, by, within, warn }] of transitions.entries()) {
    const earlier = transitions.slice(0, nth);
    const unknown = [from, to].find((one) => !states.includes(one));
    const stranger = by.find((one) => !parties.has(one));
    if (unknown !== undefined)
      return { zh: `${id}：${state} 没有取值 ${unknown}`, en: `${id}: ${state} has no value ${unknown}` };
    if (earlier.some((one) => one.id === id || (one.from === from && one.to === to)))
      return { zh: `${id}：流转重复`, en: `${id}: the transition is there twice` };
    if (warn !== undefined && !isBefore(warn, within))
      return {
        zh: `${id}：warn 应短于 within，within 以小时计时 warn 也以小时计`,
        en: `${id}: warn must be shorter than within, in hours where within is in hours`,
      };
    if (from === to) return { zh: `${id}：from 与 to 相同`, en: `${id}: from and to are the same` };
    if (stranger !== undefined)
      return {
        zh: `${id}：${stranger} 既不是提供部门，也不在 contributors 中`,
        en: `${id}: ${stranger} is neither the provider nor one of the contributors`,
      };
    if (!reached.has(from))
      return {
        zh: `${id}：从第一个流转的起点到不了 ${from}`,
        en: `${id}: no transition leads from the start of the first one to ${from}`,
      };
  }
  return undefined;
}

const isBefore = (warn: CaseTime, within: CaseTime | undefined): boolean =>
  within !== undefined && ('hours' in warn || 'workdays' in within) && hoursOf(warn) < hoursOf(within);

/** States that a row reaches from the start of the first transition. */
function reachedFrom(transitions: readonly Transition[]): ReadonlySet<string> {
  const reached = new Set(transitions.slice(0, 1).map(({ from }) => from));
  // a set that grows while it is iterated also yields its new members
  for (const state of reached) for (const { from, to } of transitions) if (from === state) reached.add(to);
  return reached;
}

function contributorsUnfit(
  { state, transitions, contributors = [] }: CaseRules,
  schema: DatasetSchema,
  provider: string,
  isDepartment: (code: string) => boolean,
): Bilingual | undefined {
  for (const [nth, one] of contributors.entries()) {
    const { department, sets = [] } = one;
    const fixed = sets.find(
      (name) => name === state || schema.primaryKey.includes(name) || fieldOf(schema, name) === undefined,
    );
    if (!isDepartment(department) || department === provider)
      return {
        zh: `${department} 应为提供部门以外的已登记部门`,
        en: `${department} must be a registered department other than the provider`,
      };
    if (contributors.slice(0, nth).some((other) => other.department === department))
      return { zh: `${department} 出现两次`, en: `${department} is there twice` };
    if (fixed !== undefined)
      return {
        zh: `${department}：sets 中的 ${fixed} 应为主键与状态以外的已有数据项`,
        en: `${department}: ${fixed} in sets must be a field outside the key and other than the state`,
      };
    if (sets.length === 0 && !transitions.some(({ by }) => by.includes(department)))
      return {
        zh: `${department} 既没有可填的数据项，也没有可作的流转`,
        en: `${department} may set no field and make no transition`,
      };
    const row = conditionsUnfit(one, schema);
    if (row !== undefined) return row;
  }
  return undefined;
}

function conditionsUnfit({ department, rows }: Contributor, schema: DatasetSchema): Bilingual | undefined {
  const unfit = rows?.all.find(({ field }) => {
    const { type, format } = fieldOf(schema, field) ?? {};
    // a decimal is text, but compares as a number
    return type !== 'string' || format === 'decimal';
  });
  return unfit === undefined
    ? undefined
    : {
        zh: `${department}：rows 中的 ${unfit.field} 应为已有的文本数据项，且不是 decimal`,
        en: `${department}: ${unfit.field} in rows must be a text field without the format decimal`,
      };
}

/** How the rules are written in the log. */
export const casesText = ({ state, transitions, contributors = [] }: CaseRules): string =>
  [
    ...transitions.map(
      ({ id, from, to, by, within, warn }) =>
        `${id}: ${state} ${from} → ${to} by ${by.join(', ')}${timeText('within', within)}${timeText('warn', warn)}`,
    ),
    ...contributors.map(
      ({ department, sets = [], rows }) => `${department}: ${sets.join(', ')}${conditionsText(rows)}`,
    ),
  ].join(' | ');

function timeText(word: 'within' | 'warn', time: CaseTime | undefined): string {
  if (time === undefined) return '';
  const text = 'hours' in time ? `${time.hours} hours` : `${time.workdays} working days`;
  return ` ${word} ${text}`;
}

function conditionsText(rows: Contributor['rows']): string {
  if (rows === undefined) return '';
  const texts = rows.all.map((rule) =>
    'is' in rule ? `${rule.field} is ${rule.is}` : `${rule.field} in ${rule.in.join(', ')}`,
  );
  return ` where ${texts.join(' and ')}`;
}

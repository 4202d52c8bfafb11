/**
 * Rows that several departments work on (`intake.cases`): which fields each may set, in which rows, and by which transitions the state of a
 * row changes. Pure.
 */
import type { RowCondition } from '../../policies/decision.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { afterWorkingDays, type WorkingCalendar } from '../../terms/calendar/workingDays.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { dayInChina, startOfDayInChina } from '../../terms/civilDate.ts';

export interface CaseRules {
  /** a field with a list of values, which changes by transitions only */
  readonly state: string;
  readonly transitions: readonly Transition[];
  /** titles of values of the state, for people */
  readonly states?: Readonly<Record<string, Bilingual>>;
  /** states in which a new row may arrive; absent: the start of the first transition */
  readonly starts?: readonly string[];
  readonly contributors?: readonly Contributor[];
  /** fields that the person whom a case is about is shown on their own page, with the state; absent: they are shown no case */
  readonly subjectFields?: readonly string[];
}

export interface Transition {
  /** unique in its dataset; the log names it */
  readonly id: string;
  /** for people */
  readonly title?: Bilingual;
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

const contributorOf = ({ contributors = [] }: CaseRules, department: string): Contributor | undefined =>
  contributors.find((one) => one.department === department);

export const isContributor = (rules: CaseRules, department: string): boolean =>
  contributorOf(rules, department) !== undefined;

/** The conditions on the rows that a department may change; the provider may change all. */
export function conditionsOf(rules: CaseRules, department: string): readonly RowCondition[] {
  const conditions = contributorOf(rules, department)?.rows?.all ?? [];
  return conditions.map((rule) =>
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
  return contributorOf(rules, department)?.sets?.includes(field) === true;
}

/** The transition between two states that a department may make. */
export const transitionOf = (
  { transitions }: CaseRules,
  department: string,
  from: unknown,
  to: unknown,
): Transition | undefined =>
  transitions.find((one) => one.from === from && one.to === to && one.by.includes(department));

/** The title of a transition. @returns undefined where the rules give none, or no longer have the transition */
export const transitionTitle = ({ transitions }: CaseRules, id: string): Bilingual | undefined =>
  transitions.find((one) => one.id === id)?.title;

/** The title of a value of the state. @returns undefined where the rules give none */
export const stateTitle = ({ states = {} }: CaseRules, state: string): Bilingual | undefined =>
  Object.hasOwn(states, state) ? states[state] : undefined;

/** The states in which a new row may arrive. */
export const startsOf = ({ starts, transitions }: CaseRules): readonly string[] =>
  starts ?? transitions.slice(0, 1).map(({ from }) => from);

/** Whether no transition begins at a state: the case is closed. */
export const isFinalState = ({ transitions }: CaseRules, state: string): boolean =>
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

/** Departments that may make a transition of a row: the provider, and contributors whose conditions the row meets. */
export function partiesOf(
  rules: CaseRules,
  transition: string,
  row: object,
  provider: string,
): readonly string[] {
  const values: Readonly<Record<string, unknown>> = { ...row };
  const by = rules.transitions.find(({ id }) => id === transition)?.by ?? [];
  return by.filter((department) => {
    if (department === provider) return true;
    const contributor = contributorOf(rules, department);
    return (
      contributor !== undefined &&
      (contributor.rows?.all ?? []).every((rule) =>
        'is' in rule
          ? values[rule.field] === department
          : rule.in.some((value) => value === values[rule.field]),
      )
    );
  });
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * The first deadline of a row that entered a state. Working days are those of China; the day of entry does not count, and the deadline is
 * the end of the last day.
 * @param since Unix milliseconds
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
    // a warning two working days before a deadline of five is due at the end of the third
    if ('workdays' in warn && 'workdays' in within)
      return [{ at, transition: id, warnAt: endOf(within.workdays - warn.workdays) }];
    return [{ at, transition: id, warnAt: at - hoursOf(warn) * hourMs }];
  });
  return due.toSorted((one, other) => one.at - other.at)[0];
}

/**
 * Whether a deadline in working days may lie on another day than stored: the holidays of its year were not announced, so that each day
 * from Monday to Friday counts. A stored deadline never moves.
 */
function isProvisional(
  { transitions }: CaseRules,
  { at, transition }: Pick<CaseDeadline, 'at' | 'transition'>,
  { until }: Pick<WorkingCalendar, 'until'>,
): boolean {
  const within = transitions.find(({ id }) => id === transition)?.within;
  return within !== undefined && 'workdays' in within && dayInChina(at - 1) > until;
}

/** A deadline as it is shown. */
export const shownDeadline = (
  rules: CaseRules,
  { at, transition }: Pick<CaseDeadline, 'at' | 'transition'>,
  calendar: Pick<WorkingCalendar, 'until'>,
): { readonly transition: string; readonly at: string; readonly provisional?: true } => ({
  transition,
  at: new Date(at).toISOString(),
  ...(isProvisional(rules, { at, transition }, calendar) ? { provisional: true } : {}),
});

/** The minimum number of hours: a working day counts as 24. */
export const hoursOf = (time: CaseTime): number => ('hours' in time ? time.hours : time.workdays * 24);

/** How the rules are written in the log. */
export const casesText = ({
  state,
  transitions,
  states = {},
  starts,
  contributors = [],
  subjectFields,
}: CaseRules): string =>
  [
    ...(starts === undefined ? [] : [`${state} starts as ${starts.join(', ')}`]),
    ...transitions.map(
      ({ id, title, from, to, by, within, warn }) =>
        `${id}${title === undefined ? '' : ` (${titleText(title)})`}: ${state} ${from} → ${to} by ${by.join(', ')}${timeText('within', within)}${timeText('warn', warn)}`,
    ),
    // a title that misleads is a change of the rules as well
    ...Object.entries(states).map(([value, title]) => `${state} ${value} (${titleText(title)})`),
    ...contributors.map(
      ({ department, sets = [], rows }) => `${department}: ${sets.join(', ')}${conditionsText(rows)}`,
    ),
    ...(subjectFields === undefined ? [] : [`the subject sees ${subjectFields.join(', ')}`]),
  ].join(' | ');

const titleText = ({ zh, en }: Bilingual): string => `${zh} / ${en}`;

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

/** What a dataset requires of its submissions beyond the schema: `intake` of its registration. */

import type { Expectation } from './expectation.ts';
import type { ByCall } from './byCall.ts';
import type { CaseRules } from './cases.ts';
import type { EventRule } from './eventRule.ts';
import type { Periods } from './periods.ts';
import type { Rollup } from './rollup.ts';
import { canonicalText } from '../../schemas/readJson.ts';

/** What happens to a batch with a guard's finding: published and reported, held for a person, or rejected. */
export type Severity = 'warn' | 'hold' | 'reject';

/** Whether a finding of this severity about one row excludes it; a warning does not. */
export const excludesRow = (severity: Severity): boolean => severity !== 'warn';

export interface IntakeRules {
  /** share of the rows of a snapshot that may be missing before a person must review it; 1 switches the guard off */
  readonly mayShrink: number;
  /** share of rows by which a batch may exceed the usual number of the last batches; undefined: no limit */
  readonly mayGrow?: number;
  /** by how much the share of empty values of a field may rise; undefined: not compared */
  readonly mayEmpty?: number;
  /** which share of the rows may have another code in a field than usual; undefined: not compared */
  readonly mayShift?: number;
  /** which share of the rows may lie outside the range of the last batches in a field of numbers or dates; undefined: not compared */
  readonly mayStray?: number;
  /** share of the current rows that one batch may delete before a person must review it; 1 switches the guard off */
  readonly mayDelete: number;
  /** what happens to a batch that exceeds one of these six */
  readonly onDrift: Severity;
  /** what happens to a file whose columns differ from those of the last one; undefined: not compared */
  readonly onColumns?: Severity;
  /** what happens to a batch whose rows bring keys of earlier batches with other values; undefined: they replace those */
  readonly onRewrite?: Severity;
  /** whether a file is accepted only with its control totals (对账文件) */
  readonly controlTotals: boolean;
  /** how often a file is expected; undefined: none is expected */
  readonly expect?: Expectation;
  /** rows with one of these values in this field ask for the deletion of their key; undefined: none do */
  readonly deleteWhere?: DeleteWhere;
  /** values that must occur in other rows of the department; undefined: none are checked */
  readonly references?: readonly Reference[];
  /** what must hold between the fields of one row; undefined: nothing beyond the schema */
  readonly crossRules?: readonly CrossRule[];
  /** rows are partitioned by period, and deleted with it; undefined: they are all in one table, without deletion by period */
  readonly periods?: Periods;
  /** rows may come by signed calls, without a file; undefined: only files are accepted */
  readonly byCall?: ByCall;
  /** the moment of a row, which is a reading of the series that the rest of its key names; undefined: rows are no series */
  readonly timeField?: string;
  /** conditions over the rows that come by call, which raise events; undefined: none do */
  readonly eventRules?: readonly EventRule[];
  /** several departments change the rows, each its own fields; undefined: only the provider writes them */
  readonly cases?: CaseRules;
  /** the rows are computed from the readings of another dataset; undefined: they are sent */
  readonly rollup?: Rollup;
  /** days in which a held batch is decided; it lapses after them */
  readonly holdDays: number;
  /** whether only submissions signed by the department's own key are accepted; a person in a browser then cannot send */
  readonly signedOnly: boolean;
  /** whether releasing a held batch takes two persons */
  readonly secondPerson: boolean;
  /** id of the person who must decide a held batch; undefined: any permitted person */
  readonly decides?: string;
}

/** Values of the rows that must occur in another dataset of the department, or among its own rows (引用规则). */
export interface Reference {
  /** fields of the rows; a row with one of them empty makes no reference */
  readonly fields: readonly string[];
  /** of the same department; the dataset itself where its rows refer to each other */
  readonly dataset: string;
  /** fields of that dataset, in the order of `fields`; absent: its primary key */
  readonly keys?: readonly string[];
  /** share of the referring rows that may have no match; absent: none may */
  readonly mayMiss?: number;
  readonly onMissing: Severity;
}

/** What must hold between the fields of one row (跨字段规则). A row in which one of them is empty is skipped. */
export interface CrossRule {
  readonly field: string;
  /** compared with the one field, or the sum, of `fields` */
  readonly is: 'atLeast' | 'atMost' | 'sumOf';
  readonly fields: readonly string[];
  /** share of the complete rows that may break the rule; absent: none may */
  readonly mayBreak?: number;
  readonly onBroken: Severity;
}

export interface DeleteWhere {
  readonly field: string;
  readonly is: readonly string[];
}

export const defaultIntakeRules: IntakeRules = {
  mayShrink: 0.5,
  mayDelete: 0.5,
  onDrift: 'hold',
  controlTotals: false,
  holdDays: 14,
  signedOnly: false,
  secondPerson: false,
};

/** The comparisons for a batch that adds to others; it may be of any size, so `mayShrink` would have no effect. */
const comparing = ['mayGrow', 'mayEmpty', 'mayShift', 'mayStray'] as const;

/** The rules of batches that are merged by key; a snapshot is complete. */
const mergedRules = [
  'deleteWhere',
  'mayDelete',
  'onRewrite',
  'periods',
  'byCall',
  'timeField',
  'eventRules',
  'cases',
  'rollup',
] as const;

/** A rule that would have no effect for a dataset of this mode; undefined where each has an effect. */
export function idleRule(
  mode: 'snapshot' | 'upsert' | 'live' | 'events',
  intake: Partial<IntakeRules>,
): keyof IntakeRules | undefined {
  // files are never submitted to a dataset of live data or of events
  if (mode === 'live' || mode === 'events') return Object.keys(intake)[0] as keyof IntakeRules | undefined;
  if (mode === 'snapshot') return mergedRules.find((rule) => intake[rule] !== undefined);
  if (intake.mayShrink !== undefined) return 'mayShrink';
  // no row of such a dataset asks for a deletion
  if (intake.deleteWhere === undefined && intake.mayDelete !== undefined) return 'mayDelete';
  const guarded = intake.deleteWhere !== undefined || comparing.some((rule) => intake[rule] !== undefined);
  return intake.onDrift !== undefined && !guarded ? 'onDrift' : undefined;
}

/** Finds which intake rules of a dataset guard less than before, because the security officer must agree to that. Pure. */
const severities: readonly (Severity | undefined)[] = [undefined, 'warn', 'hold', 'reject'];

const loosenedRulesPeriods: readonly Expectation['every'][] = ['day', 'workday', 'week', 'month', 'quarter'];

const shares = ['mayShrink', 'mayGrow', 'mayEmpty', 'mayShift', 'mayStray', 'mayDelete'] as const;

const acts = ['onDrift', 'onColumns', 'onRewrite'] as const;

const switches = ['controlTotals', 'signedOnly', 'secondPerson'] as const;

const lists = ['references', 'crossRules', 'eventRules'] as const;

const weaker = (act: Severity | undefined, than: Severity | undefined): boolean =>
  severities.indexOf(act) < severities.indexOf(than);

const texts = (rules: readonly object[] = []): readonly string[] => rules.map(canonicalText);

const differ = (one: object = {}, other: object = {}): boolean => canonicalText(one) !== canonicalText(other);

/** Rules that are compared each in its own way, and when one of them is loosened. */
const otherRules: readonly {
  readonly name: keyof IntakeRules;
  readonly isLoosened: (before: IntakeRules, after: IntakeRules) => boolean;
}[] = [
  // fewer days leave less time for a second review, more days store the batch longer
  { name: 'holdDays', isLoosened: (before, after) => before.holdDays !== after.holdDays },
  // rows are deleted earlier or later than before
  { name: 'periods', isLoosened: (before, after) => before.periods?.keep !== after.periods?.keep },
  // rows arrive without the guards that compare whole files, or under other rules than were agreed on
  {
    name: 'byCall',
    isLoosened: (before, after) =>
      after.byCall !== undefined && (before.byCall === undefined || differ(before.byCall, after.byCall)),
  },
  // other departments change rows, or in another way
  { name: 'cases', isLoosened: (before, after) => differ(before.cases, after.cases) },
  // other values are computed than consumers agreed on
  { name: 'rollup', isLoosened: (before, after) => differ(before.rollup, after.rollup) },
  // another person decides than was agreed on
  {
    name: 'decides',
    isLoosened: (before, after) => before.decides !== undefined && before.decides !== after.decides,
  },
  { name: 'expect', isLoosened: (before, after) => isRarer(before.expect, after.expect) },
  // other rows are deleted, or rows that were to be deleted remain
  { name: 'deleteWhere', isLoosened: (before, after) => differ(before.deleteWhere, after.deleteWhere) },
];

/**
 * Names of the rules that accept more, report less, or change what is deleted. Of lists, each earlier rule must still exist unchanged. In
 * doubt a rule is named, so the officer is asked too often rather than too seldom.
 */
export function loosenedRules(
  earlier: Partial<IntakeRules>,
  later: Partial<IntakeRules>,
): readonly (keyof IntakeRules)[] {
  const before: IntakeRules = { ...defaultIntakeRules, ...earlier };
  const after: IntakeRules = { ...defaultIntakeRules, ...later };
  return [
    ...shares.filter((name) => (after[name] ?? Infinity) > (before[name] ?? Infinity)),
    ...acts.filter((name) => weaker(after[name], before[name])),
    ...switches.filter((name) => before[name] && !after[name]),
    ...lists.filter((name) => texts(before[name]).some((rule) => !texts(after[name]).includes(rule))),
    ...otherRules.filter(({ isLoosened }) => isLoosened(before, after)).map(({ name }) => name),
  ];
}

/** A file is expected less often, later, or from a later day on: a missing file is reported later, or never. */
function isRarer(before: Expectation | undefined, after: Expectation | undefined): boolean {
  if (before === undefined) return false;
  if (after === undefined) return true;
  const rank = loosenedRulesPeriods.indexOf(after.every) - loosenedRulesPeriods.indexOf(before.every);
  const byOf = (one: Expectation): number => ('by' in one ? one.by : 0);
  return (
    rank > 0 ||
    (rank === 0 && byOf(after) > byOf(before)) ||
    (after.since !== before.since && (before.since === undefined || (after.since ?? '9') > before.since))
  );
}

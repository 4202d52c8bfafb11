/** What a dataset asks of its submissions beyond the schema: `intake` of its registration. */

import type { Expectation } from './expectation.ts';
import type { ByCall } from './byCall.ts';
import type { EventRule } from './eventRule.ts';
import type { Periods } from './periods.ts';
import { canonicalText } from '../../schemas/readJson.ts';

/** What becomes of a batch that a guard finds something in: published and told, held for a person, or refused for good. */
export type Severity = 'warn' | 'hold' | 'reject';

export interface IntakeRules {
  /** share of the rows of a snapshot that may be gone before a person must look; 1 switches the guard off */
  readonly mayShrink: number;
  /** share of the rows that may come on top of what the last batches usually had; undefined: as many as there are */
  readonly mayGrow?: number;
  /** by how much the share of empty values of a field may rise; undefined: not compared */
  readonly mayEmpty?: number;
  /** which share of the rows may have another code in a field than usual; undefined: not compared */
  readonly mayShift?: number;
  /** which share of the rows may lie outside the range of the last batches in a field of numbers or dates; undefined: not compared */
  readonly mayStray?: number;
  /** share of the rows that stand which one batch may delete before a person must look; 1 switches the guard off */
  readonly mayDelete: number;
  /** what becomes of a batch that is beyond one of these six */
  readonly onDrift: Severity;
  /** what becomes of a file whose columns are not those of the last one; undefined: not compared */
  readonly onColumns?: Severity;
  /** what becomes of a batch whose rows bring keys of earlier batches with other values; undefined: they replace those */
  readonly onRewrite?: Severity;
  /** whether a file comes only with its control totals (对账文件) */
  readonly controlTotals: boolean;
  /** how often a file is expected; undefined: nobody waits for one */
  readonly expect?: Expectation;
  /** rows with one of these values in this field ask for the deletion of their key; undefined: none do */
  readonly deleteWhere?: DeleteWhere;
  /** values that must stand in other rows of the department; undefined: none are looked up */
  readonly references?: readonly Reference[];
  /** what must hold between the fields of one row; undefined: nothing beyond the schema */
  readonly crossRules?: readonly CrossRule[];
  /** rows stand apart by period, and go with it; undefined: they all lie in one table, and stay */
  readonly periods?: Periods;
  /** rows may come by signed calls, without a file; undefined: only files are accepted */
  readonly byCall?: ByCall;
  /** the moment of a row, which is a reading of the series that the rest of its key names; undefined: rows are no series */
  readonly timeField?: string;
  /** conditions over the rows that come by call, which raise events; undefined: none do */
  readonly eventRules?: readonly EventRule[];
  /** days in which a held batch is decided; it lapses after them */
  readonly holdDays: number;
  /** whether only what the department's own key has signed comes in; a person in a browser then cannot send */
  readonly signedOnly: boolean;
  /** whether releasing a held batch takes two persons */
  readonly secondPerson: boolean;
  /** id of the person whose word a held batch waits for; undefined: whoever may decide it */
  readonly decides?: string;
}

/** Values of the rows that must stand in another dataset of the department, or among its own rows (引用规则). */
export interface Reference {
  /** fields of the rows; a row with one of them empty refers to nothing */
  readonly fields: readonly string[];
  /** of the same department; the dataset itself where its rows refer to each other */
  readonly dataset: string;
  /** fields of that dataset, in the order of `fields`; absent: its primary key */
  readonly keys?: readonly string[];
  /** share of the rows that refer to something of which as many may refer to nothing; absent: none may */
  readonly mayMiss?: number;
  readonly onMissing: Severity;
}

/** What must hold between the fields of one row (跨字段规则). A row in which one of them is empty is left out. */
export interface CrossRule {
  readonly field: string;
  /** held against the one field, or the sum, of `fields` */
  readonly is: 'atLeast' | 'atMost' | 'sumOf';
  readonly fields: readonly string[];
  /** share of the rows that have all of the fields of which as many may break it; absent: none may */
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

/** What a batch that adds to others is compared by; it may be as small as it likes, so `mayShrink` would do nothing. */
const comparing = ['mayGrow', 'mayEmpty', 'mayShift', 'mayStray'] as const;

/** The rules of batches that are merged by key: a snapshot is whole. */
const mergedRules = [
  'deleteWhere',
  'mayDelete',
  'onRewrite',
  'periods',
  'byCall',
  'timeField',
  'eventRules',
] as const;

/** A rule that would do nothing for a dataset of this mode; undefined where each does something. */
export function idleRule(
  mode: 'snapshot' | 'upsert' | 'live' | 'events',
  intake: Partial<IntakeRules>,
): keyof IntakeRules | undefined {
  // no file is ever submitted to a live one or to one of events
  if (mode === 'live' || mode === 'events') return Object.keys(intake)[0] as keyof IntakeRules | undefined;
  if (mode === 'snapshot') return mergedRules.find((rule) => intake[rule] !== undefined);
  if (intake.mayShrink !== undefined) return 'mayShrink';
  // no row of such a dataset asks for a deletion
  if (intake.deleteWhere === undefined && intake.mayDelete !== undefined) return 'mayDelete';
  const guarded = intake.deleteWhere !== undefined || comparing.some((rule) => intake[rule] !== undefined);
  return intake.onDrift !== undefined && !guarded ? 'onDrift' : undefined;
}

/** What of a dataset's rules of intake guards less than before: the security officer agrees to that. Pure. */
const severities: readonly (Severity | undefined)[] = [undefined, 'warn', 'hold', 'reject'];

const loosenedRulesPeriods: readonly Expectation['every'][] = ['day', 'workday', 'week', 'month', 'quarter'];

const shares = ['mayShrink', 'mayGrow', 'mayEmpty', 'mayShift', 'mayStray', 'mayDelete'] as const;

const acts = ['onDrift', 'onColumns', 'onRewrite'] as const;

const switches = ['controlTotals', 'signedOnly', 'secondPerson'] as const;

const lists = ['references', 'crossRules', 'eventRules'] as const;

/**
 * Names of the rules that let more through, tell less, or delete otherwise than they did. Of lists each earlier rule must stand there still,
 * as it was: asked once too often, and never too seldom.
 */
export function loosenedRules(
  earlier: Partial<IntakeRules>,
  later: Partial<IntakeRules>,
): readonly (keyof IntakeRules)[] {
  const before: IntakeRules = { ...defaultIntakeRules, ...earlier };
  const after: IntakeRules = { ...defaultIntakeRules, ...later };
  const weaker = (act: Severity | undefined, than: Severity | undefined): boolean =>
    severities.indexOf(act) < severities.indexOf(than);
  const texts = (rules: readonly object[] = []): readonly string[] => rules.map(canonicalText);
  return [
    ...shares.filter((name) => (after[name] ?? Infinity) > (before[name] ?? Infinity)),
    ...acts.filter((name) => weaker(after[name], before[name])),
    ...switches.filter((name) => before[name] && !after[name]),
    ...lists.filter((name) => texts(before[name]).some((rule) => !texts(after[name]).includes(rule))),
    // sooner is less time for a second look, later is longer kept
    ...(before.holdDays === after.holdDays ? [] : (['holdDays'] as const)),
    // rows go sooner than they did, or stay longer
    ...(before.periods?.keep === after.periods?.keep ? [] : (['periods'] as const)),
    // rows get in without the guards that compare whole files, or under other rules than were agreed on
    ...(after.byCall === undefined ||
    (canonicalText(before.byCall ?? {}) === canonicalText(after.byCall) && before.byCall !== undefined)
      ? []
      : (['byCall'] as const)),
    // somebody else decides than was agreed on
    ...(before.decides === undefined || before.decides === after.decides ? [] : (['decides'] as const)),
    ...(isRarer(before.expect, after.expect) ? (['expect'] as const) : []),
    // other rows are deleted, or rows that were to go stay
    ...(canonicalText(before.deleteWhere ?? {}) === canonicalText(after.deleteWhere ?? {})
      ? []
      : (['deleteWhere'] as const)),
  ];
}

/** A file is expected more seldom, later, or from a later day on: silence is told later, or never. */
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

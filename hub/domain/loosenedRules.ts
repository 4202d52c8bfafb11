/** What of a dataset's rules of intake guards less than before: the security officer agrees to that. Pure. */
import { canonicalText } from '../../schemas/canonicalText.ts';
import type { Expectation } from './expectation.ts';
import { defaultIntakeRules, type IntakeRules, type Severity } from './intakeRules.ts';

const severities: readonly (Severity | undefined)[] = [undefined, 'warn', 'hold', 'reject'];
const periods: readonly Expectation['every'][] = ['day', 'workday', 'week', 'month', 'quarter'];
const shares = ['mayShrink', 'mayGrow', 'mayEmpty', 'mayShift', 'mayStray', 'mayDelete'] as const;
const acts = ['onDrift', 'onColumns', 'onRewrite'] as const;
const switches = ['controlTotals', 'signedOnly', 'secondPerson'] as const;
const lists = ['references', 'crossRules'] as const;

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
  const rank = periods.indexOf(after.every) - periods.indexOf(before.every);
  const byOf = (one: Expectation): number => ('by' in one ? one.by : 0);
  return (
    rank > 0 ||
    (rank === 0 && byOf(after) > byOf(before)) ||
    (after.since !== before.since && (before.since === undefined || (after.since ?? '9') > before.since))
  );
}

/** Numbers: bounds, and the grid that multipleOf leaves. Exact decimals throughout. */
import {
  aligned,
  compareDecimal,
  decimalOf,
  decimalText,
  isMultipleOf,
  type Decimal,
} from '../../../terms/decimal.ts';
import type { Facts } from '../facts.ts';
import { rulesOut } from './finite.ts';
import type { Context, Theory } from './theory.ts';

interface Bound {
  readonly bound: Decimal;
  readonly open: boolean;
}

/** Maximum number of points of a grid that are tried one by one. */
const maxPoints = 500n;

export const noNumber: Theory = (facts, context) => {
  const low = tightest(facts.atoms('least', true), 1);
  const high = tightest(facts.atoms('most', true), -1);
  if (low !== undefined && high !== undefined) {
    const order = compareDecimal(low.bound, high.bound);
    if (order > 0 || (order === 0 && (low.open || high.open))) return true;
    if (order === 0) return isRuledOut(low.bound, facts, context);
  }
  const steps = facts.atoms('multiple', true).map(({ of }) => of);
  if (steps.length === 0) return false;
  const step = steps.reduce(leastCommonMultiple);
  if (facts.atoms('multiple', false).some(({ of }) => isMultipleOf(step, of))) return true;
  return (
    low !== undefined &&
    high !== undefined &&
    gridIsEmpty(step, low, high, (point) => isRuledOut(point, facts, context))
  );
};

/** A point without an exact double cannot be tried here. */
function isRuledOut(point: Decimal, facts: Facts, context: Context): boolean {
  const value = Number(decimalText(point));
  return compareDecimal(decimalOf(value), point) === 0 && rulesOut(value, facts, context);
}

/** The strictest bound: the largest lower one (direction 1), the smallest upper one (−1); open wins a tie. */
function tightest(bounds: readonly Bound[], direction: 1 | -1): Bound | undefined {
  let best: Bound | undefined;
  for (const one of bounds) {
    const order = best === undefined ? 1 : compareDecimal(one.bound, best.bound) * direction;
    if (order > 0 || (order === 0 && one.open)) best = one;
  }
  return best;
}

function leastCommonMultiple(a: Decimal, b: Decimal): Decimal {
  const pair = aligned(a, b);
  return { units: (pair.a * pair.b) / greatestCommonDivisor(pair.a, pair.b), scale: pair.scale };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function gridIsEmpty(step: Decimal, low: Bound, high: Bound, ruledOut: (point: Decimal) => boolean): boolean {
  const scale = Math.max(step.scale, low.bound.scale, high.bound.scale);
  const at = (value: Decimal): bigint => value.units * 10n ** BigInt(scale - value.scale);
  const unit = at(step);
  let first = ceilingOf(at(low.bound), unit);
  if (low.open && first * unit === at(low.bound)) first += 1n;
  let last = -ceilingOf(-at(high.bound), unit);
  if (high.open && last * unit === at(high.bound)) last -= 1n;
  if (first > last) return true;
  if (last - first >= maxPoints) return false;
  for (let point = first; point <= last; point += 1n) {
    if (!ruledOut({ units: point * unit, scale })) return false;
  }
  return true;
}

function ceilingOf(value: bigint, unit: bigint): bigint {
  const quotient = value / unit;
  return value % unit > 0n ? quotient + 1n : quotient;
}

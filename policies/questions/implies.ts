import type { RowCondition } from '../decision.ts';
import { isObject } from '../masks/rows/fieldPath.ts';

/** Whether every row that meets all of `a` meets all of `b`. Proven condition by condition; false where it cannot be shown. */
export function implies(a: readonly RowCondition[], b: readonly RowCondition[]): boolean {
  return b.every((wanted) => a.some((given) => given.field === wanted.field && impliesOne(given, wanted)));
}

function impliesOne(given: RowCondition, wanted: RowCondition): boolean {
  const values = valuesOf(given);
  if (values !== undefined) return values.every((value) => holds(value, wanted));
  if (wanted.op !== 'range') return false;
  return within(given.value, wanted.value);
}

const valuesOf = ({ op, value }: RowCondition): readonly unknown[] | undefined =>
  op === 'eq' ? [value] : op === 'in' && Array.isArray(value) ? value : undefined;

function holds(value: unknown, { op, value: wanted }: RowCondition): boolean {
  if (op === 'eq') return value === wanted;
  if (op === 'in') return Array.isArray(wanted) && wanted.includes(value);
  const bounds = boundsOf(wanted);
  const { lower, upper } = bounds;
  return (
    (lower === undefined || after(value, lower.value, lower.open)) &&
    (upper === undefined || after(upper.value, value, upper.open))
  );
}

interface Bound {
  readonly value: unknown;
  /** the value itself is outside the range */
  readonly open: boolean;
}

function boundsOf(range: unknown): { readonly lower?: Bound; readonly upper?: Bound } {
  const { gte, gt, lte, lt } = isObject(range) ? range : {};
  return {
    ...(gt !== undefined
      ? { lower: { value: gt, open: true } }
      : gte !== undefined
        ? { lower: { value: gte, open: false } }
        : {}),
    ...(lt !== undefined
      ? { upper: { value: lt, open: true } }
      : lte !== undefined
        ? { upper: { value: lte, open: false } }
        : {}),
  };
}

/** Whether the range `inner` is within `outer`. */
function within(inner: unknown, outer: unknown): boolean {
  const [small, large] = [boundsOf(inner), boundsOf(outer)];
  const lower =
    large.lower === undefined ||
    (small.lower !== undefined &&
      after(small.lower.value, large.lower.value, large.lower.open && !small.lower.open));
  const upper =
    large.upper === undefined ||
    (small.upper !== undefined &&
      after(large.upper.value, small.upper.value, large.upper.open && !small.upper.open));
  return lower && upper;
}

/** a ≥ b, or a > b when `strict`; texts compare by code units as columns with collation C do for ASCII. */
function after(a: unknown, b: unknown, strict: boolean): boolean {
  const comparable =
    (typeof a === 'string' && typeof b === 'string') || (typeof a === 'number' && typeof b === 'number');
  return comparable && (strict ? a > b : a >= b);
}

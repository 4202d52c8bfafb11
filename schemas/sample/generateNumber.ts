import { compareDecimal, decimalText, isMultipleOf, type Decimal } from '../../terms/decimal.ts';
import { decimalOf } from '../subset/evaluate.ts';
import type { Node } from '../subset/node.ts';
import { nothing, type Manner } from './manner.ts';

/** A number within all bounds and on all grids, near the constants of the pool where there is one. */
export function generateNumber(parts: readonly Node[], { random, pool }: Manner): unknown {
  const lows = parts.flatMap(({ minimum, above }) => [minimum, above]).filter((bound) => bound !== undefined);
  const highs = parts
    .flatMap(({ maximum, below }) => [maximum, below])
    .filter((bound) => bound !== undefined);
  const steps = parts
    .flatMap(({ multipleOf, whole }) => [multipleOf, whole === true ? one : undefined])
    .filter((step) => step !== undefined);
  const low = Number(
    lows.length === 0 ? -100 : decimalText(lows.reduce((a, b) => (compareDecimal(a, b) > 0 ? a : b))),
  );
  const high = Number(
    highs.length === 0
      ? Math.max(low, 0) + 1000
      : decimalText(highs.reduce((a, b) => (compareDecimal(a, b) < 0 ? a : b))),
  );
  const from = lows.length === 0 ? Math.min(0, high - 1000) : low;
  const fits = (value: number): boolean =>
    Number.isFinite(value) &&
    parts.every((part) => numberFits(part, value)) &&
    steps.every((step) => isMultipleOf(decimalOf(value), step));
  const step =
    steps.length === 0
      ? undefined
      : Number(decimalText(steps.reduce((a, b) => (compareDecimal(a, b) > 0 ? a : b))));
  const candidates: number[] = [];
  if (pool !== undefined && pool.numbers.length > 0)
    for (let i = 0; i < 8; i += 1) candidates.push(random.pick(pool.numbers));
  for (let i = 0; i < 12; i += 1) {
    const value = from + random.next() * (high - from);
    const places = random.whole(0, 2);
    candidates.push(
      step === undefined
        ? Number(value.toFixed(places))
        : Number((Math.round(value / step) * step).toPrecision(12)),
    );
  }
  if (steps.length > 1) candidates.push(0, ...product(steps, from));
  candidates.push(from, high, from + 1, high - 1);
  return candidates.find(fits) ?? nothing;
}

const one: Decimal = { units: 1n, scale: 0 };

/** A multiple of every step at or above a bound, for combinations of steps. */
function product(steps: readonly Decimal[], from: number): number[] {
  const all = steps.reduce((value, step) => value * Number(decimalText(step)), 1);
  return [all, Math.ceil(from / all) * all];
}

function numberFits({ minimum, maximum, above, below }: Node, value: number): boolean {
  const exact = decimalOf(value);
  return (
    (minimum === undefined || compareDecimal(exact, minimum) >= 0) &&
    (maximum === undefined || compareDecimal(exact, maximum) <= 0) &&
    (above === undefined || compareDecimal(exact, above) > 0) &&
    (below === undefined || compareDecimal(exact, below) < 0)
  );
}

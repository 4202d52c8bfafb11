import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { defineMask, sameMask } from '../mask.ts';
import { floorDivide, floorOf } from './numberOf.ts';

const params = { step: { kind: 'integer', min: 2, max: 1_000_000_000 } } as const;

/** Where the remainder is exact: a quotient would round up to the next step near 2^53. */
function floorNumber(value: number, step: number): number | undefined {
  const whole = Math.floor(value);
  const rest = whole % step;
  const floor = whole - (rest < 0 ? rest + step : rest) || 0;
  return Number.isSafeInteger(whole) && Number.isSafeInteger(floor) ? floor : floorLarge(whole, BigInt(step));
}

/**
 * The largest multiple at or below a whole number that a double has exactly: the next multiple may be none, and rounded it would be no multiple.
 * @returns undefined where no double has one
 */
function floorLarge(whole: number, step: bigint): number | undefined {
  let at = BigInt(whole);
  for (;;) {
    const spacing = spacingOf(at);
    const common = lowestBit(step) < spacing ? (step / lowestBit(step)) * spacing : step;
    const floor = floorDivide(at, common) * common;
    const spacingBelow = spacingOf(floor);
    if (spacingBelow === spacing) {
      const found = Number(floor);
      return Number.isFinite(found) ? found : undefined;
    }
    // where doubles are closer together, there may be a multiple between; where they are farther apart, this may be none
    at = spacingBelow < spacing ? spacing * 2n ** 52n - 1n : floor;
  }
}

/** Distance of the doubles of the size of a whole number; at least 1. */
const spacingOf = (whole: bigint): bigint => {
  const bits = (whole < 0n ? -whole : whole).toString(2).length;
  return 2n ** BigInt(Math.max(0, bits - 53));
};

/** The largest power of two that divides it. */
const lowestBit = (step: bigint): bigint => step & -step;

/** A digit is added to -999 by the step 2, and -5 becomes minus one step. */
const maxLengthOf = ({ maxLength }: JsonSchema, step: number): number =>
  Math.max(Number(maxLength ?? 40) + 1, String(step).length + 1);

/**
 * The multiple of the step at or below the number. It floors and never rounds: floor to 100 and then to 1000 equals floor to 1000, which
 * does not hold for rounding. Two steps have a meet only where one divides the other.
 */
export const floorTo = defineMask({
  name: 'floorTo',
  title: { zh: '向下取整', en: 'floor to a step' },
  examples: [{ params: { step: 1000 }, value: 58200.5, becomes: 58000 }],
  types: ['integer', 'number', 'string'],
  formats: ['decimal'],
  params,
  compile: ({ step }) => {
    const wide = BigInt(step);
    return (value, _row, run) => {
      if (typeof value === 'number') {
        const floor = floorNumber(value, step);
        if (floor === undefined) run.typeErrors += 1;
        return floor ?? null;
      }
      const whole = floorOf(value);
      return whole === undefined ? null : String(floorDivide(whole, wide) * wide);
    };
  },
  output: (schema, { step }) =>
    schema['format'] === 'decimal'
      ? { type: 'string', pattern: '^-?[0-9]+$', maxLength: maxLengthOf(schema, step) }
      : { type: 'integer', multipleOf: step },
  meet: (mine, other) => {
    const otherParams = sameMask<typeof params>('floorTo', other);
    if (otherParams === undefined) return undefined;
    const step = Math.max(mine.step, otherParams.step);
    return step % Math.min(mine.step, otherParams.step) === 0
      ? { name: 'floorTo', params: { step } }
      : undefined;
  },
  reveals: ({ step }) => ({
    zh: `数值所在的 ${step} 的整数段`,
    en: `the number down to multiples of ${step}`,
  }),
});

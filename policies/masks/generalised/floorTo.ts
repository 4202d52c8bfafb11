import { defineMask, sameMask } from '../mask.ts';
import { floorDivide, floorOf } from './numberOf.ts';

const params = { step: { kind: 'integer', min: 2, max: 1_000_000_000 } } as const;

/** Uses the remainder, which is exact: a quotient would round up to the next step near 2^53. */
function floorNumber(value: number, step: number): number {
  const whole = Math.floor(value);
  const rest = whole % step;
  return whole - (rest < 0 ? rest + step : rest) || 0;
}

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
    return (value) => {
      if (typeof value === 'number') return floorNumber(value, step);
      const whole = floorOf(value);
      return whole === undefined ? null : String(floorDivide(whole, wide) * wide);
    };
  },
  output: (schema, { step }) =>
    schema['format'] === 'decimal'
      ? { type: 'string', pattern: '^-?[0-9]+$', maxLength: Number(schema['maxLength'] ?? 40) + 1 }
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

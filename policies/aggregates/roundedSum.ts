import { parseDecimal } from '../../terms/decimal.ts';

export interface RoundedSum {
  /** decimal text, a multiple of `step` */
  readonly value: string;
  readonly step: string;
}

/**
 * A sum in steps of 1, 2 or 5 times a power of ten, no smaller than the largest value of one row in it: who comes or goes between two
 * batches cannot be read off the difference.
 * @param sum decimal text
 * @param largest decimal text, not negative
 */
export function roundedSum(sum: string, largest: string): RoundedSum {
  const [total, most] = [parseDecimal(sum), parseDecimal(largest)];
  if (total === undefined || most === undefined) throw new TypeError('a sum is a decimal');
  const step = stepAbove(most.scale > 0 ? most.units / 10n ** BigInt(most.scale) + 1n : most.units);
  const one = 10n ** BigInt(total.scale) * step;
  const half = total.units < 0n ? -one / 2n : one / 2n;
  return { value: String(((total.units + half) / one) * step), step: String(step) };
}

/** The first of 1, 2, 5, 10, 20, 50, … that is no smaller. */
function stepAbove(largest: bigint): bigint {
  for (let power = 1n; ; power *= 10n)
    for (const factor of [1n, 2n, 5n]) if (factor * power >= largest) return factor * power;
}

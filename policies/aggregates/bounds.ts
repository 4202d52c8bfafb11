import { parseDecimal } from '../../terms/decimal.ts';
import { canonicalText } from '../../schemas/readJson.ts';
import type { Aggregate } from '../documents/agreement.ts';

/** One cell and the cells that add up to it, by their places in the cube. */
export interface Relation {
  readonly total: number;
  readonly parts: readonly number[];
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Maximum number of rounds; further ones hardly tighten the bounds. */
const maxRounds = 60;

/**
 * Computes the bounds of each cell for a reader who knows the shown cells and that a hidden one has at least one row. The maximum of a cell
 * is its total less the minimum of its neighbours. The computation repeats until no bound changes.
 */
export function boundsOf(
  counts: readonly number[],
  relations: readonly Relation[],
  hidden: ReadonlySet<number>,
): readonly Bounds[] {
  const low = counts.map((count, at) => (hidden.has(at) ? 1 : count));
  const high = counts.map((count, at) => (hidden.has(at) ? Infinity : count));
  const lowOf = (at: number): number => low[at] ?? 0;
  const highOf = (at: number): number => high[at] ?? Infinity;
  let moved = true;
  const narrow = (at: number, from: number, to: number): void => {
    if (from > lowOf(at)) [low[at], moved] = [from, true];
    if (to < highOf(at)) [high[at], moved] = [to, true];
  };
  for (let round = 0; moved && round < maxRounds; round += 1) {
    moved = false;
    for (const { total, parts } of relations) {
      const least = parts.reduce((sum, at) => sum + lowOf(at), 0);
      const endless = parts.filter((at) => highOf(at) === Infinity);
      const upper = parts.reduce((sum, at) => sum + (highOf(at) === Infinity ? 0 : highOf(at)), 0);
      narrow(total, least, endless.length > 0 ? Infinity : upper);
      for (const at of parts) {
        const others = endless.length - (highOf(at) === Infinity ? 1 : 0);
        const maxOfOthers = others > 0 ? Infinity : upper - (highOf(at) === Infinity ? 0 : highOf(at));
        narrow(at, lowOf(total) - maxOfOthers, highOf(total) - (least - lowOf(at)));
      }
    }
  }
  return low.map((from, at) => ({ low: from, high: highOf(at) }));
}

export interface RoundedSum {
  /** decimal text, a multiple of `step` */
  readonly value: string;
  readonly step: string;
}

/**
 * Rounds a sum to steps of 1, 2 or 5 times a power of ten, no smaller than the largest value of one row in it. The difference between two
 * batches then does not reveal a row that was added or removed.
 * @param sum decimal text
 * @param largest decimal text, not negative
 */
export function roundedSum(sum: string, largest: string): RoundedSum {
  const [total, greatest] = [parseDecimal(sum), parseDecimal(largest)];
  if (total === undefined || greatest === undefined) throw new TypeError('a sum is a decimal');
  const step = stepAbove(
    greatest.scale > 0 ? greatest.units / 10n ** BigInt(greatest.scale) + 1n : greatest.units,
  );
  const one = 10n ** BigInt(total.scale) * step;
  const half = total.units < 0n ? -one / 2n : one / 2n;
  return { value: String(((total.units + half) / one) * step), step: String(step) };
}

/** The first of 1, 2, 5, 10, 20, 50, … that is no smaller. */
function stepAbove(largest: bigint): bigint {
  for (let power = 1n; ; power *= 10n)
    for (const factor of [1n, 2n, 5n]) if (factor * power >= largest) return factor * power;
}

/** An aggregate as people compare it: what is counted by what, and from how many on it is shown. Its title changes nothing. */
export const aggregateText = ({ id, by, sum = [], minGroup }: Omit<Aggregate, 'title'>): string =>
  `${id} ${canonicalText({ by, minGroup, sum })}`;

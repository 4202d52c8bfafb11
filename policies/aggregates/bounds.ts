/** One cell and the cells that add up to it, by their places in the cube. */
export interface Relation {
  readonly total: number;
  readonly parts: readonly number[];
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Rounds after which nobody tightens them much any more. */
const mostRounds = 60;

/**
 * Between which numbers a reader can keep each cell who knows the shown ones and that a hidden one has a row at least: what a cell can
 * have at most is its total less the least of its neighbours, and so on until nothing moves.
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
  for (let round = 0; moved && round < mostRounds; round += 1) {
    moved = false;
    for (const { total, parts } of relations) {
      const least = parts.reduce((sum, at) => sum + lowOf(at), 0);
      const endless = parts.filter((at) => highOf(at) === Infinity);
      const most = parts.reduce((sum, at) => sum + (highOf(at) === Infinity ? 0 : highOf(at)), 0);
      narrow(total, least, endless.length > 0 ? Infinity : most);
      for (const at of parts) {
        const others = endless.length - (highOf(at) === Infinity ? 1 : 0);
        const mostOfOthers = others > 0 ? Infinity : most - (highOf(at) === Infinity ? 0 : highOf(at));
        narrow(at, lowOf(total) - mostOfOthers, highOf(total) - (least - lowOf(at)));
      }
    }
  }
  return low.map((from, at) => ({ low: from, high: highOf(at) }));
}

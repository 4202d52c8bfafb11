/**
 * Small groups of a cube (k-threshold with complementary suppression). A group below k is hidden, and so are as many others as it takes
 * that nobody gets it back from the totals: neither exactly, by any sum and difference of what is shown, nor within bounds narrower than
 * k. The same cube always hides the same cells.
 */
import { boundsOf, type Relation } from './bounds.ts';
import { determined } from './determined.ts';

export interface CubeCell {
  /** dimension → value; a dimension that is missing was summed over. `{}` is the whole table */
  readonly key: CellKey;
  /** rows of it, 1 or more: what has no rows is no cell, and says so */
  readonly count: number;
  /** hidden whatever its count: one row tells too much of it, or an earlier batch had it hidden */
  readonly sensitive?: boolean;
}

export type CellKey = Readonly<Record<string, CellValue>>;
export type CellValue = string | number | boolean | null;

/**
 * @param cells every cell of the cube, of every set of its dimensions
 * @param dimensions of the cube
 * @param k smallest group shown, 2 or more
 * @returns the cells that stay hidden
 */
export function suppressedCells<C extends CubeCell>(
  cells: readonly C[],
  dimensions: readonly string[],
  k: number,
): ReadonlySet<C> {
  const relations = relationsOf(cells, dimensions);
  const hidden = new Set<number>();
  for (const [at, { count, sensitive }] of cells.entries())
    if (count < k || sensitive === true) hidden.add(at);
  hideInLines(cells, relations, hidden, k);
  for (let weak = weakCells(cells, relations, hidden, k); weak.length > 0;) {
    // one in a relation at a time: what is hidden beside one cell often serves the next
    const next = besideThem(weak, cells, relations, hidden);
    // nothing is left to hide beside cells that can still be had: then nothing is told at all
    if (next.length === 0) return new Set(cells);
    for (const at of next) hidden.add(at);
    hideInLines(cells, relations, hidden, k);
    weak = weakCells(cells, relations, hidden, k);
  }
  return new Set(cells.filter((_, at) => hidden.has(at)));
}

/** Each cell with the cells that add up to it along one dimension. */
function relationsOf(cells: readonly CubeCell[], dimensions: readonly string[]): readonly Relation[] {
  const places = new Map(cells.map(({ key }, at) => [placeOf(key, dimensions), at]));
  const found = new Map<string, { readonly total: number; readonly parts: number[] }>();
  for (const [at, { key }] of cells.entries()) {
    for (const dimension of dimensions) {
      if (!Object.hasOwn(key, dimension)) continue;
      const { [dimension]: _summed, ...others } = key;
      const place = placeOf(others, dimensions);
      const total = places.get(place);
      if (total === undefined) throw new TypeError('a cube holds the totals of its cells');
      const relation = found.get(`${dimension} ${place}`) ?? { total, parts: [] };
      relation.parts.push(at);
      found.set(`${dimension} ${place}`, relation);
    }
  }
  return [...found.values()];
}

/** One text for one cell, whatever the order of its key. */
export const placeOf = (key: CellKey, dimensions: readonly string[]): string =>
  JSON.stringify(dimensions.map((name) => (Object.hasOwn(key, name) ? [key[name]] : 0)));

/** What a look at one line alone says: hidden cells that its total would tell take the smallest of their line with them. */
function hideInLines(
  cells: readonly CubeCell[],
  relations: readonly Relation[],
  hidden: Set<number>,
  k: number,
): void {
  const size = (at: number): number => cells[at]?.count ?? 0;
  const isSafe = (secret: readonly number[]): boolean =>
    secret.length === 0 ||
    (secret.length > 1 && secret.reduce((room, at) => room + size(at) - 1, 0) >= k - 1);
  for (let changed = true; changed;) {
    changed = false;
    for (const { total, parts } of relations) {
      const secret = parts.filter((at) => hidden.has(at));
      // a hidden total of shown parts is told by them, and one hidden part by a shown total
      if (hidden.has(total) ? secret.length > 0 : isSafe(secret)) continue;
      const [smallest = total] = parts
        .filter((at) => !hidden.has(at))
        .sort((a, b) => size(a) - size(b) || a - b);
      hidden.add(smallest);
      changed = true;
    }
  }
}

/** Hidden cells that can be worked out, or be kept within bounds narrower than a small group. */
function weakCells(
  cells: readonly CubeCell[],
  relations: readonly Relation[],
  hidden: ReadonlySet<number>,
  k: number,
): readonly number[] {
  const bounds = boundsOf(
    cells.map(({ count }) => count),
    relations,
    hidden,
  );
  const narrow = [...hidden].filter((at) => {
    const { low, high } = bounds[at] ?? { low: 0, high: 0 };
    return high - low < k - 1;
  });
  return narrow.length > 0 ? narrow : determined(relations, hidden);
}

/**
 * The cells to hide next, of those that are shown in a relation of a weak one: of the finest, so that totals stand where they can, the
 * smallest of each relation. A tie goes to the first in the cube's order.
 */
function besideThem(
  weak: readonly number[],
  cells: readonly CubeCell[],
  relations: readonly Relation[],
  hidden: ReadonlySet<number>,
): readonly number[] {
  const hard = new Set(weak);
  const near = relations
    .map(({ total, parts }) => [...parts, total])
    .filter((all) => all.some((at) => hard.has(at)));
  const fineness = (at: number): number => Object.keys(cells[at]?.key ?? {}).length;
  const size = (at: number): number => cells[at]?.count ?? 0;
  const shown = [...new Set(near.flat())].filter((at) => !hidden.has(at));
  const finest = Math.max(...shown.map(fineness));
  const touched = new Set<readonly number[]>();
  const chosen: number[] = [];
  for (const at of shown
    .filter((one) => fineness(one) === finest)
    .sort((a, b) => size(a) - size(b) || a - b)) {
    const mine = near.filter((all) => all.includes(at));
    if (mine.some((all) => touched.has(all))) continue;
    chosen.push(at);
    for (const all of mine) touched.add(all);
  }
  return chosen;
}

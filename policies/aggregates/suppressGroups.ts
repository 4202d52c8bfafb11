/**
 * Suppresses small groups of a cube (k-threshold with complementary suppression). A group below k is hidden, with as many others as needed
 * so that totals do not reveal it. It must follow neither exactly, by any sum or difference of shown cells, nor within bounds narrower than
 * k. The same cube always hides the same cells.
 */
import { boundsOf, type Relation } from './bounds.ts';

/** A prime under 2^26: products of two remainders stay exact. */
const prime = 67_108_859;

type Row = Map<number, number>;

/**
 * Hidden cells whose value follows from the relations alone, by any number of additions and subtractions: those that are alone in a row of
 * the reduced system (Gauss–Jordan, modulo a prime).
 */
function determined(relations: readonly Relation[], hidden: ReadonlySet<number>): readonly number[] {
  const rows: { readonly pivot: number; readonly row: Row }[] = [];
  const byPivot = new Map<number, Row>();
  for (const relation of relations) {
    const row = unknownsOf(relation, hidden);
    for (const at of [...row.keys()]) {
      const earlier = byPivot.get(at);
      if (earlier !== undefined) subtract(row, earlier, row.get(at) ?? 0);
    }
    const [first] = row;
    if (first === undefined) continue;
    const [pivot, factor] = first;
    scale(row, inverse(factor));
    for (const other of rows) {
      const there = other.row.get(pivot);
      if (there !== undefined) subtract(other.row, row, there);
    }
    rows.push({ pivot, row });
    byPivot.set(pivot, row);
  }
  return rows.flatMap(({ pivot, row }) => (row.size === 1 ? [pivot] : []));
}

/** Shown cells are constants of the equation. */
function unknownsOf({ total, parts }: Relation, hidden: ReadonlySet<number>): Row {
  const row: Row = new Map(parts.filter((at) => hidden.has(at)).map((at) => [at, 1]));
  if (hidden.has(total)) row.set(total, prime - 1);
  return row;
}

function subtract(row: Row, other: Row, factor: number): void {
  for (const [at, value] of other) {
    const left = ((row.get(at) ?? 0) + prime - ((value * factor) % prime)) % prime;
    if (left === 0) row.delete(at);
    else row.set(at, left);
  }
}

function scale(row: Row, factor: number): void {
  for (const [at, value] of row) row.set(at, (value * factor) % prime);
}

/** By Fermat: a^(p−2). */
function inverse(value: number): number {
  let [result, base] = [1, value];
  for (let exponent = prime - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = (result * base) % prime;
    base = (base * base) % prime;
  }
  return result;
}

export interface CubeCell {
  /** dimension → value; a missing dimension was summed over. `{}` is the whole table */
  readonly key: CellKey;
  /** number of rows, at least 1: a group without rows has no cell */
  readonly count: number;
  /** hidden regardless of its count: one row reveals too much of it, or an earlier batch hid it */
  readonly sensitive?: boolean;
  /** another consumer was shown it, so it cannot be hidden any more */
  readonly known?: boolean;
}

export type CellKey = Readonly<Record<string, CellValue>>;
export type CellValue = string | number | boolean | null;

/**
 * @param cells every cell of the cube, of every set of its dimensions
 * @param dimensions of the cube
 * @param k smallest group shown, 2 or more
 * @returns the cells that stay hidden; none of them is `known`
 */
export function suppressedCells<C extends CubeCell>(
  cells: readonly C[],
  dimensions: readonly string[],
  k: number,
): ReadonlySet<C> {
  const relations = relationsOf(cells, dimensions);
  const known = knownCells(cells, relations, k);
  const hidden = new Set<number>();
  for (const [at, { count, sensitive }] of cells.entries())
    if ((count < k || sensitive === true) && !known.has(at)) hidden.add(at);
  hideInLines(cells, relations, { hidden, known }, k);
  for (let weak = weakCells(cells, relations, hidden, k); weak.length > 0;) {
    // Hide one cell per relation at a time: a cell hidden for one relation often serves the next.
    const next = cellsToHide(weak, cells, relations, { hidden, known });
    // Some hidden cells can still be derived and no shown cell is left to hide: hide the whole cube.
    if (next.length === 0) return new Set(cells.filter((_, at) => !known.has(at)));
    for (const at of next) hidden.add(at);
    hideInLines(cells, relations, { hidden, known }, k);
    weak = weakCells(cells, relations, hidden, k);
  }
  return new Set(cells.filter((_, at) => hidden.has(at)));
}

/** Known cells, and what follows from them: cells that are weak even if all others are hidden. */
function knownCells(
  cells: readonly CubeCell[],
  relations: readonly Relation[],
  k: number,
): ReadonlySet<number> {
  const known = new Set(cells.flatMap((cell, at) => (cell.known === true ? [at] : [])));
  while (known.size > 0) {
    const others = new Set(cells.flatMap((_, at) => (known.has(at) ? [] : [at])));
    const weak = weakCells(cells, relations, others, k);
    if (weak.length === 0) break;
    for (const at of weak) known.add(at);
  }
  return known;
}

interface Marked {
  readonly hidden: Set<number>;
  readonly known: ReadonlySet<number>;
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

/** Text of a cell that does not depend on the order of its key. */
export const placeOf = (key: CellKey, dimensions: readonly string[]): string =>
  JSON.stringify(dimensions.map((name) => (Object.hasOwn(key, name) ? [key[name]] : 0)));

/** Checks each line alone: where a total would reveal hidden cells, the smallest cells of that line are hidden too. */
function hideInLines(
  cells: readonly CubeCell[],
  relations: readonly Relation[],
  { hidden, known }: Marked,
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
      // Shown parts reveal a hidden total; a shown total reveals a single hidden part.
      if (hidden.has(total) ? secret.length > 0 : isSafe(secret)) continue;
      const [smallest = total] = parts
        .filter((at) => !hidden.has(at) && !known.has(at))
        .sort((a, b) => size(a) - size(b) || a - b);
      if (hidden.has(smallest) || known.has(smallest)) continue;
      hidden.add(smallest);
      changed = true;
    }
  }
}

/** Hidden cells whose value can be derived, or bounded more narrowly than a small group. */
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
 * Selects the cells to hide next, among the shown cells of a relation with a weak cell. It takes the finest relation, so that totals remain
 * shown where possible, and the smallest cell of each. A tie goes to the first cell in the cube's order.
 */
function cellsToHide(
  weak: readonly number[],
  cells: readonly CubeCell[],
  relations: readonly Relation[],
  { hidden, known }: Marked,
): readonly number[] {
  const hard = new Set(weak);
  const near = relations
    .map(({ total, parts }) => [...parts, total])
    .filter((all) => all.some((at) => hard.has(at)));
  const fineness = (at: number): number => Object.keys(cells[at]?.key ?? {}).length;
  const size = (at: number): number => cells[at]?.count ?? 0;
  const shown = [...new Set(near.flat())].filter((at) => !hidden.has(at) && !known.has(at));
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

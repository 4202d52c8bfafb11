/**
 * Small groups in predeclared aggregates (k-threshold with complementary suppression). A count below k is hidden, and so are as many
 * others as it takes that nobody can get it back by subtracting from the totals. The same table always hides the same cells.
 */
import { Problem } from '../../terms/problem.ts';

export interface AggregateCell {
  /** dimension → value, for every declared dimension */
  readonly key: Readonly<Record<string, string>>;
  readonly count: number;
}

export interface PublishedCell {
  readonly key: Readonly<Record<string, string>>;
  /** null = hidden */
  readonly count: number | null;
}

export interface PublishedTable {
  readonly cells: readonly PublishedCell[];
  /** one per dimension and combination of the other dimensions' values; the dimension summed over is missing in `key` */
  readonly totals: readonly PublishedCell[];
}

/**
 * @param dimensions declared beforehand in the agreement: a table with others is refused, since two tables that differ by one person's
 * attributes can be subtracted
 * @param k smallest group shown, 2 or more
 * @throws Problem aggregate_not_declared
 */
export function suppressSmallGroups(
  cells: readonly AggregateCell[],
  dimensions: readonly string[],
  k: number,
): PublishedTable {
  for (const { key } of cells) {
    const names = Object.keys(key);
    if (names.length !== dimensions.length || !dimensions.every((name) => Object.hasOwn(key, name))) {
      throw new Problem('aggregate_not_declared');
    }
  }
  const hidden = new Set(cells.filter(({ count }) => count > 0 && count < k));
  const lines = dimensions.flatMap((dimension) => linesOver(cells, dimension, dimensions));
  for (let changed = true; changed;) {
    changed = lines.some((line) => hideOneMore(line.cells, hidden, k));
  }
  return {
    cells: cells.map((cell) => ({ key: cell.key, count: hidden.has(cell) ? null : cell.count })),
    totals: lines.map((line) => {
      const total = line.cells.reduce((sum, cell) => sum + cell.count, 0);
      return { key: line.key, count: total > 0 && total < k ? null : total };
    }),
  };
}

interface Line {
  readonly key: Readonly<Record<string, string>>;
  readonly cells: readonly AggregateCell[];
}

/** The lines of the table along one dimension: cells that differ in it alone, and that a published total adds up. */
function linesOver(
  cells: readonly AggregateCell[],
  dimension: string,
  dimensions: readonly string[],
): readonly Line[] {
  const lines = new Map<string, { key: Record<string, string>; cells: AggregateCell[] }>();
  const others = dimensions.filter((name) => name !== dimension);
  for (const cell of cells) {
    const key = Object.fromEntries(others.map((name) => [name, cell.key[name] ?? '']));
    const id = JSON.stringify(others.map((name) => key[name]));
    const line = lines.get(id) ?? { key, cells: [] };
    line.cells.push(cell);
    lines.set(id, line);
  }
  return [...lines.values()];
}

/**
 * Hides the smallest shown cell of a line whose hidden cells could be worked out: there is one alone, or together they are fewer than
 * k. A tie goes to the first in the table's order.
 */
function hideOneMore(line: readonly AggregateCell[], hidden: Set<AggregateCell>, k: number): boolean {
  const secret = line.filter((cell) => hidden.has(cell));
  const sum = secret.reduce((total, cell) => total + cell.count, 0);
  if (secret.length === 0 || (secret.length > 1 && sum >= k)) return false;
  const shown = line.filter((cell) => !hidden.has(cell) && cell.count > 0);
  const [smallest] = shown.sort((a, b) => a.count - b.count);
  if (smallest === undefined) return false;
  hidden.add(smallest);
  return true;
}

/** A count for the consumer: exact from k on, `<k` below; 0 is told, since a table with nobody in it says so anyway. */
export const shownCount = (count: number, k: number): number | string =>
  count > 0 && count < k ? `<${k}` : count;

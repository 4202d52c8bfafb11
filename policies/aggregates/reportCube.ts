/** Computes what may be published of a counted cube. */
import { roundedSum, type RoundedSum } from './bounds.ts';
import { placeOf, suppressedCells, type CellKey } from './suppressGroups.ts';
import type { Cube } from '../decision.ts';

/** A cell as the database counted it. */
export interface CountedCell {
  readonly key: CellKey;
  readonly count: number;
  readonly sums: Readonly<
    Record<
      string,
      {
        readonly contributors: number;
        readonly sum: string;
        readonly largest: string;
        readonly dominated: boolean;
      }
    >
  >;
}

export type ReportedCell =
  | { readonly key: CellKey; readonly suppressed: true }
  | { readonly key: CellKey; readonly count: number; readonly sums?: Readonly<Record<string, RoundedSum>> };

/**
 * Returns every cell of the cube, with suppressed ones marked. A cell is hidden where it is small or was hidden before. It is also hidden
 * where a sum of it has few values, where one row contributes more than half, or where another hidden cell could be derived from it.
 * @param earlier what was published of the previous batch
 */
export function reportCube(
  { dimensions, minGroup }: Pick<Cube, 'dimensions' | 'minGroup'>,
  counted: readonly CountedCell[],
  earlier: readonly ReportedCell[],
): readonly ReportedCell[] {
  const hiddenBefore = new Set(
    earlier.flatMap((cell) => ('suppressed' in cell ? [placeOf(cell.key, dimensions)] : [])),
  );
  const cells = counted
    .map((cell) => ({ ...cell, place: placeOf(cell.key, dimensions) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ place, ...cell }) => ({
      ...cell,
      sensitive: hiddenBefore.has(place) || Object.values(cell.sums).some((sum) => tellsOfOne(sum, minGroup)),
    }));
  const hidden = suppressedCells(cells, dimensions, minGroup);
  return cells.map((cell): ReportedCell => {
    const { key, count, sums } = cell;
    if (hidden.has(cell)) return { key, suppressed: true };
    const rounded = Object.entries(sums).map(([field, { sum, largest }]) => [
      field,
      roundedSum(sum, largest),
    ]);
    return rounded.length === 0
      ? { key, count }
      : { key, count, sums: Object.fromEntries(rounded) as Record<string, RoundedSum> };
  });
}

const tellsOfOne = ({ contributors, dominated }: CountedCell['sums'][string], minGroup: number): boolean =>
  dominated || (contributors > 0 && contributors < minGroup);

/** Of what may be published, the cells and sums that one aggregate requests: by its dimensions, with all their totals. */
export function cellsOf(
  reported: readonly ReportedCell[],
  by: readonly string[],
  sum: readonly string[],
): readonly ReportedCell[] {
  return reported
    .filter(({ key }) => Object.keys(key).every((name) => by.includes(name)))
    .map((cell) => {
      if ('suppressed' in cell || cell.sums === undefined) return cell;
      const { sums, ...counted } = cell;
      const requested = Object.entries(sums).filter(([field]) => sum.includes(field));
      return requested.length === 0 ? counted : { ...counted, sums: Object.fromEntries(requested) };
    });
}

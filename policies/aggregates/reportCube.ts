/** Computes what may be published of a counted cube. */
import { roundedSum, type RoundedSum } from './bounds.ts';
import { placeOf, suppressedCells, type CellKey, type CubeCell } from './suppressGroups.ts';
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

/** Statistics of the same rows of a dataset that another consumer has been shown. */
export interface OtherCube {
  readonly dimensions: readonly string[];
  readonly minGroup: number;
  readonly reported: readonly ReportedCell[];
  /** its cells as the database counted them; absent: they are of an earlier batch */
  readonly counted?: readonly CountedCell[];
}

/**
 * Returns every cell of the cube, with suppressed ones marked. A cell is hidden where it is small or was hidden before. It is also hidden
 * where a sum of it has few values, where one row contributes more than half, or where another hidden cell could be derived from it.
 * What is hidden of one consumer is hidden of all, and nothing that is hidden follows from the cells of several consumers together.
 * @param earlier what was published of the previous batch
 * @param others what other consumers were shown last
 */
export function reportCube(
  { dimensions, minGroup }: Pick<Cube, 'dimensions' | 'minGroup'>,
  counted: readonly CountedCell[],
  earlier: readonly ReportedCell[],
  others: readonly OtherCube[] = [],
): readonly ReportedCell[] {
  const all = [...new Set([dimensions, ...others.map((one) => one.dimensions)].flat())];
  const hiddenBefore = new Set(
    [earlier, ...others.map(({ reported }) => reported)]
      .flat()
      .flatMap((cell) => ('suppressed' in cell ? [placeOf(cell.key, all)] : [])),
  );
  const known = new Set(
    others.flatMap(({ reported, counted: now }) =>
      now === undefined ? [] : reported.flatMap((cell) => ('count' in cell ? [placeOf(cell.key, all)] : [])),
    ),
  );
  const cells = counted
    .map((cell) => ({ ...cell, place: placeOf(cell.key, all) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map((cell) => ({
      ...cell,
      sensitive:
        hiddenBefore.has(cell.place) || Object.values(cell.sums).some((sum) => revealsOne(sum, minGroup)),
    }));
  const alone: ReadonlySet<CubeCell> = suppressedCells(cells, dimensions, minGroup);
  /** Hides more, so that nothing hidden follows from the cells of all consumers together. */
  const hiddenFromAll = (): ReadonlySet<CubeCell> => {
    const jointMinGroup = Math.max(minGroup, ...others.map((one) => one.minGroup));
    const joint = new Map<string, CubeCell>();
    for (const { key, count } of others.flatMap(({ counted: now = [] }) => now)) {
      const place = placeOf(key, all);
      joint.set(place, { key, count, known: known.has(place), sensitive: hiddenBefore.has(place) });
    }
    for (const cell of cells) {
      const { key, count, place } = cell;
      joint.set(place, { key, count, known: known.has(place), sensitive: alone.has(cell) });
    }
    const together = suppressedCells([...joint.values()], all, jointMinGroup);
    return new Set(
      cells.filter((cell) => {
        const same = joint.get(cell.place);
        return alone.has(cell) || (same !== undefined && together.has(same));
      }),
    );
  };
  const hidden = others.length === 0 ? alone : hiddenFromAll();
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

const revealsOne = ({ contributors, dominated }: CountedCell['sums'][string], minGroup: number): boolean =>
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

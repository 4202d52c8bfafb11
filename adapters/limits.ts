import type { CompiledMapping } from './mapping/compile.ts';

/** What a whole file came to. True totals: nothing is capped. Invariant: records = rows + bad + skipped. */
export interface Totals {
  readonly records: number;
  readonly rows: number;
  readonly bad: number;
  readonly skipped: number;
}

export const noTotals: Totals = { records: 0, rows: 0, bad: 0, skipped: 0 };

export const addTotals = (
  totals: Totals,
  batch: {
    readonly records: number;
    readonly rows: readonly unknown[];
    readonly bad: readonly unknown[];
    readonly skipped: number;
  },
): Totals => ({
  records: totals.records + batch.records,
  rows: totals.rows + batch.rows.length,
  bad: totals.bad + batch.bad.length,
  skipped: totals.skipped + batch.skipped,
});

/**
 * The limit that a file is over, judged when all of it has been read: the number of bad records, or their share of rows and bad
 * records together. A mapping without limits lets no bad record pass.
 */
export function overLimit(
  totals: Totals,
  mapping: Pick<CompiledMapping, 'maxBad' | 'maxBadRatio'>,
): 'maxBad' | 'maxBadRatio' | undefined {
  const { maxBad, maxBadRatio } = mapping;
  if (totals.bad === 0) return undefined;
  if (maxBad === undefined && maxBadRatio === undefined) return 'maxBad';
  if (maxBad !== undefined && totals.bad > maxBad) return 'maxBad';
  if (maxBadRatio !== undefined && totals.bad > maxBadRatio * (totals.rows + totals.bad))
    return 'maxBadRatio';
  return undefined;
}

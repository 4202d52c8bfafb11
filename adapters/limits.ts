import type { CompiledMapping } from './mapping/compile.ts';

/** Result of a whole file. True totals: nothing is capped. Invariant: records = rows + bad + skipped. */
export interface Totals {
  readonly records: number;
  readonly rows: number;
  readonly bad: number;
  readonly skipped: number;
  /** rows that have a doubt of their own */
  readonly doubted: number;
  /** doubts about the file as a whole */
  readonly fileDoubts: number;
}

export const noTotals: Totals = { records: 0, rows: 0, bad: 0, skipped: 0, doubted: 0, fileDoubts: 0 };

export const addTotals = (
  totals: Totals,
  batch: {
    readonly records: number;
    readonly rows: readonly unknown[];
    readonly bad: readonly unknown[];
    readonly skipped: number;
    readonly doubted: readonly unknown[];
    readonly fileDoubts: number;
  },
): Totals => ({
  records: totals.records + batch.records,
  rows: totals.rows + batch.rows.length,
  bad: totals.bad + batch.bad.length,
  skipped: totals.skipped + batch.skipped,
  doubted: totals.doubted + batch.doubted.length,
  fileDoubts: totals.fileDoubts + batch.fileDoubts,
});

/** Rows that are in doubt: all of them where the file is in doubt. */
export const rowsInDoubt = ({
  rows,
  doubted,
  fileDoubts,
}: Pick<Totals, 'rows' | 'doubted' | 'fileDoubts'>): number => (fileDoubts > 0 ? rows : doubted);

/** A mapping's limit that bad rows exceed, by its name in the mapping. */
export interface ExceededLimit {
  readonly limit: 'maxBad' | 'maxBadRatio';
  /** as in the mapping: rows, or their share; 0 rows where it sets neither */
  readonly allowed: number;
}

/**
 * The limit that a file exceeds, checked after the whole file has been read: the number of bad records, or their share of rows and bad
 * records together. A mapping without limits accepts no bad record.
 */
export function overLimit(
  totals: Pick<Totals, 'rows' | 'bad'>,
  mapping: Pick<CompiledMapping, 'maxBad' | 'maxBadRatio'>,
): ExceededLimit | undefined {
  const { maxBad, maxBadRatio } = mapping;
  if (totals.bad === 0) return undefined;
  if (maxBad === undefined && maxBadRatio === undefined) return { limit: 'maxBad', allowed: 0 };
  if (maxBad !== undefined && totals.bad > maxBad) return { limit: 'maxBad', allowed: maxBad };
  if (maxBadRatio !== undefined && totals.bad > maxBadRatio * (totals.rows + totals.bad))
    return { limit: 'maxBadRatio', allowed: maxBadRatio };
  return undefined;
}

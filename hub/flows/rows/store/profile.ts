import type { FieldProfile, Profile } from '../../../domain/drift.ts';
import { batchTable, type Layout } from '../../../domain/rowTable/layout.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { plainName } from './tableNames.ts';

/**
 * What a batch looks like, by what ANALYZE found when it was loaded: exact up to 30,000 rows, a sample of as many beyond. Values are read of
 * fields with a list of codes only.
 * @param rows how many it has
 * @param coded names of those fields
 */
export async function profileOf(
  reader: Reader,
  layout: Layout,
  batch: string,
  rows: number,
  coded: ReadonlySet<string>,
): Promise<Profile> {
  const byColumn = new Map(layout.columns.map((column) => [plainName(column.name), column.field]));
  const withCodes = [...byColumn].filter(([, field]) => coded.has(field)).map(([column]) => column);
  const { rows: told } = await reader.query<{
    column: string;
    empty: number;
    distinct: number;
    codes: string[] | null;
    shares: number[] | null;
  }>(
    `SELECT attname AS column, null_frac AS empty, n_distinct AS distinct,
            CASE WHEN attname = ANY($2) THEN most_common_vals::text::text[] END AS codes,
            CASE WHEN attname = ANY($2) THEN most_common_freqs END AS shares
       FROM pg_stats WHERE schemaname = 'rows' AND tablename = $1`,
    [plainName(batchTable(batch)), withCodes],
  );
  const fields = new Map<string, FieldProfile>();
  for (const { column, empty, distinct, codes, shares } of told) {
    const field = byColumn.get(column);
    if (field === undefined) continue;
    const known = coded.has(field)
      ? new Map((codes ?? []).map((code, i) => [code, shares?.[i] ?? 0]))
      : undefined;
    fields.set(field, {
      empty,
      distinct: shareOf(distinct, rows * (1 - empty)),
      ...(known === undefined ? {} : { codes: known }),
    });
  }
  return { rows, fields };
}

/** PostgreSQL tells a number of different values, or, below zero, their share of the rows. */
const shareOf = (distinct: number, filled: number): number =>
  Math.min(1, distinct < 0 ? -distinct : distinct / Math.max(1, filled));

/** Sums and ranges over the rows of a batch that is not visible yet. */
import type { RangedKind, Ranges } from '../../../domain/ranges.ts';
import { batchTable, type Column, type Layout } from '../../../domain/rowTable/layout.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { comparable } from './fetch.ts';
import type { FieldProfile, Profile } from '../../../domain/drift.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { plainName } from './tables.ts';

/** One row of aggregates over a whole batch; the time grows with the number of rows. */
async function over(
  pool: Pool,
  batch: string,
  selected: readonly string[],
  values: unknown[] = [],
): Promise<readonly (string | null)[]> {
  if (selected.length === 0) return [];
  const text = `SELECT ${selected.map((one, i) => `(${one})::text AS x${i}`).join(', ')} FROM ${batchTable(batch)}`;
  const { rows } = await withTransaction(pool, (transaction) =>
    longStatement<never>(transaction, { text, values, rowMode: 'array' }),
  );
  return (rows as readonly (readonly (string | null)[])[])[0] ?? [];
}

/** Exact sums, as decimal texts without trailing zeros, in the order of the columns. */
export async function sumsOf(
  pool: Pool,
  batch: string,
  columns: readonly Column[],
): Promise<readonly string[]> {
  const found = await over(
    pool,
    batch,
    columns.map((column) => `trim_scale(coalesce(sum((${comparable(column)})::numeric), 0))`),
  );
  return found.map((sum) => sum ?? '0');
}

/** Lowest and highest value of each field that has one, as they are. */
export async function extremesOf(
  pool: Pool,
  layout: Layout,
  batch: string,
  fields: readonly string[],
): Promise<Ranges> {
  const columns = fields.flatMap((field) => layout.byField.get(field) ?? []);
  const found = await over(
    pool,
    batch,
    columns.flatMap((column) => [`min(${comparable(column)})`, `max(${comparable(column)})`]),
  );
  return Object.fromEntries(
    columns.flatMap(({ field }, i): [string, readonly [string, string]][] => {
      const [low, high] = [found[2 * i] ?? null, found[2 * i + 1] ?? null];
      return low === null || high === null ? [] : [[field, [low, high]]];
    }),
  );
}

/** How many rows have a value outside each range, by field. */
export async function rowsOutside(
  pool: Pool,
  layout: Layout,
  batch: string,
  ranges: Ranges,
  kinds: ReadonlyMap<string, RangedKind>,
): Promise<ReadonlyMap<string, number>> {
  const values: string[] = [];
  const bind = (value: string, kind: RangedKind | undefined): string =>
    `$${values.push(value)}${kind === 'date' ? '' : '::numeric'}`;
  const requested = Object.entries(ranges).flatMap(([field, range]) => {
    const column = layout.byField.get(field);
    return column === undefined ? [] : [{ field, column, range }];
  });
  const found = await over(
    pool,
    batch,
    requested.map(({ field, column, range: [low, high] }) => {
      const kind = kinds.get(field);
      const value = kind === 'date' ? column.name : `(${comparable(column)})::numeric`;
      return `count(*) FILTER (WHERE ${value} NOT BETWEEN ${bind(low, kind)} AND ${bind(high, kind)})`;
    }),
    values,
  );
  return new Map(requested.map(({ field }, i) => [field, Number(found[i])]));
}

/** Rows whose field has one of these values. */
export async function rowsWith(
  pool: Pool,
  batch: string,
  { name }: Column,
  values: readonly string[],
): Promise<number> {
  const [count] = await over(pool, batch, [`count(*) FILTER (WHERE ${name}::text = ANY($1))`], [[...values]]);
  return Number(count ?? 0);
}

/**
 * The profile of a batch, from the statistics of ANALYZE after its load: exact up to 30,000 rows, beyond that a sample of that size.
 * Values are read only for fields with a code list.
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
  const { rows: reported } = await reader.query<{
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
  for (const { column, empty, distinct, codes, shares } of reported) {
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

/** PostgreSQL returns the number of distinct values, or, below zero, their share of the rows. */
const shareOf = (distinct: number, filled: number): number =>
  Math.min(1, distinct < 0 ? -distinct : distinct / Math.max(1, filled));

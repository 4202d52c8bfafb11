/** Rows of a batch with missing reference targets: no value leaves the database, only their number and places. */
import { batchTable, type Column, type Layout } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { isMissingTable } from '../../../platform/database/failure.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { LeftOut } from './fetch.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Maximum number of rows whose places are returned. */
const reportedPlaces = 10;

export interface Unreferred {
  readonly compared: number;
  readonly missing: number;
  /** `_row` of the first of them */
  readonly rows: readonly number[];
}

/** Rows that can be referred to. */
export interface Referred {
  readonly table: SqlName;
  /** on a row `o`, after AND; the values are those of the excluded rows */
  readonly condition?: string;
}

/**
 * @param among tables in one of which each row's values must exist, in the columns `there`
 * @param but rows that are excluded
 * @returns undefined where one of the tables no longer exists
 */
export async function rowsWithoutTarget(
  pool: Pool,
  batch: string,
  { here, there }: { readonly here: readonly Column[]; readonly there: readonly Column[] },
  among: readonly Referred[],
  but: LeftOut,
): Promise<Unreferred | undefined> {
  const filled = here.map(({ name }) => `b.${name} IS NOT NULL`).join(' AND ');
  const same = here.map(({ name }, i) => `o.${there[i]?.name ?? name} = b.${name}`).join(' AND ');
  const nowhere = among
    .map(
      ({ table, condition = '' }) => ` AND NOT EXISTS (SELECT FROM ${table} AS o WHERE ${same}${condition})`,
    )
    .join('');
  const text = `
    WITH missing AS MATERIALIZED (SELECT b._row FROM ${batchTable(batch)} AS b WHERE ${filled}${but.condition}${nowhere})
    SELECT (SELECT count(*) FROM ${batchTable(batch)} AS b WHERE ${filled}${but.condition})::text AS compared,
           (SELECT count(*) FROM missing)::text AS missing,
           ARRAY(SELECT m._row::text FROM missing AS m ORDER BY m._row LIMIT ${reportedPlaces}) AS rows`;
  try {
    const { rows } = await withTransaction(pool, (transaction) =>
      longStatement<{ compared: string; missing: string; rows: string[] }>(transaction, text, [
        ...but.values,
      ]),
    );
    const [found] = rows;
    if (found === undefined) throw new TypeError('counts are always answered');
    return {
      compared: Number(found.compared),
      missing: Number(found.missing),
      rows: found.rows.map(Number),
    };
  } catch (error) {
    if (isMissingTable(error)) return undefined;
    throw error;
  }
}

/* Checks whether the rows of a batch are those of another one, with a sample looked up by key. A dropped table counts as different. */

/** Approximate number of rows that are looked up. */
const keysLookedUp = 500;

const rowsLookedUp = 5_000;

/** Some rows of a table, sampled from pages all over it. */
function someOf(table: SqlName, rows: number, wanted: number): string {
  // twice as many as requested, because pages are sampled, not rows
  const share = Math.min(100, (200 * wanted) / Math.max(1, rows));
  return `(SELECT * FROM ${table} TABLESAMPLE SYSTEM (${share.toFixed(4)}) REPEATABLE (1) LIMIT ${wanted})`;
}

const sameKey = ({ key }: Layout, one: string, other: string): string =>
  key.map(({ name }) => `${one}.${name} = ${other}.${name}`).join(' AND ');

/** The fields as one comparable value; `json` has no equality operator. */
const whole = ({ columns }: Layout, table: string): string =>
  `ROW(${columns.map(({ name, kind }) => `${table}.${name}${kind === 'json' ? '::text' : ''}`).join(', ')})`;

interface Batch {
  readonly batch: string;
  readonly rows: number;
}

/** How many keys of a sample exist in each of several tables, in their order. @param layout has a primary key */
export async function keysShared(
  reader: Reader,
  layout: Layout,
  { batch, rows }: Batch,
  tables: readonly SqlName[],
): Promise<{ readonly sampled: number; readonly shared: readonly number[] }> {
  const shared: number[] = [];
  let sampled = 0;
  for (const table of tables) {
    const found = await ifThere(
      reader.query<{ sampled: number; known: number }>(
        `SELECT count(*)::int AS sampled,
                count(*) FILTER (WHERE EXISTS (SELECT 1 FROM ${table} AS other WHERE ${sameKey(layout, 'other', 'sample')}))::int AS known
           FROM ${someOf(batchTable(batch), rows, keysLookedUp)} AS sample`,
      ),
    );
    shared.push(found?.known ?? 0);
    sampled = Math.max(sampled, found?.sampled ?? 0);
  }
  return { sampled, shared };
}

/** For a sample of rows: how many differ from the current batch, and how many of these equal the batch before it. */
export async function rowsThatCameBack(
  reader: Reader,
  layout: Layout,
  { batch, rows }: Batch,
  current: string,
  former: string,
): Promise<{ readonly changed: number; readonly back: number }> {
  const found = await ifThere(
    reader.query<{ changed: number; back: number }>(
      `WITH changed AS (
         SELECT sample.* FROM ${someOf(batchTable(batch), rows, rowsLookedUp)} AS sample
           LEFT JOIN ${batchTable(current)} AS now ON ${sameKey(layout, 'now', 'sample')}
          WHERE now._row IS NULL OR ${whole(layout, 'sample')} IS DISTINCT FROM ${whole(layout, 'now')})
       SELECT count(*)::int AS changed,
              count(*) FILTER (WHERE before._row IS NOT NULL AND ${whole(layout, 'changed')} IS NOT DISTINCT FROM ${whole(layout, 'before')})::int AS back
         FROM changed LEFT JOIN ${batchTable(former)} AS before ON ${sameKey(layout, 'before', 'changed')}`,
    ),
  );
  return found ?? { changed: 0, back: 0 };
}

async function ifThere<Row>(requested: Promise<{ readonly rows: readonly Row[] }>): Promise<Row | undefined> {
  try {
    return (await requested).rows[0];
  } catch (error) {
    if (isMissingTable(error)) return undefined;
    throw error;
  }
}

/**
 * Compares the indexes of sealed tables with the rows. A superuser can have an entry of an index lead to another row, or to none, while each
 * row and its seal stay as they are: comparisons of rows read the tables, and look-ups read the indexes.
 */
import type { Pool } from 'pg';
import { byIndexes } from '../byIndexes.ts';
import type { Reader } from '../reader.ts';
import { sealedNames } from './rules.ts';

interface Index {
  readonly name: string;
  readonly table: string;
  /** SQL of its columns, in order */
  readonly columns: readonly string[];
  /** SQL of its condition; null: it has every row */
  readonly condition: string | null;
}

/** B-trees by which the hub finds rows. An index that is too new for the snapshot is not used by the server yet. */
async function indexesOf(reader: Reader): Promise<readonly Index[]> {
  const { rows } = await reader.query<Index>(
    `SELECT i.relname AS name, t.relname AS table, pg_get_expr(x.indpred, x.indrelid) AS condition,
            ARRAY(SELECT pg_get_indexdef(x.indexrelid, nth, true) FROM generate_series(1, x.indnkeyatts) AS nth ORDER BY nth) AS columns
       FROM pg_index AS x
       JOIN pg_class AS i ON i.oid = x.indexrelid
       JOIN pg_class AS t ON t.oid = x.indrelid
       JOIN pg_am AS a ON a.oid = i.relam
      WHERE t.relnamespace = 'public'::regnamespace AND t.relname = ANY ($1::text[]) AND a.amname = 'btree' AND x.indisvalid
        AND NOT (x.indcheckxmin AND x.xmin::text::bigint >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint % 4294967296)
      ORDER BY i.relname`,
    [[...sealedNames, 'row_seal']],
  );
  return rows;
}

/** Count and sum of the places of rows, so that a value with many rows takes one look-up. */
const places = 'count(*) AS rows, sum(hashtextextended(ctid::text, 0)) AS places';

/**
 * A statement that returns a row where a look-up of a value by the index does not find the rows of the table that have it. The outer scan can
 * use no index: none computes a CASE. The inner one uses the index.
 */
function unequalValue({ table, columns, condition }: Index): string {
  const values = columns.map((column, nth) => `(${column}) AS value_${nth}`).join(', ');
  const isEqual = columns.map((column, nth) => `(${column}) = read.value_${nth}`);
  const narrowed = condition === null ? [] : [condition];
  // a look-up finds no NULL
  const isSought = [...columns.map((column) => `(${column}) IS NOT NULL`), ...narrowed].join(' AND ');
  return `SELECT FROM (SELECT ${values}, ${places} FROM ${table} WHERE CASE WHEN ${isSought} THEN true ELSE false END
                        GROUP BY ${columns.map((_, nth) => nth + 1).join(', ')}) AS read
           CROSS JOIN LATERAL (SELECT ${places} FROM ${table} WHERE ${[...isEqual, ...narrowed].join(' AND ')}) AS found
           WHERE (found.rows, found.places) IS DISTINCT FROM (read.rows, read.places) LIMIT 1`;
}

/**
 * @param pool without a deadline for statements: the tables may be large
 * @returns names of indexes by which a row of a sealed table, or its seal, is not found
 */
export const alteredIndexes = (pool: Pool): Promise<readonly string[]> =>
  byIndexes(pool, async (snapshot) => {
    const indexes = await indexesOf(snapshot);
    // the raised costs would start it for each statement
    await snapshot.query('SET LOCAL jit = off');
    const altered: string[] = [];
    for (const index of indexes) {
      const { rows } = await snapshot.query(unequalValue(index));
      if (rows.length > 0) altered.push(index.name);
    }
    return altered;
  });

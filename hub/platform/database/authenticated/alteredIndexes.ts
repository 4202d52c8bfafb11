/**
 * Compares the indexes of sealed tables with the rows. A superuser can have an entry of an index lead to another row, or to none, while each
 * row and its seal stay as they are: comparisons of rows read the tables, and look-ups read the indexes.
 */
import type { Pool } from 'pg';
import { byIndexes } from '../byIndexes.ts';
import type { Reader } from '../reader.ts';
import { isSealed, ruleOf, sealedNames } from './rules.ts';

interface Index {
  readonly name: string;
  readonly table: string;
  readonly method: 'btree' | 'gin';
  /** SQL of its columns, in order */
  readonly columns: readonly string[];
  /** those of them that may be NULL */
  readonly nullable: readonly string[];
  /** SQL of its condition; null: it has every row */
  readonly condition: string | null;
  /** too new for the snapshot: the server does not use it while a transaction runs that is older than the index */
  readonly isNew: boolean;
}

/** B-trees, and indexes of lists (GIN), by which the hub finds rows. */
async function indexesOf(reader: Reader): Promise<readonly Index[]> {
  const { rows } = await reader.query<Index>(
    `SELECT i.relname AS name, t.relname AS table, a.amname AS method, pg_get_expr(x.indpred, x.indrelid) AS condition,
            ARRAY(SELECT pg_get_indexdef(x.indexrelid, nth, true) FROM generate_series(1, x.indnkeyatts) AS nth ORDER BY nth) AS columns,
            ARRAY(SELECT pg_get_indexdef(x.indexrelid, nth, true) FROM generate_series(1, x.indnkeyatts) AS nth
                    JOIN pg_attribute AS c ON c.attrelid = x.indrelid AND c.attnum = x.indkey[nth - 1]
                   WHERE NOT c.attnotnull ORDER BY nth) AS nullable,
            x.indcheckxmin AND x.xmin::text::bigint >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint % 4294967296 AS "isNew"
       FROM pg_index AS x
       JOIN pg_class AS i ON i.oid = x.indexrelid
       JOIN pg_class AS t ON t.oid = x.indrelid
       JOIN pg_am AS a ON a.oid = i.relam
      WHERE t.relnamespace = 'public'::regnamespace AND t.relname = ANY ($1::text[]) AND a.amname IN ('btree', 'gin') AND x.indisvalid
      ORDER BY i.relname`,
    [[...sealedNames, 'row_seal']],
  );
  return rows.filter(
    ({ method, table, columns: [column = ''] }) => method === 'btree' || isSealedList(table, column),
  );
}

/** Search texts of the catalogue are lists too: they are not sealed, and have too many values to look up each. */
const isSealedList = (table: string, column: string): boolean =>
  isSealed(table) && ruleOf(table).sealed.includes(column);

const placesOf = 'count(*) AS rows, sum(hashtextextended(place::text, 0)) AS places';

/** Which columns of an index have no value in the rows that a statement compares. */
type Absent = ReadonlySet<string>;

/** A look-up by the index does not find NULL by `=`: rows without a value are sought apart, for each set of such columns. */
const absentSets = (nullable: readonly string[]): readonly Absent[] =>
  nullable.reduce<readonly Absent[]>(
    (sets, column) => [...sets, ...sets.map((set) => new Set([...set, column]))],
    [new Set()],
  );

/**
 * A statement that returns a row where a look-up of a value by the index does not find the rows of the table that have it. Count and sum of
 * the places of rows are compared, so that a value with many rows takes one look-up. The rows are read first, without an order and by a
 * condition that no index has: a plan with an index would miss the same rows as the look-up.
 */
function unequalValue({ table, method, columns, condition }: Index, absent: Absent): string {
  if (method === 'gin') return unequalElement(table, columns[0] ?? '', condition ?? 'true');
  const sought = columns.filter((column) => !absent.has(column));
  const values = sought.map((column, nth) => `(${column}) AS value_${nth}, `);
  const isEqual = sought.map((column, nth) => `(${column}) = read.value_${nth}`);
  const isAbsent = [...absent].map((column) => `(${column}) IS NULL`);
  const narrowed = condition === null ? [] : [condition];
  const isSought = [...sought.map((column) => `(${column}) IS NOT NULL`), ...isAbsent, ...narrowed].join(
    ' AND ',
  );
  const places = placesOf;
  const groups = sought.map((_, nth) => `value_${nth}`);
  const grouped = groups.length === 0 ? '' : `GROUP BY ${groups.join(', ')}`;
  return `WITH all_rows AS MATERIALIZED (
            SELECT ${values.join('')} ctid AS place FROM ${table} WHERE CASE WHEN ${isSought} THEN true ELSE false END)
          SELECT FROM (SELECT ${groups.map((one) => `${one}, `).join('')} ${places} FROM all_rows ${grouped}) AS read
           CROSS JOIN LATERAL (SELECT ${places} FROM (SELECT ctid AS place FROM ${table}
                                WHERE ${[...isEqual, ...isAbsent, ...narrowed].join(' AND ')}) AS by_index) AS found
           WHERE (found.rows, found.places) IS DISTINCT FROM (read.rows, read.places) LIMIT 1`;
}

/** The same for each element of the lists of a column. */
const unequalElement = (table: string, column: string, condition: string): string =>
  `WITH all_rows AS MATERIALIZED (
     SELECT ctid AS place, ${column} AS list FROM ${table} WHERE CASE WHEN ${condition} THEN true ELSE false END)
   SELECT FROM (SELECT element, ${placesOf} FROM (SELECT DISTINCT place, element FROM all_rows CROSS JOIN LATERAL unnest(list) AS one (element)) AS each
                 WHERE element IS NOT NULL GROUP BY element) AS read
    CROSS JOIN LATERAL (SELECT ${placesOf} FROM (SELECT ctid AS place FROM ${table} WHERE ${column} @> ARRAY[read.element] AND ${condition}) AS by_index) AS found
    WHERE (found.rows, found.places) IS DISTINCT FROM (read.rows, read.places) LIMIT 1`;

/** ms for which an index may be too new: a superuser can mark one as new, and begin a transaction before each comparison */
const maxNewMs = 600_000;
/** Since when an index is too new, in Unix ms, by name. */
const newSince = new WeakMap<object, ReadonlyMap<string, number>>();

/** @returns names of those that were too new at each comparison for longer than an index of the hub is */
function tooLongNew(pool: Pool, indexes: readonly Index[], now: number): readonly string[] {
  const before = newSince.get(pool);
  const since = new Map(
    indexes.flatMap(({ name, isNew }) => (isNew ? [[name, before?.get(name) ?? now] as const] : [])),
  );
  newSince.set(pool, since);
  return [...since].flatMap(([name, at]) => (now - at > maxNewMs ? [name] : []));
}

/**
 * @param pool without a deadline for statements: the tables may be large
 * @param now Unix milliseconds
 * @returns names of indexes by which a row of a sealed table, or its seal, is not found, or that cannot be compared
 */
export const alteredIndexes = (pool: Pool, now: number): Promise<readonly string[]> =>
  byIndexes(pool, async (snapshot) => {
    const indexes = await indexesOf(snapshot);
    // the raised costs would start it for each statement
    await snapshot.query('SET LOCAL jit = off');
    const altered = [...tooLongNew(pool, indexes, now)];
    for (const index of indexes) {
      if (index.isNew) continue;
      for (const absent of absentSets(index.method === 'gin' ? [] : index.nullable)) {
        const { rows } = await snapshot.query(unequalValue(index, absent));
        if (rows.length === 0) continue;
        altered.push(index.name);
        break;
      }
    }
    return altered;
  });

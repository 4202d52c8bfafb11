/** SQL of datasets that are computed from readings: buckets that changed, how far a computation has come, and the values of buckets. */
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { bucketMinutes, type BucketLength, type RollupFunction } from '../../../domain/rollup.ts';
import { datasetTable, type Column } from '../../../domain/rowTable/layout.ts';
import { afterAllTexts, type Series } from '../../../domain/timeField.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import { isMissingTable } from '../../../platform/database/failure.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import { keyCasts } from './byKey.ts';
import { calledSource, type CalledRows } from './calledRows.ts';

/** A bucket of a series: values of the key without the time, as texts, and its first moment. */
export type Bucket = readonly [series: readonly string[], from: string];

/** The first moment of the bucket of a time, in SQL. */
export function bucketSql(every: BucketLength, time: string): string {
  const minutes = bucketMinutes(every);
  if (minutes === 1440) return `left(${time}, 10) || 'T00:00:00+08:00'`;
  if (minutes === 60) return `left(${time}, 13) || ':00:00+08:00'`;
  return `left(${time}, 14) || lpad((substr(${time}, 15, 2)::int / ${minutes} * ${minutes})::text, 2, '0') || ':00+08:00'`;
}

/** Queues the buckets of the rows of one call, also of rows that delete others; inside the transaction that stores them. */
export async function noteBuckets(
  transaction: Transaction,
  called: CalledRows,
  dataset: string,
  { series, every }: { readonly series: Series; readonly every: BucketLength },
): Promise<void> {
  const keys = series.keys.map(({ name }) => `b.${name}::text`);
  const { from, values } = calledSource(called, 2);
  await transaction.query(
    `INSERT INTO rollup_change (dataset, buckets)
     SELECT $1, json_agg(json_build_array(json_build_array(${keys.map((_, i) => `k${i}`).join(', ')}), bucket))
       FROM (SELECT DISTINCT ${[...keys.map((key, i) => `${key} AS k${i}`), `${bucketSql(every, `b.${series.time.name}`)} AS bucket`].join(', ')} FROM ${from}) AS changed
     HAVING count(*) > 0`,
    [dataset, ...values],
  );
}

/** Buckets of one call, as short as the shortest ones that are computed. */
export interface ChangedBuckets {
  readonly sequence: string;
  readonly buckets: readonly Bucket[];
}

/**
 * Calls after a position, the oldest first: so many that the buckets of all but the last are fewer than a limit.
 * @returns whether others wait after them
 */
export async function changedBuckets(
  reader: Reader,
  source: string,
  after: string,
  max: { readonly calls: number; readonly buckets: number },
): Promise<{ readonly changes: readonly ChangedBuckets[]; readonly more: boolean }> {
  const { rows } = await reader.query<ChangedBuckets & { more: boolean }>(
    `WITH waiting AS (
       SELECT sequence, sum(bucket_count) OVER (ORDER BY sequence) - bucket_count AS earlier, lead(sequence) OVER (ORDER BY sequence) IS NOT NULL AS more
         FROM (SELECT sequence, bucket_count FROM rollup_change WHERE dataset = $1 AND sequence > $2 ORDER BY sequence LIMIT $3 + 1) AS c)
     SELECT c.sequence, c.buckets, w.more FROM waiting AS w JOIN rollup_change AS c ON c.dataset = $1 AND c.sequence = w.sequence
      WHERE w.earlier < $4 ORDER BY c.sequence LIMIT $3`,
    [source, after, max.calls, max.buckets],
  );
  return { changes: rows, more: rows.at(-1)?.more === true };
}

export interface RollupPosition {
  readonly version: number;
  readonly sequence: string;
  readonly definition: string;
  /** where a computation of all buckets continues; [] begins; null: it is complete */
  readonly place: Bucket | readonly [] | null;
}

/**
 * The position of a computed dataset. The first call stores one that begins a computation of all buckets, in a separate transaction:
 * a deletion of readings finds it from then on, and restarts the computation.
 */
export async function rollupPosition(
  reader: Reader,
  dataset: string,
  source: string,
): Promise<RollupPosition> {
  const find = async (): Promise<RollupPosition | undefined> => {
    const { rows } = await reader.query<RollupPosition & { readonly version: string }>(
      'SELECT version, sequence, definition, place FROM rollup_position WHERE dataset = $1',
      [dataset],
    );
    return rows[0] === undefined ? undefined : { ...rows[0], version: Number(rows[0].version) };
  };
  const stored = await find();
  if (stored !== undefined) return stored;
  await reader.query(
    `INSERT INTO rollup_position (dataset, source, version, sequence, definition, place) VALUES ($1, $2, 1, 0, '', '[]')
     ON CONFLICT (dataset) DO NOTHING`,
    [dataset, source],
  );
  return (await find()) ?? { version: 1, sequence: '0', definition: '', place: [] };
}

/**
 * Moves the position of a computed dataset and forgets the buckets that all datasets computed from the same readings have seen.
 * @returns false where another process moved it, or all buckets must be computed anew: then nothing may be written
 */
export async function moveRollup(
  transaction: Transaction,
  dataset: string,
  source: string,
  before: RollupPosition,
  next: Omit<RollupPosition, 'version'>,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'UPDATE rollup_position SET version = version + 1, sequence = $3, definition = $4, place = $5 WHERE dataset = $1 AND version = $2',
    [
      dataset,
      before.version,
      next.sequence,
      next.definition,
      next.place === null ? null : JSON.stringify(next.place),
    ],
  );
  if (rowCount !== 1) return false;
  if (next.sequence !== before.sequence)
    await transaction.query(
      'DELETE FROM rollup_change WHERE dataset = $1 AND sequence <= (SELECT min(sequence) FROM rollup_position WHERE source = $1)',
      [source],
    );
  return true;
}

/** Rows of the source changed otherwise than by a call: all buckets are computed again. Inside the transaction of the change. */
export async function restartRollups(transaction: Transaction, source: string): Promise<void> {
  await transaction.query(
    "UPDATE rollup_position SET version = version + 1, place = '[]' WHERE source = $1",
    [source],
  );
}

/** Removes what is stored about computations that ended. @param live computed datasets that remain */
export async function forgetRollups(reader: Reader, live: readonly string[]): Promise<void> {
  await reader.query('DELETE FROM rollup_position WHERE dataset <> ALL ($1::text[])', [live]);
  await reader.query(
    'DELETE FROM rollup_change AS c WHERE NOT EXISTS (SELECT FROM rollup_position AS p WHERE p.source = c.dataset)',
  );
}

/**
 * Bounds the buckets that wait, for example while a computed dataset is suspended: where more calls or buckets wait, the computation of
 * all buckets takes their place. The positions move to the newest call, and its notes and the earlier ones are deleted.
 */
export async function boundRollups(
  pool: Pool,
  max: { readonly calls: number; readonly buckets: number },
): Promise<void> {
  const { rows } = await pool.query<{ dataset: string; newest: string }>(
    `SELECT dataset, max(sequence) AS newest FROM rollup_change GROUP BY dataset HAVING count(*) > $1 OR sum(bucket_count) > $2`,
    [max.calls, max.buckets],
  );
  for (const { dataset, newest } of rows)
    await withTransaction(pool, async (transaction) => {
      await transaction.query(
        "UPDATE rollup_position SET version = version + 1, place = '[]', sequence = $2 WHERE source = $1 AND sequence < $2",
        [dataset, newest],
      );
      await transaction.query(
        `DELETE FROM rollup_change WHERE dataset = $1
            AND sequence <= (SELECT min(sequence) FROM rollup_position WHERE source = $1)`,
        [dataset],
      );
    });
}

/** Destroyed periods of some datasets. */
export async function destroyedIn(reader: Reader, datasets: readonly string[]): Promise<readonly string[]> {
  const { rows } = await reader.query<{ period: string }>(
    'SELECT DISTINCT period FROM period_destruction WHERE dataset = ANY ($1::text[])',
    [datasets],
  );
  return rows.map(({ period }) => period);
}

/** A table of readings or of computed rows, with the columns of their key. */
export interface Places {
  readonly dataset: string;
  readonly schema: DatasetSchema;
  readonly series: Series;
}

/**
 * Buckets that have readings, or a computed row, in the order of their key from a place on. One index step finds each.
 * @param after the bucket that the last step ended with, with the moment of its end; undefined: from the first one on
 */
export async function bucketsFrom(
  pool: Pool,
  { readings, computed }: { readonly readings: Places; readonly computed: Places },
  every: BucketLength,
  after: Bucket | undefined,
  maxRows: number,
): Promise<readonly Bucket[]> {
  const values: unknown[] = [maxRows];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const { keys } = readings.series;
  const time = readings.series.time.name;
  const names = keys.map(({ name }) => name);
  const next = (than: readonly string[] | undefined): string => {
    const first = ({ dataset, schema }: Places): string =>
      `(SELECT ${[...names, time].join(', ')} FROM ${datasetTable(dataset, schema)}
         ${than === undefined ? '' : `WHERE (${[...names, time].join(', ')}) >= (${than.join(', ')})`}
         ORDER BY ${[...names, time].join(', ')} LIMIT 1)`;
    return `SELECT ${[...names.map((name, i) => `${name} AS k${i}`), `(${bucketSql(every, time)}) COLLATE "C" AS bucket`].join(', ')}
      FROM (${first(readings)} UNION ALL ${first(computed)}) AS n ORDER BY ${[...names, time].join(', ')} LIMIT 1`;
  };
  const endsAt = `left(b.bucket, 19)::timestamp + interval '${bucketMinutes(every)} minutes'`;
  // a year of five digits sorts before all others, and the recursion would begin again
  const end = `(CASE WHEN ${endsAt} >= timestamp '10000-01-01' THEN '${afterAllTexts}' ELSE to_char(${endsAt}, 'YYYY-MM-DD"T"HH24:MI:SS') || '+08:00' END) COLLATE "C"`;
  const from =
    after === undefined
      ? undefined
      : [...keys.map(({ kind }, i) => `${bind(after[0][i])}::${keyCasts[kind]}`), `${bind(after[1])}::text`];
  try {
    const { rows } = await pool.query<{ series: string[]; bucket: string }>(
      `WITH RECURSIVE b AS ((${next(from)}) UNION ALL SELECT n.* FROM b CROSS JOIN LATERAL (${next([...names.map((_, i) => `b.k${i}`), end])}) AS n)
       SELECT json_build_array(${names.map((_, i) => `k${i}::text`).join(', ')}) AS series, bucket FROM b LIMIT $1`,
      values,
    );
    return rows.map(({ series, bucket }) => [series, bucket]);
  } catch (error) {
    if (isMissingTable(error)) return [];
    throw error;
  }
}

export interface ComputedBucket {
  /** values of the key without the time, as in a row */
  readonly series: readonly unknown[];
  readonly from: string;
  /** whether it has a reading */
  readonly isRead: boolean;
  /** one for each function; null: no reading has a value; overflow: a sum that is no double-precision number */
  readonly values: readonly (number | null | 'overflow')[];
}

/** A bucket with the first moment after it. */
export interface BucketSpan {
  readonly bucket: Bucket;
  readonly until: string;
}

export interface Computation {
  readonly column: Column;
  readonly by: RollupFunction;
}

/**
 * Values of buckets, from the readings that are committed now. Sums are exact, so that they do not depend on the order of the readings.
 * Sums of numbers have 15 significant digits of each reading.
 * @param isLong without the deadline of statements
 */
export async function computeBuckets(
  pool: Pool,
  { dataset, schema, series }: Places,
  computations: readonly Computation[],
  spans: readonly BucketSpan[],
  isLong: boolean,
): Promise<readonly ComputedBucket[]> {
  const { keys, time } = series;
  const at = keys.length;
  const wanted = keys.map(({ kind }, i) => `w.k${i}::${keyCasts[kind]}`);
  const functions = computations.map(({ column: { name }, by }) => functionSql(by, name));
  const within = [
    ...keys.map(({ name }, i) => `r.${name} = ${wanted[i] ?? ''}`),
    `r.${time.name} >= w.since`,
    `r.${time.name} < w.until`,
  ];
  const columns = [...keys.map((_, i) => `k${i}`), 'since', 'until', 'nth'];
  const text = `SELECT json_build_array(${wanted.join(', ')}) AS series, w.since AS "from", c.values, c."isRead"
       FROM unnest(${columns
         .slice(0, -1)
         .map((_, i) => `$${i + 1}::text[]`)
         .join(', ')}) WITH ORDINALITY AS w(${columns.join(', ')})
      CROSS JOIN LATERAL (SELECT json_build_array(${functions.join(', ')}) AS values, count(*) > 0 AS "isRead" FROM ${datasetTable(dataset, schema)} AS r WHERE ${within.join(' AND ')}) AS c
      ORDER BY w.nth`;
  const values = [
    ...Array.from({ length: at }, (_, i) => spans.map(({ bucket }) => bucket[0][i])),
    spans.map(({ bucket }) => bucket[1]),
    spans.map(({ until }) => until),
  ];
  const { rows } = isLong
    ? await withTransaction(pool, (transaction) => longStatement<ComputedBucket>(transaction, text, values))
    : await pool.query<ComputedBucket>(text, values);
  return rows;
}

/** The greatest finite double-precision number and the smallest normal one; the conversion of others is an error. */
const [greatest, smallest] = ['1.7976931348623157e308', '2.2250738585072014e-308'] as const;

function functionSql(by: RollupFunction, name: string): string {
  if (by === 'count') return `count(r.${name})`;
  if (by === 'min' || by === 'max') return `${by}(r.${name})`;
  const exact = `${by}(r.${name}::numeric)`;
  return `CASE WHEN abs(${exact}) > ${greatest} THEN '"overflow"'::json WHEN abs(${exact}) < ${smallest} THEN '0'::json ELSE to_json(${exact}::double precision) END`;
}

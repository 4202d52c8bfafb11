/** Rows of one call, as arrays of a statement: queries on them before they are merged, and their merge. */
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import type { CrossRule, DeleteWhere } from '../../../domain/intakeRules.ts';
import { arrayTypes, eachTuple } from '../../../domain/rowTable/columnArrays.ts';
import { datasetTable, layoutOf, type Column, type Layout } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Series } from '../../../domain/timeField.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { QueryResult } from 'pg';
import { isMissingTable } from '../../../platform/database/failure.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { relationOf } from './sweep.ts';
import { leftOut, notDeletedBy } from './fetch.ts';
import { differenceOf, mergeStatements } from './merge.ts';
import { openDigest, rowBytes, sentValues, type OpenDigest } from './openDigest.ts';
import { namesOf } from './tables.ts';

export interface CalledRows {
  readonly schema: DatasetSchema;
  /** as `CopyTuples` writes them */
  readonly tuples: Uint8Array;
  /** the same rows, built by `columnArrays` */
  readonly arrays: readonly Buffer[];
  /** rows that delete the row of their key */
  readonly deleteWhere: DeleteWhere | undefined;
  /** stored rows stay as they are */
  readonly isAddOnly: boolean;
}

/** The source of a query on the rows `b`. @param from number of its first parameter */
function sourceOf(layout: Layout, from: number): string {
  const arrays = arrayTypes(layout).map((type, i) => `$${from + i}::${type}`);
  const names = [...layout.columns.map(({ name }) => name), '_row', '_subject'];
  return `unnest(${arrays.join(', ')}) AS b(${names.join(', ')})`;
}

/** The rows of a call as `b`, for statements of other tables. @param from number of the first parameter */
export const calledSource = (
  { schema, arrays }: CalledRows,
  from: number,
): { readonly from: string; readonly values: readonly Buffer[] } => ({
  from: sourceOf(layoutOf(schema), from),
  values: arrays,
});

/** Numbers of the rows that satisfy a condition, without rows that only delete. @param requested condition on the rows `b` */
async function rowsThat(
  pool: Pool,
  called: CalledRows,
  requested: { readonly where: string; readonly joined?: string; readonly tested?: string },
): Promise<readonly (readonly [row: number, isTested: boolean])[]> {
  const { schema, arrays } = called;
  const but = leftOut(called, called.schema);
  // after the values of the excluded rows
  const from = but.values.length + 1;
  const text = `SELECT b._row, ${requested.tested ?? 'true'} AS tested FROM ${sourceOf(layoutOf(schema), from)} ${requested.joined ?? ''} WHERE ${requested.where}${but.condition}`;
  const name = namesOf(pool)(text);
  const { rows } = await pool.query<never>({
    ...(name === undefined ? {} : { name }),
    text,
    values: [...but.values, ...arrays],
    rowMode: 'array' as const,
  });
  return (rows as readonly (readonly [string, boolean])[]).map(([row, tested]) => [Number(row), tested]);
}

/** Rows that break a cross-field rule. @param columns of the rule, that of its `field` first */
export async function rowsBreaking(
  pool: Pool,
  called: CalledRows,
  {
    is,
    columns,
    days,
  }: Pick<CrossRule, 'is'> & { readonly columns: readonly Column[]; readonly days: boolean },
): Promise<readonly number[]> {
  const { filled, holds } = relationOf(is, columns, days);
  return (await rowsThat(pool, called, { where: `${filled} AND NOT (${holds})` })).map(([row]) => row);
}

/**
 * Rows with missing reference targets.
 * @param among tables in one of which each row's values must exist, in the columns `there`
 * @param own absent: the tables are of another dataset. `counts`: whether rows of the call can be referred to too. `deletes`: whether it
 *   has rows that only delete; they, and the stored rows of their keys, cannot
 * @returns undefined where one of the tables no longer exists
 */
export async function rowsReferringToNothing(
  pool: Pool,
  called: CalledRows,
  { here, there }: { readonly here: readonly Column[]; readonly there: readonly Column[] },
  among: readonly SqlName[],
  own?: { readonly counts: boolean; readonly deletes: boolean },
): Promise<readonly number[] | undefined> {
  const filled = here.map(({ name }) => `b.${name} IS NOT NULL`).join(' AND ');
  const same = here.map(({ name }, i) => `o.${there[i]?.name ?? name} = b.${name}`).join(' AND ');
  const { schema } = called;
  const arrived = `(SELECT * FROM ${sourceOf(layoutOf(schema), leftOut(called, schema).values.length + 1)})`;
  const stays = own?.deletes === true ? notDeletedBy(called, schema, arrived) : '';
  const places = among.map((table) => `${table} AS o WHERE ${same}${stays}`);
  if (own?.counts === true)
    places.push(`${arrived} AS o WHERE ${same}${own.deletes ? leftOut(called, schema, 'o').condition : ''}`);
  const nowhere = places.map((place) => ` AND NOT EXISTS (SELECT FROM ${place})`).join('');
  try {
    return (await rowsThat(pool, called, { where: `${filled}${nowhere}` })).map(([row]) => row);
  } catch (error) {
    if (isMissingTable(error)) return undefined;
    throw error;
  }
}

/** Rows whose key is already stored: with other values, or with the same. */
export async function rowsStored(
  pool: Pool,
  called: CalledRows,
  dataset: string,
): Promise<{ readonly other: readonly number[]; readonly same: readonly number[] }> {
  const layout = layoutOf(called.schema);
  const found = await rowsThat(pool, called, {
    joined: `JOIN ${datasetTable(dataset, called.schema)} AS o ON ${layout.key.map(({ name }) => `o.${name} = b.${name}`).join(' AND ')}`,
    tested: differenceOf(layout, 'o', 'b') ?? 'false',
    where: 'true',
  });
  const of = (reported: boolean): number[] => found.flatMap(([row, one]) => (one === reported ? [row] : []));
  return { other: of(true), same: of(false) };
}

/**
 * Merges the rows, inside the transaction of their entry.
 * @param pool whose connection the transaction uses: its prepared statements are named
 * @returns rows that were written
 */
export async function mergeCalled(
  transaction: Transaction,
  pool: Pool,
  called: CalledRows,
  dataset: string,
  batch: string,
): Promise<number> {
  const layout = layoutOf(called.schema);
  const arrived = `(SELECT b.*, $1::uuid AS _batch FROM ${sourceOf(layout, 2)})`;
  const values = [batch, ...called.arrays];
  const table = datasetTable(dataset, called.schema);
  const merge = (rows: string): ReturnType<typeof mergeStatements> =>
    mergeStatements(
      ...([layout, table, { rows, values }] as const),
      ...([called.deleteWhere, called.isAddOnly] as const),
    );
  const { deletion, insertion } = merge(arrived);
  const run = async <R extends object>(statement: typeof insertion): Promise<QueryResult<R>> => {
    const name = namesOf(pool)(statement.text);
    return transaction.query<R>({ ...(name === undefined ? {} : { name }), ...statement });
  };
  const digest = await openDigest(transaction, table);
  if (digest === undefined) {
    if (deletion !== undefined) await run(deletion);
    return (await run(insertion)).rowCount ?? 0;
  }
  if (deletion !== undefined) {
    const text = `${deletion.text} RETURNING record_send(stored) AS row`;
    for (const { row } of (await run<{ row: Buffer }>({ ...deletion, text })).rows)
      digest.remove(sentValues(row));
  }
  const text = returningFormer(layout, table, arrived, merge('arrived').insertion.text, called);
  const { rows } = await run<FormerRow>({ text, values: insertion.values });
  const merged = digestMerged(digest, layout, called, { batch, former: rows });
  await digest.write(transaction);
  return merged;
}

/** A row of the call that does not simply add one to the table. */
interface FormerRow {
  /** number of the row in its call */
  readonly row: string;
  /** the stored row of its key as it was; null: the row of the call only deletes */
  readonly was: Buffer | null;
  /** the stored row is replaced */
  readonly differs: boolean;
}

/** A merge that returns `FormerRow`s: nothing for a row with a new key, which the caller has in memory. */
function returningFormer(
  layout: Layout,
  table: SqlName,
  arrived: string,
  insertion: string,
  { deleteWhere, isAddOnly }: CalledRows,
): string {
  const same = layout.key.map(({ name }) => `former.${name} = arrived.${name}`).join(' AND ');
  const differs = (isAddOnly ? undefined : differenceOf(layout, 'former', 'arrived')) ?? 'false';
  const mark = layout.byField.get(deleteWhere?.field ?? '')?.name;
  // all parts of a statement read the same snapshot: "former" has the rows from before the merge
  return `WITH arrived AS ${arrived}, changed AS (${insertion})
    SELECT arrived._row AS row, record_send(former) AS was, ${differs} AS differs
      FROM arrived JOIN ${table} AS former ON ${same}${
        mark === undefined
          ? ''
          : `
    UNION ALL SELECT _row, NULL, false FROM arrived WHERE ${mark}::text = ANY ($${layout.columns.length + 4})`
      }`;
}

/**
 * Adds the rows of a call to an open digest, and removes those that they replace.
 * @returns rows that were written
 */
function digestMerged(
  digest: OpenDigest,
  layout: Layout,
  { tuples }: CalledRows,
  { batch, former }: { readonly batch: string; readonly former: readonly FormerRow[] },
): number {
  const known = new Map(former.map((one) => [Number(one.row), one]));
  const batchBytes = Buffer.from(batch.replaceAll('-', ''), 'hex');
  const names = [...layout.columns.map(({ name }) => name), '_row', '_subject', '_batch'];
  const bytesOf = rowBytes(names);
  const byName = new Map(names.map((name, place) => [name.replaceAll('"', ''), place]));
  const places = digest.columns.map((column) => byName.get(column.replaceAll('"', '')));
  const rowPlace = layout.columns.length;
  let merged = 0;
  eachTuple(layout, tuples, (values) => {
    const one = known.size === 0 ? undefined : known.get(numberIn(values[rowPlace]));
    const written = [...values, batchBytes];
    if (one === undefined) digest.addBytes(bytesOf(written));
    else if (one.was === null || !one.differs) return;
    else {
      const before = sentValues(one.was);
      digest.remove(before);
      // columns of later schema versions stay as they are
      digest.add(places.map((place, at) => (place === undefined ? before[at] : written[place]) ?? null));
    }
    merged += 1;
  });
  return merged;
}

/** A whole number of a tuple. */
const numberIn = (value: Uint8Array | null | undefined): number =>
  value === null || value === undefined
    ? Number.NaN
    : Number(Buffer.from(value.buffer, value.byteOffset, value.length).readBigInt64BE());

/** Queues the rows for the rules of their dataset, without those that delete others; inside the transaction that stores them. */
export async function noteCalled(
  transaction: Transaction,
  pool: Pool,
  called: CalledRows,
  dataset: string,
  { series, values }: { readonly series: Series; readonly values: readonly Column[] },
): Promise<void> {
  const but = leftOut(called, called.schema);
  const from = but.values.length + 1;
  const list = (columns: readonly Column[]): string =>
    columns.length === 0
      ? `'[]'::json`
      : `json_build_array(${columns.map(({ name }) => `b.${name}`).join(', ')})`;
  const all = but.values.length + called.arrays.length;
  const text = `INSERT INTO series_change (dataset, fields, rows)
     SELECT $${all + 1}, $${all + 2}, json_agg(json_build_array(${list(series.keys)}, b.${series.time.name}, ${list(values)}) ORDER BY b._row)
       FROM ${sourceOf(layoutOf(called.schema), from)} WHERE true${but.condition} HAVING count(*) > 0`;
  const name = namesOf(pool)(text);
  await transaction.query({
    ...(name === undefined ? {} : { name }),
    text,
    values: [...but.values, ...called.arrays, dataset, values.map(({ field }) => field)],
  });
}

/** Number of rows of a dataset, counted up to `maxRows`. */
export async function countedTo(
  reader: Reader,
  dataset: string,
  schema: DatasetSchema,
  maxRows: number,
): Promise<number> {
  const { rows } = await reader.query<{ n: string }>(
    `SELECT count(*)::text AS n FROM (SELECT FROM ${datasetTable(dataset, schema)} LIMIT $1::bigint) AS stored`,
    [maxRows],
  );
  return Number(rows[0]?.n ?? 0);
}

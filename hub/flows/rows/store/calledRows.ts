/** Rows of one call, as arrays of a statement: queries on them before they are merged, and their merge. */
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import type { CrossRule, DeleteWhere } from '../../../domain/intakeRules.ts';
import { arrayTypes } from '../../../domain/rowTable/columnArrays.ts';
import { datasetTable, layoutOf, type Column, type Layout } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Series } from '../../../domain/timeField.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { QueryResult } from 'pg';
import { isMissingTable } from '../../../platform/database/failure.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { relationOf } from './sweep.ts';
import { leftOut, type LeftOut } from './fetch.ts';
import { mergeStatements, returningChanges } from './merge.ts';
import { openDigest } from './openDigest.ts';
import { namesOf } from './tables.ts';

export interface CalledRows {
  readonly schema: DatasetSchema;
  /** built by `columnArrays` */
  readonly arrays: readonly Buffer[];
  /** rows that delete the row of their key */
  readonly deleteWhere: DeleteWhere | undefined;
  /** stored rows stay as they are */
  readonly isAddOnly: boolean;
}

/** The source of a query on the rows `b`. @param from number of its first parameter */
function sourceOf(layout: Layout, from: number, as = 'b'): string {
  const arrays = arrayTypes(layout).map((type, i) => `$${from + i}::${type}`);
  const names = [...layout.columns.map(({ name }) => name), '_row', '_subject'];
  return `unnest(${arrays.join(', ')}) AS ${as}(${names.join(', ')})`;
}

const leftOutOf = ({ schema, deleteWhere }: CalledRows): LeftOut =>
  leftOut(deleteWhere === undefined ? {} : { deleteWhere }, schema);

/** Numbers of the rows that satisfy a condition, without rows that only delete. @param requested condition on the rows `b` */
async function rowsThat(
  pool: Pool,
  called: CalledRows,
  requested: { readonly where: string; readonly joined?: string; readonly told?: string },
): Promise<readonly (readonly [row: number, told: boolean])[]> {
  const { schema, arrays } = called;
  const but = leftOutOf(called);
  // after the values of the excluded rows
  const from = but.values.length + 1;
  const text = `SELECT b._row, ${requested.told ?? 'true'} AS told FROM ${sourceOf(layoutOf(schema), from)} ${requested.joined ?? ''} WHERE ${requested.where}${but.condition}`;
  const name = namesOf(pool)(text);
  const { rows } = await pool.query<never>({
    ...(name === undefined ? {} : { name }),
    ...{ text, values: [...but.values, ...arrays], rowMode: 'array' as const },
  });
  return (rows as readonly (readonly [string, boolean])[]).map(([row, reported]) => [Number(row), reported]);
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
 * @param ownRows whether the rows of the call itself count too
 * @returns undefined where one of the tables no longer exists
 */
export async function rowsReferringToNothing(
  pool: Pool,
  called: CalledRows,
  { here, there }: { readonly here: readonly Column[]; readonly there: readonly Column[] },
  among: readonly SqlName[],
  ownRows = false,
): Promise<readonly number[] | undefined> {
  const filled = here.map(({ name }) => `b.${name} IS NOT NULL`).join(' AND ');
  const same = here.map(({ name }, i) => `o.${there[i]?.name ?? name} = b.${name}`).join(' AND ');
  const from = leftOutOf(called).values.length + 1;
  const own = ownRows ? [sourceOf(layoutOf(called.schema), from, 'o')] : [];
  const places = [...among.map((table) => `${table} AS o`), ...own];
  const nowhere = places.map((place) => ` AND NOT EXISTS (SELECT FROM ${place} WHERE ${same})`).join('');
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
  const { columns, key } = layoutOf(called.schema);
  const differs = columns
    .filter((column) => !key.includes(column))
    .map(({ name, kind }) => {
      const cast = kind === 'json' ? '::text' : ''; // json has no equality, its text has
      return `o.${name}${cast} IS DISTINCT FROM b.${name}${cast}`;
    });
  const found = await rowsThat(pool, called, {
    joined: `JOIN ${datasetTable(dataset, called.schema)} AS o ON ${key.map(({ name }) => `o.${name} = b.${name}`).join(' AND ')}`,
    told: differs.length === 0 ? 'false' : `(${differs.join(' OR ')})`,
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
  const source = {
    rows: `(SELECT b.*, $1::uuid AS _batch FROM ${sourceOf(layout, 2)})`,
    values: [batch, ...called.arrays],
  };
  const table = datasetTable(dataset, called.schema);
  const { deletion, insertion } = mergeStatements(
    ...([layout, table, source] as const),
    ...([called.deleteWhere, called.isAddOnly] as const),
  );
  const run = async (statement: typeof insertion): Promise<QueryResult<ChangedRow>> => {
    const name = namesOf(pool)(statement.text);
    return transaction.query<ChangedRow>({ ...(name === undefined ? {} : { name }), ...statement });
  };
  const digest = await openDigest(transaction, table);
  if (digest === undefined) {
    if (deletion !== undefined) await run(deletion);
    return (await run(insertion)).rowCount ?? 0;
  }
  if (deletion !== undefined) {
    const text = `${deletion.text} RETURNING ${digest.text('stored')} AS text`;
    for (const gone of (await run({ ...deletion, text })).rows) digest.remove(gone.text);
  }
  const text = returningChanges(layout, table, insertion.text, digest);
  let merged = 0;
  for (const changed of (await run({ ...insertion, text })).rows) {
    if (changed.before) digest.remove(changed.text);
    else digest.add(changed.text);
    merged += changed.before ? 0 : 1;
  }
  await digest.write(transaction);
  return merged;
}

interface ChangedRow {
  readonly before: boolean;
  readonly text: string;
}

/** Queues the rows for the rules of their dataset, without those that delete others; inside the transaction that stores them. */
export async function noteCalled(
  transaction: Transaction,
  pool: Pool,
  called: CalledRows,
  dataset: string,
  { series, values }: { readonly series: Series; readonly values: readonly Column[] },
): Promise<void> {
  const but = leftOutOf(called);
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
    ...{ text, values: [...but.values, ...called.arrays, dataset, values.map(({ field }) => field)] },
  });
}

/** Number of rows of a dataset, counted up to `most`. */
export async function countedTo(
  reader: Reader,
  dataset: string,
  schema: DatasetSchema,
  most: number,
): Promise<number> {
  const { rows } = await reader.query<{ n: string }>(
    `SELECT count(*)::text AS n FROM (SELECT FROM ${datasetTable(dataset, schema)} LIMIT $1::bigint) AS stored`,
    [most],
  );
  return Number(rows[0]?.n ?? 0);
}

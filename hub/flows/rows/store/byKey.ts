/** Rows by the values of their primary key: their origin, and their deletion from the lasting table of an upsert dataset. */
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { datasetTable, layoutOf, type ColumnKind } from '../../../domain/rowTable/layout.ts';
import { mayGo } from '../../../log/store/legalHolds.ts';
import { openDigest, sentValues } from './openDigest.ts';
import { isMissingTable } from '../../../platform/database/failure.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';

/** Values of a key by its fields. */
export type Key = Readonly<Record<string, string | number | boolean>>;

/** The SQL type that a key's value, given as text, is cast to. */
export const keyCasts: Readonly<Record<ColumnKind, string>> = {
  text: 'text',
  integer: 'bigint',
  number: 'double precision',
  boolean: 'boolean',
  json: 'text',
};

/** How many rows have one of these keys. @param schema has a primary key, whose fields each key has */
export async function countKeys(
  reader: Reader,
  dataset: string,
  schema: DatasetSchema,
  keys: readonly Key[],
): Promise<number> {
  const { table, named, same, values } = reported(datasetTable(dataset, schema), schema, keys);
  try {
    const { rows } = await reader.query<{ n: string }>(
      `SELECT count(*) AS n FROM ${table} AS stored WHERE EXISTS (SELECT 1 FROM ${named} WHERE ${same})`,
      values,
    );
    return Number(rows[0]?.n ?? 0);
  } catch (error) {
    if (isMissingTable(error)) return 0;
    throw error;
  }
}

/**
 * Deletes them, unless the dataset is under legal hold, and updates the marker that feeds of changes check. @returns how many rows were
 * deleted
 */
export async function deleteKeys(
  transaction: Pick<Transaction, 'query'>,
  dataset: string,
  schema: DatasetSchema,
  keys: readonly Key[],
): Promise<number> {
  if (!(await mayGo(transaction, dataset))) return 0;
  const { table, named, same, values } = reported(datasetTable(dataset, schema), schema, keys);
  const digest = await openDigest(transaction, table);
  const { rows, rowCount } = await transaction.query<{ row: Buffer }>(
    `DELETE FROM ${table} AS stored USING ${named} WHERE ${same} RETURNING record_send(stored) AS row`,
    values,
  );
  for (const { row } of rows) digest?.remove(sentValues(row));
  await digest?.write(transaction);
  await transaction.query('UPDATE dataset SET deletions = deletions + 1 WHERE id = $1', [dataset]);
  return rowCount ?? 0;
}

/** The batch that brought a row, or last changed it. @param schema has a primary key */
export async function batchOfKey(
  reader: Reader,
  table: SqlName,
  schema: DatasetSchema,
  key: Key,
): Promise<string | undefined> {
  const { named, same, values } = reported(table, schema, [key]);
  try {
    const { rows } = await reader.query<{ batch: string }>(
      `SELECT stored._batch AS batch FROM ${table} AS stored, ${named} WHERE ${same}`,
      values,
    );
    return rows[0]?.batch;
  } catch (error) {
    if (isMissingTable(error)) return undefined;
    throw error;
  }
}

function reported(
  table: SqlName,
  schema: DatasetSchema,
  keys: readonly Key[],
): { readonly table: SqlName; readonly named: string; readonly same: string; readonly values: unknown[] } {
  const { key } = layoutOf(schema);
  return {
    table,
    named: `unnest(${key.map((_, i) => `$${i + 1}::text[]`).join(', ')}) AS named(${key.map((_, i) => `k${i}`).join(', ')})`,
    same: key.map(({ name, kind }, i) => `stored.${name} = named.k${i}::${keyCasts[kind]}`).join(' AND '),
    values: key.map(({ field }) => keys.map((one) => String(one[field]))),
  };
}

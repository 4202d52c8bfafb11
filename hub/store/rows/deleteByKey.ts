/** Deletions by key from the lasting table of an upsert dataset. */
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { datasetTable, layoutOf, type ColumnKind } from '../../domain/rowTable/layout.ts';
import { isMissingTable } from '../database/failure.ts';
import type { Reader } from '../database/reader.ts';

/** Values of a key by its fields. */
export type Key = Readonly<Record<string, string | number | boolean>>;

const casts: Readonly<Record<ColumnKind, string>> = {
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
  const { table, named, same, values } = told(dataset, schema, keys);
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

/** @returns how many rows went */
export async function deleteKeys(
  reader: Reader,
  dataset: string,
  schema: DatasetSchema,
  keys: readonly Key[],
): Promise<number> {
  const { table, named, same, values } = told(dataset, schema, keys);
  const { rowCount } = await reader.query(
    `DELETE FROM ${table} AS stored USING ${named} WHERE ${same}`,
    values,
  );
  return rowCount ?? 0;
}

function told(
  dataset: string,
  schema: DatasetSchema,
  keys: readonly Key[],
): { readonly table: string; readonly named: string; readonly same: string; readonly values: unknown[] } {
  const { key } = layoutOf(schema);
  return {
    table: datasetTable(dataset, schema),
    named: `unnest(${key.map((_, i) => `$${i + 1}::text[]`).join(', ')}) AS gone(${key.map((_, i) => `k${i}`).join(', ')})`,
    same: key.map(({ name, kind }, i) => `stored.${name} = gone.k${i}::${casts[kind]}`).join(' AND '),
    values: key.map(({ field }) => keys.map((one) => String(one[field]))),
  };
}

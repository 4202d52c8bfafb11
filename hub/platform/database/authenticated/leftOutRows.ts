/**
 * For INSERT … ON CONFLICT DO NOTHING of several rows at once. A unique index that a superuser made lead to another row leaves a new one out
 * without an error. So the rows are sought afterwards, by conditions that are computed from each row. For one row see `conflictingRow.ts`.
 */
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../reader.ts';
import { ruleOf, type SealedName } from './rules.ts';

/** Columns of a unique index of a table, and the rows that must be there now, by the texts of these columns. */
interface ByIndex {
  /** with the types of the columns */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly (readonly string[])[];
}

export interface AddedRows extends ByIndex {
  readonly table: SealedName;
  /** another unique index of the table: a row that is left out is there by either of them */
  readonly or?: ByIndex;
}

/** @throws Problem rows_unauthenticated where one of the rows is in the table neither now nor before */
export async function refuseLeftOut(reader: Reader, { table, or, ...one }: AddedRows): Promise<void> {
  if (await areThere(reader, table, one)) return;
  if (or === undefined || !(await areThere(reader, table, or)))
    throw new Problem('rows_unauthenticated', { table });
}

async function areThere(reader: Reader, table: SealedName, { columns, rows }: ByIndex): Promise<boolean> {
  if (rows.length === 0) return true;
  const types = Object.entries(columns);
  const same = types.map(([column, type], nth) => `t."${column}" = one.c${nth}::${type}`).join(' AND ');
  // no index computes a CASE, and none has the place of a row
  const isThere = `SELECT FROM ${table} AS t WHERE ${same} AND t.ctid <> '(0,0)' AND CASE WHEN ${same} THEN true ELSE false END`;
  const places = types.map((_, nth) => `$${nth + 1}::text[]`).join(', ');
  const { rowCount } = await reader.query(
    `SELECT FROM unnest(${places}) AS one (${types.map((_, nth) => `c${nth}`).join(', ')}) WHERE NOT EXISTS (${isThere}) LIMIT 1`,
    types.map((_, nth) => rows.map((row) => row[nth] ?? '')),
  );
  return rowCount === 0;
}

/** The same for the primary key. */
export const refuseLeftOutKeys = (
  reader: Reader,
  table: SealedName,
  rows: readonly (readonly string[])[],
): Promise<void> => refuseLeftOut(reader, { table, columns: ruleOf(table).key, rows });

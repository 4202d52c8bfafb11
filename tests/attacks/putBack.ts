/** States of a table with what authenticates it, which a database administrator reads and puts back. */
import type pg from 'pg';
import type { Reader } from '../../hub/platform/database/reader.ts';

/** Tables with the conditions of the rows that make one state. */
export type Parts = readonly (readonly [table: string, where: string])[];
export type State = readonly (readonly string[])[];

/** Rows of a sealed table, their seals and their sum. */
export const sealedParts = (table: string): Parts => [
  [table, 'true'],
  ['row_seal', `table_name = '${table}'`],
  ['row_sum', `table_name = '${table}'`],
];

export async function stateOf(reader: Pick<Reader, 'query'>, parts: Parts): Promise<State> {
  const state: string[][] = [];
  for (const [table, where] of parts) {
    const { rows } = await reader.query<{ row: string }>(
      `SELECT to_jsonb(t)::text AS row FROM ${table} AS t WHERE ${where}`,
    );
    state.push(rows.map(({ row }) => row));
  }
  return state;
}

/** @param administrator a session in which no trigger runs */
export async function putBack(administrator: pg.Client, parts: Parts, state: State): Promise<void> {
  await administrator.query('BEGIN');
  for (const [nth, [table, where]] of parts.entries()) {
    await administrator.query(`DELETE FROM ${table} WHERE ${where}`);
    await administrator.query(
      `INSERT INTO ${table} OVERRIDING SYSTEM VALUE
         SELECT (jsonb_populate_record(NULL::${table}, row::jsonb)).* FROM unnest($1::text[]) AS row`,
      [state[nth]],
    );
  }
  await administrator.query('COMMIT');
}

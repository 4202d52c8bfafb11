import type { administratorSession } from '../administratorSession.ts';

export interface Hiding {
  readonly table: string;
  readonly index: string;
  /** SQL condition of the rows */
  readonly where: string;
}

/** SQL by which the server maintains and uses indexes, or does neither. */
export const setMaintained = (indexes: readonly string[], is: boolean): string =>
  `UPDATE pg_index SET indislive = ${is}, indisready = ${is}, indisvalid = ${is} WHERE indexrelid = ANY ('{${indexes.join()}}'::regclass[])`;

/**
 * Takes rows out of an index by SQL alone: they are written again while the server does not maintain the index. The table then seems large,
 * so that the server uses the index.
 */
export async function hideRows(
  administrator: Awaited<ReturnType<typeof administratorSession>>,
  { table, index, where }: Hiding,
): Promise<void> {
  for (const statement of [
    'BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL allow_system_table_mods = on',
    setMaintained([index], false),
    `UPDATE pg_class SET relname = relname WHERE oid = '${table}'::regclass`,
    `WITH gone AS (DELETE FROM ${table} WHERE ${where} RETURNING *) INSERT INTO ${table} SELECT * FROM gone`,
    setMaintained([index], true),
    `UPDATE pg_class SET reltuples = 1e6, relpages = 1 WHERE oid = '${table}'::regclass`,
    'COMMIT',
  ])
    await administrator.query(statement);
}

/**
 * Indexes for the fields that calls query by, in addition to that of the key. They end with `_row`, so that a page of equal values is
 * already ordered.
 */
import { createHash } from 'node:crypto';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Column } from '../../../domain/rowTable/layout.ts';
import { literalName, type SqlName } from '../../../domain/rowTable/names.ts';
import { comparable } from './fetch.ts';
import { pointSql } from './places.ts';

/** The name encodes what is indexed, so that existing and unused indexes can be recognised. */
function indexName(table: SqlName, column: Column): string {
  const digest = createHash('sha256')
    .update(`${table} ${column.isPlace ? pointSql(column) : comparable(column)}`)
    .digest('hex');
  return `asked_${digest.slice(0, 24)}`;
}

const definition = (table: SqlName, column: Column): string => {
  const name = literalName(indexName(table, column));
  if (column.isPlace) return `${name} ON ${table} USING gist ((${pointSql(column)}))`;
  // of a list, its items (conditionSql in fetch.ts)
  return column.kind === 'json'
    ? `${name} ON ${table} USING gin ((${column.name}::jsonb) jsonb_path_ops)`
    : `${name} ON ${table} ((${comparable(column)}), _row)`;
};

/** For a table without readers. */
export async function createIndexes(
  reader: Reader,
  table: SqlName,
  columns: readonly Column[],
): Promise<void> {
  for (const column of columns) await reader.query(`CREATE INDEX ${definition(table, column)}`);
}

/**
 * Creates missing indexes and drops unused ones, without blocking readers or writers of the table. An incomplete index is created again.
 * Two processes must not do this at once.
 */
export async function adjustIndexes(
  owner: Pool,
  table: SqlName,
  columns: readonly Column[],
): Promise<{ readonly made: number; readonly dropped: number }> {
  const { rows } = await owner.query<{ name: string; valid: boolean }>(
    `SELECT made.relname AS name, i.indisvalid AS valid FROM pg_index AS i JOIN pg_class AS made ON made.oid = i.indexrelid
      WHERE i.indrelid = to_regclass($1) AND made.relname LIKE 'asked\\_%'`,
    [table],
  );
  const wanted = new Set(columns.map((column) => indexName(table, column)));
  const useless = rows.filter(({ name, valid }) => !valid || !wanted.has(name)).map(({ name }) => name);
  for (const name of useless) await owner.query(`DROP INDEX CONCURRENTLY ${literalName('rows', name)}`);
  const there = new Set(rows.map(({ name }) => name).filter((name) => !useless.includes(name)));
  const missing = columns.filter((column) => !there.has(indexName(table, column)));
  for (const column of missing) await owner.query(`CREATE INDEX CONCURRENTLY ${definition(table, column)}`);
  if (missing.length > 0) await owner.query(`ANALYZE ${table}`);
  return { made: missing.length, dropped: useless.length };
}

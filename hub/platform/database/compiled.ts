/**
 * Queries whose shape depends on what is asked are composed with knex, which only compiles them: no connection of its own, no
 * transaction. They run where every other statement runs.
 */
import knexOf, { type Knex } from 'knex';
import type { QueryResultRow } from 'pg';
import type { Reader } from './reader.ts';

/** Composes a query for PostgreSQL. */
export const composer: Knex = knexOf({ client: 'pg' });

/** The rows of a composed query. */
export async function rowsOf<R extends QueryResultRow>(
  reader: Reader,
  query: Knex.QueryBuilder,
): Promise<R[]> {
  const { sql, bindings } = query.toSQL().toNative();
  return (await reader.query<R>(sql, [...bindings])).rows;
}

/** Narrows a query to rows with these values; a column whose value is undefined is not asked for. */
export function narrowed(
  query: Knex.QueryBuilder,
  values: Readonly<Record<string, string | undefined>>,
): Knex.QueryBuilder {
  for (const [column, value] of Object.entries(values)) if (value !== undefined) query.where(column, value);
  return query;
}

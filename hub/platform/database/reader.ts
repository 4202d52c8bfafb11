import type { QueryResult, QueryResultRow } from 'pg';

/** Anything that runs a query: a pool, or an open transaction. */
export interface Reader {
  query<R extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<R>>;
}

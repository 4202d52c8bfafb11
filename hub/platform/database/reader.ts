import type { QueryResult, QueryResultRow } from 'pg';

/** Whatever answers a query: a pool, or an open transaction. */
export interface Reader {
  query<R extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<R>>;
}

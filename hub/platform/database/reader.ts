import type { QueryResult, QueryResultRow } from 'pg';

/** Anything that runs a query: a pool, or an open transaction. */
export interface Reader {
  query<R extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<R>>;
}

/** SQL with the values of its parameters. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

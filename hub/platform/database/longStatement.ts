import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { Transaction } from './transaction.ts';

/** The driver knows it, its types do not. */
interface Unhurried extends QueryConfig {
  readonly query_timeout: number;
}

/** A statement with more to say than its text and values: as arrays, by which types. */
export type LongQuery = QueryConfig & { readonly rowMode?: 'array' };

/** the longest timer there is: 24 days */
const never = 2 ** 31 - 1;

/**
 * A statement that takes as long as there are rows, in a transaction of a pool whose statements have a deadline. What ends it when the
 * server does not live any more is the stall watch.
 */
export async function longStatement<R extends QueryResultRow>(
  transaction: Transaction,
  query: string | LongQuery,
  values: unknown[] = [],
): Promise<QueryResult<R>> {
  await transaction.query('SET LOCAL statement_timeout = 0');
  const asked = typeof query === 'string' ? { text: query, values } : query;
  const statement: Unhurried = { ...asked, query_timeout: never };
  return transaction.query<R>(statement);
}

/** The address and the login of a database. The login is not used for work: pools act as datong_app or datong_owner. */
import pg, { type PoolConfig, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import { unavailable, failureOf } from './failure.ts';
import { lockDeadline, sessionOptions, sessionSettings, statementDeadline } from './session.ts';
import { valueTypes } from './values.ts';
import type { Transaction } from './transaction.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from './reader.ts';

export interface SocketOrHost {
  /** host name, or the folder of a unix socket */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password?: string;
}

/** Parts, or a `postgres://` address as in DATABASE_URL. */
export type DatabaseAddress = SocketOrHost | string;

/** The form that `pg` expects. A socket's folder inside a URL would be read as TCP, so parts remain parts. */
export const connectionOf = (address: DatabaseAddress): PoolConfig =>
  typeof address === 'string' ? { connectionString: address } : { ...address };

/** The same server and login, another database. */
export function urlOfDatabase(address: string, database: string): string {
  const url = new URL(address);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

/* A connection of the login itself, for work that precedes roles and pools: migrations, roles, creating a database. */

interface LoginDeadlines {
  /** ms until the connection is open */
  readonly connectMs: number;
  /** ms for each statement */
  readonly statementMs: number;
}

/** The steps of a start are short, and a longer one ends with an error instead of hanging. */
const ofStart: LoginDeadlines = { connectMs: 10_000, statementMs: 30_000 };

/** One connection of the login itself, closed afterwards. @throws Problem database_unavailable, and the errors of `work` */
export async function asLogin<T>(
  address: DatabaseAddress,
  work: (client: pg.Client) => Promise<T>,
  { connectMs, statementMs }: LoginDeadlines = ofStart,
): Promise<T> {
  const client = new pg.Client({
    ...connectionOf(address),
    types: valueTypes,
    options: sessionOptions(undefined),
    connectionTimeoutMillis: connectMs,
    query_timeout: statementMs,
  });
  client.on('error', () => undefined); // the statement that is running reports it
  try {
    await client.connect().catch((error: unknown) => {
      throw unavailable(error);
    });
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The driver supports it, its types do not. */
interface Unhurried extends QueryConfig {
  readonly query_timeout: number;
}

/** A statement with options beyond its text and values: rows as arrays, parsed by given types. */
type LongQuery = QueryConfig & { readonly rowMode?: 'array' };

/** the longest possible timer: 24 days */
const never = 2 ** 31 - 1;

/**
 * Runs a statement whose duration depends on the number of rows, in a transaction of a pool whose statements have a deadline. The stall
 * watch ends it when the server no longer responds.
 */
export async function longStatement<R extends QueryResultRow>(
  transaction: Transaction,
  query: string | LongQuery,
  values: unknown[] = [],
): Promise<QueryResult<R>> {
  await transaction.query('SET LOCAL statement_timeout = 0');
  const requested = typeof query === 'string' ? { text: query, values } : query;
  const statement: Unhurried = { ...requested, query_timeout: never };
  return transaction.query<R>(statement);
}

/** Rejects a database with tables other than a hub's: it belongs to another application. @throws Problem database_not_empty */
export async function refuseForeign(reader: Reader): Promise<void> {
  const { rows } = await reader.query<{ tables: string | null }>(
    `SELECT string_agg(name, ', ') AS tables
       FROM (SELECT c.relname::text AS name
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
              WHERE c.relkind IN ('r', 'p') AND to_regclass('public.migration') IS NULL
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
              ORDER BY 1 LIMIT 3) AS found`,
  );
  const [found] = rows;
  if (typeof found?.tables === 'string') throw new Problem('database_not_empty', { tables: found.tables });
}

/** Settings that a session of datong_app gets from the role where no connection parameter reaches the server. */
const roleSettings: Readonly<Record<string, string>> = {
  ...sessionSettings,
  default_transaction_isolation: 'read committed',
  statement_timeout: String(statementDeadline),
  lock_timeout: String(lockDeadline),
};

/**
 * Sets the role's settings, because after a transaction pooler a connection has no session settings: the role's apply to every
 * session. Where the login may not alter the role, an administrator must (docs/operations.md); the check of each new connection reports
 * what is missing.
 */
export async function settleRole(address: DatabaseAddress): Promise<void> {
  await asLogin(address, async (login) => {
    for (const [name, value] of Object.entries(roleSettings)) {
      try {
        await login.query(`ALTER ROLE datong_app SET ${name} = ${login.escapeLiteral(value)}`);
      } catch (error) {
        if (failureOf(error) === 'not_granted') return;
        if (failureOf(error) !== 'made_meanwhile') throw unavailable(error);
      }
    }
    const { rows } = await login.query<{ weak: boolean }>(
      "SELECT current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') AS weak",
    );
    if (rows[0]?.weak === true) await login.query('ALTER ROLE datong_app SET synchronous_commit = on');
  });
}

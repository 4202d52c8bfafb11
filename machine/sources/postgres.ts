/** Sources of PostgreSQL, and of what speaks its protocol. */
import type { Duplex } from 'node:stream';
import pg from 'pg';
import {
  bounded,
  grace,
  rowsOf,
  SourceFault,
  type Cells,
  type Dialect,
  type FaultKind,
  type SourceColumn,
  type SourceConnection,
  type SourcePool,
  type SourceSession,
} from './sqlSource.ts';

/** every value as the text that the database writes: dates and numbers are nobody's guess */
const asText = { getTypeParser: () => (text: string) => text };
/** types of a column that says when a row changed */
const times: ReadonlyMap<number, string> = new Map([
  [1082, 'date'],
  [1114, 'timestamp'],
  [1184, 'timestamptz'],
]);

const dialect: Dialect = {
  parameter: (nth) => `$${nth}`,
  behind: (order, mark, bind) =>
    `(${order.map(({ place }) => place).join(', ')}) > (${mark.map(bind).join(', ')})`,
  among: (place, _, values, bind) => `${place} = ANY(${bind(values)})`,
};

/** @param options of the driver. @throws SourceFault */
export async function connectPostgres(options: pg.ClientConfig, seconds: number): Promise<SourceConnection> {
  const client = new pg.Client({ ...options, query_timeout: seconds * 1_000 + grace });
  client.on('error', () => undefined); // told by the query that finds it
  const close = (): Promise<void> => client.end().catch(() => undefined);
  const session = sessionOf(client);
  try {
    await client.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`SET LOCAL statement_timeout = ${seconds * 1_000}`);
    await client.query("SET LOCAL DateStyle = 'ISO, YMD'");
    await client.query("SET LOCAL TimeZone = 'Asia/Shanghai'");
    return { ...session, close };
  } catch (error) {
    await close();
    throw faultOf(error);
  }
}

/** @param options of the driver */
export function postgresPool(options: pg.PoolConfig): SourcePool {
  const pool = new pg.Pool(options);
  pool.on('error', () => undefined); // an idle connection broke: the next use opens another
  pool.on('connect', (client) => client.on('error', () => undefined)); // one that is out: its statement tells
  return {
    use: async (milliseconds, work) => {
      const client = await pool.connect().catch((error: unknown) => {
        throw faultOf(error);
      });
      let failed: Error | undefined;
      try {
        await client.query('BEGIN READ ONLY');
        await client.query(`SET LOCAL statement_timeout = ${Math.ceil(milliseconds)}`);
        const found = await work(sessionOf(client));
        await client.query('ROLLBACK');
        return found;
      } catch (error) {
        failed = error instanceof Error ? error : new Error(String(error));
        throw 'severity' in failed ? faultOf(failed) : failed;
      } finally {
        client.release(failed); // what failed is not used again: nobody knows what state it is in
      }
    },
    close: () => pool.end(),
  };
}

function sessionOf(client: pg.ClientBase): SourceSession {
  const { connection } = client as unknown as { readonly connection: { readonly stream: Duplex } };
  const socket = (): Duplex & { readonly bytesRead: number } => connection.stream as never;
  const ask = async (text: string, values: readonly unknown[] = []) => {
    const query = { text, values: [...values], rowMode: 'array' as const, types: asText };
    try {
      return await bounded(socket, () => client.query<(string | null)[]>(query));
    } catch (error) {
      throw faultOf(error);
    }
  };
  return {
    dialect,
    columns: async (query) => {
      const { fields } = await ask(`SELECT q.* ${rowsOf(query)} LIMIT 0`);
      return fields.map(({ name, dataTypeID }) => columnOf(name, times.get(dataTypeID)));
    },
    rows: async ({ text, values }): Promise<readonly Cells[]> => (await ask(text, values)).rows,
    mayWrite: async () => {
      const { rows } = await ask(
        `SELECT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user) OR EXISTS (
           SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
              AND (has_table_privilege(c.oid, 'DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')))`,
      );
      return rows[0]?.[0] !== 'f';
    },
  };
}

function columnOf(name: string, time: string | undefined): SourceColumn {
  const place = `q."${name.replaceAll('"', '""')}"`;
  return {
    ...{ name, place, wide: place, read: place, mark: place, ordered: true, empty: `${place} IS NULL` },
    bound: (value, bind) => bind(value),
    ...(time !== undefined && {
      before: (mark: string, seconds: number, bind: (value: unknown) => string) =>
        `${bind(mark)}::${time} - interval '${seconds} seconds'`,
    }),
  };
}

function faultOf(error: unknown): SourceFault {
  if (error instanceof SourceFault) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const answered = error instanceof Error && 'severity' in error;
  return new SourceFault(answered ? kindOf(code) : 'unreachable', code, error);
}

function kindOf(sqlstate: string): FaultKind {
  if (sqlstate === '57014') return 'slow';
  if (/^28|^3D000$|^53300$/.test(sqlstate)) return 'refused';
  return /^(?:08|57P)/.test(sqlstate) ? 'unreachable' : 'failed';
}

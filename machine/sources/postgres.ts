/** Sources of PostgreSQL, and of systems with its protocol. */
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { decimalText } from '../../terms/decimal.ts';
import { isDay, shortest } from './sourceValues.ts';
import {
  bounded,
  grace,
  rowsOf,
  SourceFault,
  watchIdle,
  type Bind,
  type Cells,
  type Dialect,
  type FaultKind,
  type IdleWatch,
  type SourceColumn,
  type SourceConnection,
  type SourcePool,
  type SourceSession,
} from './sqlSource.ts';

/** every value as the text that the database writes: dates and numbers are not parsed */
const asText = { getTypeParser: () => (text: string) => text };
/** types of a column with the time of a row's last change */
const times: ReadonlyMap<number, string> = new Map([
  [1082, 'date'],
  [1114, 'timestamp'],
  [1184, 'timestamptz'],
]);

const dialect: Dialect = {
  parameter: (nth) => `$${nth}`,
  behind: (order, mark, bind) =>
    `(${order.map(({ place }) => place).join(', ')}) > (${mark.map(bind).join(', ')})`,
  bytes: (text, bind) => `${bind(text)}::text COLLATE "C"`,
};

/** @param options of the driver. @throws SourceFault */
export async function connectPostgres(options: pg.ClientConfig, seconds: number): Promise<SourceConnection> {
  const client = new pg.Client({ ...options, query_timeout: seconds * 1_000 + grace });
  client.on('error', () => undefined); // the query that detects it reports it
  const close = (): Promise<void> => client.end().catch(() => undefined);
  try {
    // notices of a login are not counted by rows
    await bounded(socketOf(client), () => client.connect());
    const idle = watchIdle(socketOf(client));
    client.once('end', () => idle.stop());
    const ask = asker(client, idle);
    await ask('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', 0);
    await ask(`SET LOCAL statement_timeout = ${seconds * 1_000}`, 0);
    await ask("SET LOCAL DateStyle = 'ISO, YMD'", 0);
    await ask("SET LOCAL TimeZone = 'Asia/Shanghai'", 0);
    return { ...sessionOf(client, idle), close };
  } catch (error) {
    await close();
    throw faultOf(error);
  }
}

/** @param options of the driver */
export function postgresPool(options: pg.PoolConfig): SourcePool {
  const pool = new pg.Pool(options);
  pool.on('error', () => undefined); // an idle connection broke: the next use opens another
  pool.on('connect', (client) => client.on('error', () => undefined)); // a connection in use: its statement reports the error
  return {
    use: async (milliseconds, work) => {
      const client = await pool.connect().catch((error: unknown) => {
        throw faultOf(error);
      });
      let failed: Error | undefined;
      try {
        const ask = asker(client);
        await ask('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', 0);
        await ask(`SET LOCAL statement_timeout = ${Math.ceil(milliseconds)}`, 0);
        const found = await work(sessionOf(client));
        await ask('ROLLBACK', 0);
        return found;
      } catch (error) {
        failed = error instanceof Error ? error : new Error(String(error));
        throw failed;
      } finally {
        client.release(failed); // a failed connection is not reused: its state is unknown
      }
    },
    close: () => pool.end(),
  };
}

interface Inner {
  readonly connection: EventEmitter & { readonly stream: Duplex };
}

/** Its socket at the moment: TLS replaces it. */
const socketOf = (client: pg.ClientBase) => (): Duplex & { readonly bytesRead: number } =>
  (client as unknown as Inner).connection.stream as never;

/**
 * Requests a limited number of rows. Rows and ends of statements are counted on arrival, because the driver buffers everything that a server
 * sends.
 */
function asker(client: pg.ClientBase, idle?: IdleWatch) {
  const { connection } = client as unknown as Inner;
  const socket = socketOf(client);
  return async (text: string, most: number, values: readonly unknown[] = []) => {
    const query = { text, values: [...values], rowMode: 'array' as const, types: asText };
    const left = { dataRow: most, commandComplete: 1 };
    const found = { over: false };
    const counters = (['dataRow', 'commandComplete'] as const).map((event) => {
      const count = (): void => {
        left[event] -= 1;
        if (left[event] >= 0 || found.over) return;
        found.over = true;
        connection.stream.destroy(new Error('more rows than were asked for'));
      };
      return { event, count };
    });
    for (const { event, count } of counters) connection.on(event, count);
    idle?.pause();
    try {
      const answer = await bounded(socket, () => client.query<(string | null)[]>(query));
      if (found.over) throw new Error('more rows than were asked for'); // the end of the statement arrived with them
      return answer;
    } catch (error) {
      throw found.over ? new SourceFault('unasked', '', error) : faultOf(error);
    } finally {
      idle?.resume();
      for (const { event, count } of counters) connection.off(event, count);
    }
  };
}

function sessionOf(client: pg.ClientBase, idle?: IdleWatch): SourceSession {
  const ask = asker(client, idle);
  return {
    dialect,
    columns: async (query) => {
      const { fields } = await ask(`SELECT q.* ${rowsOf(query)} LIMIT 0`, 0);
      return fields.map(({ name, dataTypeID }) => columnOf(name, dataTypeID));
    },
    rows: async ({ text, values }, most): Promise<readonly Cells[]> => (await ask(text, most, values)).rows,
    mayWrite: async () => {
      const { rows } = await ask(
        `SELECT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user) OR EXISTS (
           SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
              AND (has_table_privilege(c.oid, 'DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')))`,
        1,
      );
      return rows[0]?.[0] !== 'f';
    },
  };
}

const integers: readonly number[] = [20, 21, 23];
const decimal = 1700;
const floats: readonly number[] = [700, 701];
const maxInteger = 2n ** 63n;

function columnOf(name: string, type: number): SourceColumn {
  const place = `q."${name.replaceAll('"', '""')}"`;
  const time = times.get(type);
  const number = integers.includes(type) || type === decimal;
  return {
    name,
    place,
    wide: place,
    read: place,
    mark: place,
    ordered: true,
    empty: `${place} IS NULL`,
    bytes: `(${place})::text COLLATE "C"`,
    sort: number ? 'number' : floats.includes(type) ? 'float' : 'other',
    bound: (value, bind) => (number ? numberOf(value, type, bind) : bind(value)),
    sortsAsText: (bound) =>
      time === 'date' ? isDay(bound) : time === 'timestamp' && isDay(bound.slice(0, 10)) && clock.test(bound),
    ...(time !== undefined && {
      before: (mark: string, seconds: number, bind: (value: unknown) => string) =>
        `${bind(mark)}::${time} - interval '${seconds} seconds'`,
    }),
  };
}

/** PostgreSQL's text form of a time of the day */
const clock = /^.{10} ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{0,5}[1-9])?$/;

/** As wide as the value: an index of whole numbers serves a whole value. */
function numberOf(value: unknown, type: number, bind: Bind): string | undefined {
  const number = shortest(value);
  if (number === undefined) return undefined;
  const { units, scale } = number;
  const whole = type !== decimal && scale === 0 && units >= -maxInteger && units < maxInteger;
  return `${bind(decimalText(number))}::${whole ? 'bigint' : 'numeric'}`;
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

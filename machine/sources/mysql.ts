/** Sources of MySQL and MariaDB. */
import { bytesOf, cellOf, columnOf, quotedName } from './mysqlColumns.ts';
import { connectMysql, type MysqlWire } from './mysqlWire.ts';
import {
  ownValue,
  rowsOf,
  SourceFault,
  type Bind,
  type Dialect,
  type SourceAddress,
  type SourceColumn,
  type SourceConnection,
  type SourcePool,
  type SourceSession,
} from './sqlSource.ts';

/** Privileges of MySQL and MariaDB, as the server reports them, that are known to be harmless; no other counts as harmless. */
const harmless = [
  ...['USAGE', 'SELECT', 'SHOW VIEW', 'SHOW DATABASES', 'PROCESS', 'REPLICATION CLIENT', 'BINLOG MONITOR'],
  ...['SLAVE MONITOR', 'SHOW_ROUTINE', 'SHOW CREATE ROUTINE'],
].join('|');
const reads = new RegExp(
  `^GRANT (?:(?:${harmless})(?: \\([^()]*\\))?(?:, ?)?)+ ON (?!.* WITH GRANT OPTION)`,
  'i',
);
const name = '`(?:[^`]|``)+`(?:@`(?:[^`]|``)*`)?';
const role = new RegExp(`^GRANT (?<roles>${name}(?:, ?${name})*) TO (?!.* WITH ADMIN OPTION)`);
const seconds = 10;
/** maximum of lines of one reply */
const maxLines = 10_000;

/** Whether the login, or a role that it could take, may do anything but read. @throws SourceFault */
async function mayWrite(wire: MysqlWire): Promise<boolean> {
  const lines = async (text: string): Promise<readonly string[]> =>
    (await wire.ask({ text, values: [] }, seconds * 1_000, maxLines)).rows.map(([line]) => String(line));
  const others = (all: readonly string[]): readonly string[] =>
    all.filter((line) => !reads.test(line) && !line.startsWith('SET DEFAULT ROLE '));
  const own = others(await lines('SHOW GRANTS'));
  const roles = own.flatMap((line) => {
    const found = role.exec(line)?.groups?.['roles'];
    return found === undefined ? [] : [found];
  });
  if (roles.length < own.length) return true;
  if (roles.length === 0) return false;
  if (!wire.isMariadb) {
    // with all of them active, the server reports their privileges
    await lines('SET ROLE ALL');
    const brought = others(await lines('SHOW GRANTS'));
    await lines('SET ROLE DEFAULT');
    return brought.some((line) => !role.test(line));
  }
  // one at a time, with the roles granted to it
  const [before] = (await wire.ask({ text: 'SELECT CURRENT_ROLE()', values: [] }, seconds * 1_000, 1)).rows;
  for (const one of roles) {
    await lines(`SET ROLE ${one}`);
    if (others(await lines('SHOW GRANTS FOR CURRENT_ROLE')).some((line) => !role.test(line))) return true;
  }
  await lines(typeof before?.[0] === 'string' ? `SET ROLE ${quotedName(before[0])}` : 'SET ROLE NONE');
  return false;
}

/** timeout for a connection to become free, in ms */
const patience = 5_000;
/** ms after which an unused connection is closed */
const idleFor = 10_000;

const dialect: Dialect = {
  parameter: () => '?',
  behind: (order, mark, bind) => behind(order, mark, bind),
  bytes: (text, bind) => bytesOf(bind(text)),
};

/** Compares the columns one after the other, because no index here serves a comparison of tuples. */
function behind(order: readonly SourceColumn[], mark: readonly string[], bind: Bind): string {
  const [column, ...others] = order;
  const [text = '', ...rest] = mark;
  if (column === undefined) return 'FALSE';
  const value = (): string => ownValue(column, text, bind);
  if (others.length === 0) return `${column.place} > ${value()}`;
  const from = `${column.place} >= ${value()}`;
  const over = `${column.place} > ${value()}`;
  return `${from} AND (${over} OR (${column.place} = ${value()} AND ${behind(others, rest, bind)}))`;
}

/** Opens one read-only transaction with a snapshot of the database at its beginning. @throws SourceFault */
export async function connectMysqlSource(address: SourceAddress, seconds: number): Promise<SourceConnection> {
  const wire = await connectMysql(address);
  try {
    await prepare(wire);
    await begin(wire, seconds * 1_000);
    const close = (): Promise<void> => {
      wire.close();
      return Promise.resolve();
    };
    return { ...sessionOf(wire, seconds * 1_000), close };
  } catch (error) {
    wire.close();
    throw error;
  }
}

/** @param atOnce maximum of connections */
export function mysqlPool(address: SourceAddress, atOnce: number): SourcePool {
  const idle: MysqlWire[] = [];
  const waiting: (() => void)[] = [];
  let busy = 0;
  const turn = async (): Promise<void> => {
    if (busy < atOnce) return void (busy += 1);
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        clearTimeout(late);
        resolve();
      };
      const late = setTimeout(() => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(new SourceFault('unreachable', 'ETIMEDOUT', new Error('no connection became free')));
      }, patience);
      waiting.push(go);
    });
  };
  const fresh = async (): Promise<MysqlWire> => {
    const wire = await connectMysql(address);
    await prepare(wire).catch((error: unknown) => {
      wire.close();
      throw error;
    });
    return wire;
  };
  const keep = (wire: MysqlWire): void => {
    idle.push(wire);
    setTimeout(() => {
      const at = idle.indexOf(wire);
      if (at === -1) return;
      idle.splice(at, 1);
      wire.close();
    }, idleFor).unref();
  };
  return {
    use: async (milliseconds, work) => {
      await turn();
      try {
        let wire = idle.pop();
        while (wire !== undefined && !wire.alive) wire = idle.pop();
        wire ??= await fresh();
        try {
          await begin(wire, milliseconds);
          const found = await work(sessionOf(wire, milliseconds));
          await wire.ask({ text: 'ROLLBACK', values: [] }, milliseconds, 0);
          keep(wire);
          return found;
        } catch (error) {
          wire.close(); // a failed connection is not reused: its state is unknown
          throw error;
        }
      } finally {
        const next = waiting.shift();
        if (next === undefined) busy -= 1;
        else next();
      }
    },
    close: () => {
      for (const wire of idle.splice(0)) wire.close();
      return Promise.resolve();
    },
  };
}

/** Sets the session up, regardless of the server's defaults. */
async function prepare(wire: MysqlWire): Promise<void> {
  const set = (text: string) => wire.ask({ text, values: [] }, patience, 0);
  await set('SET NAMES utf8mb4');
  // moments are reported in the time of China; names of zones need tables that a server may lack
  await set("SET SESSION time_zone = '+08:00'");
  await set('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
}

async function begin(wire: MysqlWire, milliseconds: number): Promise<void> {
  const limit = wire.isMariadb
    ? `max_statement_time = ${milliseconds / 1_000}`
    : `max_execution_time = ${Math.ceil(milliseconds)}`;
  await wire.ask({ text: `SET SESSION ${limit}`, values: [] }, milliseconds, 0);
  const text = 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY';
  await wire.ask({ text, values: [] }, milliseconds, 0);
}

function sessionOf(wire: MysqlWire, milliseconds: number): SourceSession {
  return {
    dialect,
    columns: async (query) => {
      const { fields } = await wire.ask(
        { text: `SELECT q.* ${rowsOf(query)} LIMIT 0`, values: [] },
        milliseconds,
        0,
      );
      return fields.map(columnOf);
    },
    rows: async (statement, most) =>
      (await wire.ask(statement, milliseconds, most)).rows.map((row) => row.map(cellOf)),
    mayWrite: () => mayWrite(wire),
  };
}

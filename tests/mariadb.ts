/** A MariaDB of the machine for the tests of one file: a data folder, a socket and a port of its own, all gone with it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { connectMysql, type MysqlWire } from '../machine/sources/mysqlWire.ts';
import { freePorts } from './freePorts.ts';
import { serverCertificate } from './serverCertificate.ts';

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
const program = folders.map((folder) => join(folder, 'mariadbd')).find((path) => existsSync(path));
const tables = '/usr/share/mysql';

/** CI has one (.ci/run); elsewhere the reason is reported. */
export const noMariadb: string | false =
  program === undefined && process.env['CI'] === undefined
    ? 'no mariadbd: apt-get install mariadb-server-core'
    : false;

export interface Mariadb {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** PEM of the authority that its certificate, for 127.0.0.1, comes from */
  readonly ca: string;
  /** what an administrator does there, a statement each */
  admin(...statements: readonly string[]): Promise<void>;
  /** waits until a condition over the server's own list of connections holds */
  until(condition: string): Promise<void>;
  stop(): Promise<void>;
}

/** @param database is made, with utf8mb4 */
export async function startMariadb(database: string): Promise<Mariadb> {
  if (program === undefined) throw new Error('no mariadbd');
  const folder = await mkdtemp(join(tmpdir(), 'datong-mariadb-'));
  const data = join(folder, 'data');
  await mkdir(data);
  const { ca, tls } = await serverCertificate('127.0.0.1');
  await writeFile(join(folder, 'cert.pem'), tls.cert);
  await writeFile(join(folder, 'key.pem'), tls.key);
  const common = [
    ...['--no-defaults', `--datadir=${data}`, '--skip-name-resolve', '--innodb-buffer-pool-size=8M'],
    ...['--innodb-log-file-size=4M', '--innodb-data-file-path=ibdata1:3M:autoextend'],
    ...['--innodb-temp-data-file-path=ibtmp1:3M:autoextend', '--innodb-flush-log-at-trx-commit=0'],
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ];
  const scripts = ['system_tables', 'system_tables_data'].map((name) => {
    const file = readdirSync(tables).find((one) => one.endsWith(`_${name}.sql`)) ?? '';
    return readFileSync(join(tables, file), 'utf8');
  });
  const input = `create database mysql;\nuse mysql;\nSET @auth_root_socket=NULL;\n${scripts.join('\n')}`;
  const made = spawnSync(program, [...common, '--bootstrap'], { input, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const port = await freePorts();
  const socket = join(folder, 's');
  const server = spawn(
    program,
    [
      ...[...common, `--socket=${socket}`, `--port=${port}`, '--bind-address=127.0.0.1'],
      ...[`--pid-file=${join(folder, 'pid')}`, '--local-infile=ON', '--max-allowed-packet=128M'],
      ...[`--ssl-cert=${join(folder, 'cert.pem')}`, `--ssl-key=${join(folder, 'key.pem')}`],
    ],
    { stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const root = await connected(
      { host: socket, port, database: 'mysql', user: 'root', password: '', tls: 'off' },
      () => server.exitCode !== null,
    );
    const admin = async (...statements: readonly string[]): Promise<void> => {
      for (const text of statements) await root.ask({ text, values: [] }, 20_000, 0);
    };
    await admin(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`, `USE ${database}`);
    // zeros for days, as old tables have them
    await admin("SET SESSION sql_mode = ''", "SET SESSION time_zone = '+08:00'");
    const until = async (condition: string): Promise<void> => {
      const text = `SELECT 1 FROM information_schema.processlist WHERE ${condition}`;
      while ((await root.ask({ text, values: [] }, 5_000, 10_000)).rows.length === 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const close = async (): Promise<void> => {
      root.close();
      await stop();
    };
    return { host: '127.0.0.1', port, ca, admin, until, stop: close };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function connected(
  address: Parameters<typeof connectMysql>[0],
  gone: () => boolean,
): Promise<MysqlWire> {
  for (;;) {
    try {
      return await connectMysql(address);
    } catch (error) {
      if (gone()) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

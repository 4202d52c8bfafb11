/**
 * `npm run drill recovery`: PostgreSQL with pgBackRest as docs/guides/several-hosts.md sets it up. A hub writes entries before and after a
 * moment, the database is lost and restored to that moment. The hub must refuse to serve, name the gap, and continue only after the
 * operator's decision.
 */
import assert from 'node:assert/strict';
import { execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { runDatong } from '../datong.ts';
import { firstDay } from './firstDay.ts';
import { home, Host, makeNetwork } from './hosts.ts';
import { context, dataset } from './load.ts';

const repository = resolve(import.meta.dirname, '../..');
const bin = '/usr/lib/postgresql/15/bin';
const dataDir = '/var/lib/postgresql/15/datong';
const address = '10.77.0.11';
const password = 'hub-of-the-drill';
const said = (text: string): void => void process.stdout.write(`${text}\n`);

makeNetwork('10.77.0.1');
const folders = {
  '/etc/pgbackrest': 'root',
  '/var/lib/pgbackrest': 'postgres',
  '/var/log/pgbackrest': 'postgres',
  '/var/lib/postgresql': 'postgres',
  '/run/postgresql': 'postgres',
  '/tmp/pgbackrest': 'postgres',
};
const host = new Host({ name: 'db1', address, folders });
copyFileSync(
  join(repository, 'deploy/cluster/pgbackrest.conf'),
  host.path('/etc/pgbackrest/pgbackrest.conf'),
);
let server: ChildProcess | undefined;
await run(`${bin}/initdb`, '-D', dataDir, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8');
const settings = [
  `listen_addresses = '${address}'`,
  'wal_level = replica',
  'archive_mode = on',
  ...archiveSettings(),
];
writeFileSync(host.path(join(dataDir, 'postgresql.auto.conf')), `${settings.join('\n')}\n`);
const access = `local all postgres trust\nhost all all 10.77.0.0/24 scram-sha-256\n`;
writeFileSync(host.path(join(dataDir, 'pg_hba.conf')), access);
await startServer();
await sql(`CREATE ROLE hub LOGIN CREATEROLE PASSWORD '${password}'`);
await sql('CREATE DATABASE datong OWNER hub');
await backRest('stanza-create');

const url = `postgres://hub:${password}@${address}:5432/datong`;
const { made, city, persons } = await firstDay({ config: { database: { url } } });
const { education, publicSecurity } = city;
const call = async (nth: number): Promise<string> => {
  const filter = [{ field: 'person_id', op: 'eq', value: persons[nth] ?? '' } as const];
  return (await education.client.query(dataset, { filter }, context)).exchange;
};
const calls = async (count: number): Promise<readonly string[]> => {
  const exchanges: string[] = [];
  for (let nth = 0; nth < count; nth += 1) exchanges.push(await call(nth));
  return exchanges;
};
await backRest('backup', '--type=full');
const before = await calls(20);
await sleep(1_500);
const moment = new Date(made.hub.database.now()).toISOString().replace('T', ' ').replace('Z', '+00');
await sleep(1_500);
const later = await calls(10);
const { keysDir, name, publicOrigin } = made.hub.config;
await made.hub.stop();
education.client.close();
publicSecurity.client.close();
await sql('SELECT pg_switch_wal()');
await backRest('check');

// the server's disk is lost; what remains is the repository
await stopServer();
execFileSync('find', [host.path(dataDir), '-mindepth', '1', '-delete']);
const begun = performance.now();
await backRest('restore', '--type=time', `--target=${moment}`, '--target-action=promote');
await startServer();
while ((await sql('SELECT pg_is_in_recovery() AS busy'))[0]?.['busy'] === true) await sleep(100);
said(`restored to ${moment} in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);

const config = join(home, 'hub.json');
writeFileSync(
  config,
  JSON.stringify({ name, publicOrigin, stateDir: made.stateDir, keysDir, database: { url } }),
);
const check = await runDatong(['serve', '--check', '--config', config]);
assert.equal(check.code, 5, check.stderr);
const [, size = '', known = ''] = /\((\d+) entries\).*\((\d+) entries\)/.exec(check.stderr) ?? [];
said(check.stderr.trim());
const entries = new Set((await sql('SELECT id FROM audit_entry', 'datong')).map(({ id }) => id));
assert.equal(entries.size, Number(size));
assert.deepEqual(
  before.filter((id) => !entries.has(id)),
  [],
  'entries before the moment are restored',
);
assert.deepEqual(
  later.filter((id) => entries.has(id)),
  [],
  'entries after it are not',
);
assert.ok(Number(known) - Number(size) >= later.length, 'the gap that the high-water mark names');
const accepted = await runDatong(['hub', 'restore', '--accept-older', '--json', '--config', config]);
assert.equal(accepted.code, 0, accepted.stderr);
assert.deepEqual(JSON.parse(accepted.stdout), { known: Number(known), accepted: Number(size) });
assert.equal((await runDatong(['serve', '--check', '--config', config])).code, 0);
rmSync(made.stateDir, { recursive: true, force: true });
said(
  `${before.length} entries before the moment restored; ${Number(known) - Number(size)} later ones named and accepted`,
);
process.exit(0);

/** The lines of PostgreSQL's configuration that the guide gives. */
function archiveSettings(): readonly string[] {
  const guide = readFileSync(join(repository, 'docs/guides/several-hosts.md'), 'utf8');
  const command = /^ *archive_command: (.+)$/m.exec(guide)?.[1];
  assert.ok(command, 'the guide has the archive command');
  return [`archive_command = '${command}'`];
}

/** Runs a program on the host as postgres, to its end. */
async function run(...command: readonly string[]): Promise<void> {
  const [code] = (await once(host.start('postgres', command), 'exit')) as [number | null];
  assert.equal(code, 0, `${command.join(' ')}\n${readFileSync(host.path('log'), 'utf8').slice(-2_000)}`);
}

async function backRest(...args: readonly string[]): Promise<void> {
  await run('pgbackrest', '--stanza=datong', ...args);
}

async function startServer(): Promise<void> {
  server = host.start('postgres', [`${bin}/postgres`, '-D', dataDir]);
  for (let nth = 0; ; nth += 1) {
    try {
      await sql('SELECT 1');
      return;
    } catch (error) {
      if (nth === 300 || server.exitCode !== null) throw error;
      await sleep(200);
    }
  }
}

async function stopServer(): Promise<void> {
  if (server === undefined) return;
  const gone = once(server, 'exit');
  server.kill('SIGINT');
  await gone;
}

async function sql(statement: string, database = 'postgres'): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ user: 'postgres', host: host.path('/run/postgresql'), database });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/**
 * A hub whose requests and log go through PgBouncer with deploy/cluster/pgbouncer.ini: calls are answered, entries are written, and it serves
 * again after PgBouncer was killed. Which version was tried is in docs/operations.md.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { ensureDatabase } from '../../hub/platform/database/ensureDatabase.ts';
import { asLogin, openDatabase, type Database } from '../../hub/platform/database/database.ts';
import { migrate } from '../../hub/platform/database/migrate.ts';
import { startPostgres } from '../../hub/platform/postgres/startPostgres.ts';
import { eventually } from '../eventually.ts';
import { freePorts } from '../freePorts.ts';
import { sampleCity, testHub } from '../hub.ts';

const program = '/usr/sbin/pgbouncer';
const root = resolve(import.meta.dirname, '../..');
const file = 'deploy/cluster/pgbouncer.ini';

/** Replaces one setting of the file, which must have it. */
function withSetting(text: string, name: string, value: string): string {
  const line = new RegExp(`^${name} = .*$`, 'm');
  assert.match(text, line, `${file} has ${name}`);
  return text.replace(line, `${name} = ${value}`);
}

describe('through PgBouncer', { skip: !existsSync(program) }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'datong-pgbouncer-'));
  const server = await startPostgres({ stateDir: join(folder, 'state'), durable: false });
  const { host, port, user } = server;
  const direct = { host, port, user, database: 'datong' };
  await ensureDatabase({ ...direct, database: 'postgres' }, 'datong');
  const made = await openDatabase(direct, { durable: false });
  await migrate(made);
  await made.close();
  await asLogin(direct, (login) => login.query("ALTER ROLE datong_app LOGIN PASSWORD 'of-the-app'"));
  const listening = await freePorts();
  const app = { ...direct, host: '127.0.0.1', port: listening, user: 'datong_app' };
  /** the user of the server, who may enter the folder of its socket; PgBouncer refuses to run as root */
  const { uid, gid } = statSync(host);
  let child: ChildProcess | undefined;

  function startPooler(mode: string): void {
    const config = join(folder, 'pgbouncer.ini');
    const users = join(folder, 'userlist.txt');
    const settings = [
      ['datong', `host=${host} port=${port} dbname=datong`],
      ['listen_port', String(listening)],
      ['auth_file', users],
      ['pool_mode', mode],
    ] as const;
    const text = readFileSync(join(root, file), 'utf8');
    writeFileSync(
      config,
      settings.reduce((so, [name, value]) => withSetting(so, name, value), text),
    );
    writeFileSync(users, '"datong_app" "of-the-app"\n');
    for (const one of [folder, config, users]) chownSync(one, uid, gid);
    child = spawn(program, ['-q', config], { uid, gid, cwd: '/', stdio: 'ignore' });
  }

  async function killPooler(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Opens the hub's database once the pooler listens. */
  async function opened(): Promise<Database> {
    let database: Database | undefined;
    let reason: unknown;
    await eventually(
      async () => {
        database = await openDatabase(direct, {
          durable: false,
          appAddress: { ...app, password: 'of-the-app' },
        }).catch((error: unknown) => {
          reason = error;
          return undefined;
        });
        return database !== undefined;
      },
      () => String(reason),
      { every: 200 },
    );
    return database ?? assert.fail();
  }

  after(async () => {
    await killPooler();
    await server.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  test('sessions: calls are answered and logged, and again after PgBouncer was killed', async () => {
    startPooler('session');
    const database = await opened();
    const hub = await testHub({ database });
    try {
      const { rows } = await database.app.query<{ login: string; port: number | null }>(
        'SELECT session_user AS login, inet_client_port() AS port',
      );
      assert.equal(rows[0]?.login, 'datong_app');
      const city = await sampleCity(hub);
      const rowsFile = householdFile(1_500, 7);
      await city.publicSecurity.client.sendFile('pub-security.household', rowsFile.bytes, {
        mapping: 'household',
      });
      const value = rowsFile.good.find(({ region }) => region === '990101')?.id ?? '';
      const ask = () =>
        city.education.client.query(
          'pub-security.household',
          { filter: [{ field: 'person_id', op: 'eq', value }] },
          {
            purpose: 'school-enrolment',
            agreement: 'agr-school-enrolment',
            onBehalfOf: 'official-17',
            matter: 'YX-2026-000123',
          },
        );
      const { exchange } = await ask();
      const { rows: entries } = await database.owner.query('SELECT FROM audit_entry WHERE id = $1', [
        exchange,
      ]);
      assert.equal(entries.length, 1);
      await killPooler();
      await assert.rejects(ask(), (error: unknown) => (error as { status?: number }).status === 503);
      startPooler('session');
      await eventually(
        () =>
          ask().then(
            () => true,
            () => false,
          ),
        () => 'no answer after PgBouncer came back',
        { every: 200 },
      );
    } finally {
      await hub.stop();
      await database.close();
      await killPooler();
    }
  });

  test('the version that was tried is the one that the documents name', () => {
    const version =
      /PgBouncer ([\d.]+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1] ?? '';
    for (const page of ['docs/operations.md', 'docs/operations.zh-CN.md'])
      assert.ok(readFileSync(join(root, page), 'utf8').includes(`PgBouncer ${version}`), page);
  });
});

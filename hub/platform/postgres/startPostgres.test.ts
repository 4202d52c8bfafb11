import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../../terms/problem.ts';
import { asLogin } from '../database/database.ts';
import { isRunning } from './liveness.ts';
import { databaseUser, reachable } from './runAs.ts';
import { candidates } from './programs.ts';
import { startPostgres, type RunningPostgres } from './startPostgres.ts';
import { readRecord } from './stateRecord.ts';

const home = await mkdtemp(join(tmpdir(), 'datong-launch-'));
await chmod(home, 0o711);
after(() => rm(home, { recursive: true, force: true }));

const start = (name: string): Promise<RunningPostgres> =>
  startPostgres({ stateDir: join(home, name), durable: false });
const ask = async (server: Pick<RunningPostgres, 'host'>, sql: string): Promise<unknown> => {
  const address = { host: server.host, port: 5432, user: 'postgres', database: 'postgres' };
  return asLogin(address, async (login) => (await login.query<{ v: unknown }>(sql)).rows[0]?.v);
};

interface Held {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly host: string;
  readonly attached: boolean;
  readonly version: string;
  readonly dataDir: string;
}

/** Another process that starts or finds the server of this folder. */
async function hold(stateDir: string, as?: { uid: number; gid: number }, flavour = ''): Promise<Held> {
  const [runner, file] = ['scripts/run.mjs', 'tests/faults/holdPostgres.ts'].map((path) =>
    join(import.meta.dirname, '../../..', path),
  ) as [string, string];
  const child = spawn(process.execPath, [runner, file, stateDir, flavour], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...as,
    env: { ...process.env, HOME: stateDir, XDG_CACHE_HOME: join(stateDir, 'cache') },
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as Omit<Held, 'child'>) };
}

async function killHard(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** kill -9 of the postmaster and of every server process at once; a signal is sent before any process has ended, so their end is awaited. */
async function killServer(server: Pick<RunningPostgres, 'pid' | 'dataDir'>): Promise<void> {
  for (const name of await readdir('/proc').catch(() => [])) {
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => '');
    if (cwd === server.dataDir) process.kill(Number(name), 'SIGKILL');
  }
  if (await isRunning(server.pid)) process.kill(server.pid, 'SIGKILL');
  while (await isRunning(server.pid)) await sleep(5);
}

test('made once, found again with its data, in the locale that sorts alike everywhere', async () => {
  const first = await start('twice');
  await ask(first, 'CREATE TABLE kept AS SELECT 7 AS v');
  assert.equal(
    await ask(first, "SELECT datcollate || ' ' || datctype AS v FROM pg_database WHERE datname = 'postgres'"),
    'C C.UTF-8',
  );
  assert.equal(await ask(first, "SELECT current_setting('listen_addresses') AS v"), '');
  assert.equal(await ask(first, "SELECT current_setting('wal_level') AS v"), 'minimal');
  assert.equal(await ask(first, "SELECT current_setting('max_wal_senders') AS v"), '0');
  await first.stop();
  assert.equal(await isRunning(first.pid), false);
  const second = await start('twice');
  assert.equal(second.attached, false);
  assert.equal(await ask(second, 'SELECT v FROM kept'), 7);
  await second.destroy();
  await assert.rejects(stat(second.dataDir), { code: 'ENOENT' });
});

test('after kill -9 of the hub the next one attaches and answers for the server', async () => {
  const stateDir = join(home, 'attach');
  const held = await hold(stateDir);
  await ask(held, 'CREATE TABLE kept AS SELECT 7 AS v');
  await killHard(held.child);
  assert.equal(await isRunning(held.pid), true);
  const next = await start('attach');
  assert.deepEqual([next.attached, next.pid], [true, held.pid]);
  assert.equal(await ask(next, 'SELECT v FROM kept'), 7);
  await next.stop();
  assert.equal(await isRunning(held.pid), false, 'it took over the duty to stop it');
});

test('after kill -9 of everything it starts again and has what was committed', async () => {
  const stateDir = join(home, 'restart');
  const held = await hold(stateDir);
  await ask(held, 'CREATE TABLE kept AS SELECT 7 AS v');
  await killServer(held);
  await killHard(held.child);
  const next = await start('restart');
  assert.equal(next.attached, false);
  assert.equal(await ask(next, 'SELECT v FROM kept'), 7);
  await next.destroy();
});

test('a server that reports ready and answers no connection is waited for, not attached to', async () => {
  const first = await start('silent');
  process.kill(first.pid, 'SIGSTOP');
  const next = start('silent');
  const early = await Promise.race([next, sleep(1_500, 'none')]).finally(() =>
    process.kill(first.pid, 'SIGCONT'),
  );
  assert.equal(early, 'none');
  assert.deepEqual([(await next).attached, (await next).pid], [true, first.pid]);
  await first.destroy();
});

test('a stale postmaster.pid whose number now belongs to another process is no obstacle', async () => {
  const first = await start('reused');
  const file = join(first.dataDir, 'postmaster.pid');
  const left = await readFile(file, 'utf8');
  await first.stop();
  await writeFile(file, left.replace(/^\d+/, String(process.pid)));
  const second = await start('reused');
  assert.equal(second.attached, false);
  await second.destroy();
});

test('of two that start at once one makes the server and both use it; a visitor leaves it running', async () => {
  const stateDir = join(home, 'both');
  const [mine, other] = await Promise.all([start('both'), hold(stateDir)]);
  assert.equal(mine.pid, other.pid);
  assert.notEqual(mine.attached, other.attached);
  const [owner, visitor] = mine.attached ? ['other', 'mine'] : ['mine', 'other'];
  const leave = async (who: string): Promise<void> => {
    if (who === 'mine') return mine.stop();
    other.child.stdin?.end();
    await once(other.child, 'exit');
  };
  await leave(visitor);
  assert.equal(await isRunning(mine.pid), true);
  await leave(owner);
  assert.equal(await isRunning(mine.pid), false);
});

test('a state folder that was moved takes its data along', async () => {
  const first = await start('before');
  await ask(first, 'CREATE TABLE kept AS SELECT 7 AS v');
  await first.stop();
  await rename(join(home, 'before'), join(home, 'behind'));
  const second = await start('behind');
  assert.equal(await ask(second, 'SELECT v FROM kept'), 7);
  await second.destroy();
});

test('what a killed initdb or a killed start left is no obstacle', async () => {
  const stateDir = join(home, 'half');
  await mkdir(join(stateDir, 'postgres.making', 'base'), { recursive: true });
  await writeFile(join(stateDir, 'postgres.making', 'PG_VERSION'), '15\n');
  await writeFile(join(stateDir, 'postgres.lock'), JSON.stringify({ pid: 4_194_300, started: '1' }));
  const server = await start('half');
  assert.equal(await ask(server, 'SELECT 1 AS v'), 1);
  await assert.rejects(stat(join(stateDir, 'postgres.making')), { code: 'ENOENT' });
  await server.destroy();
});

test('the lock of a start that was killed before it wrote its name into it is taken over', async () => {
  for (const [folder, half] of [
    ['unnamed', ''],
    ['cut', '{"pid":41943'],
  ] as const) {
    await mkdir(join(home, folder));
    await writeFile(join(home, folder, 'postgres.lock'), half);
    const server = await start(folder);
    assert.equal(await ask(server, 'SELECT 1 AS v'), 1);
    await server.destroy();
  }
});

test('a folder with something else in it is never emptied', async () => {
  const stateDir = join(home, 'foreign');
  await mkdir(join(stateDir, 'postgres'), { recursive: true });
  await writeFile(join(stateDir, 'postgres', 'precious'), 'x');
  await assert.rejects(start('foreign'), { code: 'postgres_failed' });
  assert.equal(await readFile(join(stateDir, 'postgres', 'precious'), 'utf8'), 'x');
});

test('data of another major version are refused with both numbers', async () => {
  const first = await start('major');
  await first.stop();
  await writeFile(join(first.dataDir, 'PG_VERSION'), '14\n');
  await assert.rejects(start('major'), (error: unknown) => {
    assert.ok(error instanceof Problem && error.code === 'postgres_other_major');
    assert.match(error.text.en, /made by PostgreSQL 14.*found/);
    return true;
  });
});

test('a server that cannot start reports the reason', async () => {
  const first = await start('broken');
  await first.stop();
  await rm(join(first.dataDir, 'global'), { recursive: true });
  await assert.rejects(start('broken'), (error: unknown) => {
    assert.ok(error instanceof Problem && error.code === 'postgres_failed');
    return true;
  });
});

test('where no PostgreSQL is installed, the places searched are listed', async () => {
  const none = startPostgres({ stateDir: join(home, 'none'), flavour: 'system', folders: [home] });
  await assert.rejects(none, { code: 'postgres_missing', message: /system/ });
});

test('root without an ordinary user to run the database as gets an explanation', async () => {
  const users = join(home, 'users');
  await writeFile(users, 'root:x:0:0::/root:/bin/sh\n');
  await assert.rejects(databaseUser(0, users), { code: 'postgres_no_user', facts: { uid: 0 } });
  await writeFile(users, 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n');
  assert.deepEqual(await databaseUser(0, users), { name: 'nobody', uid: 65534, gid: 65533 });
});

test('a folder too deep for a socket’s path moves the socket elsewhere', async () => {
  const server = await start(join('deep', 'd'.repeat(60), 'e'.repeat(60)));
  assert.notEqual(server.host, server.dataDir);
  assert.equal(await ask(server, 'SELECT 1 AS v'), 1);
  await server.destroy();
  await assert.rejects(stat(server.host), { code: 'ENOENT' });
});

test('the bundled PostgreSQL starts as well', async () => {
  const server = await startPostgres({ stateDir: join(home, 'bundled'), durable: false, flavour: 'bundled' });
  assert.equal(server.flavour, 'bundled');
  assert.match(String(await ask(server, 'SELECT version() AS v')), /^PostgreSQL 17\./);
  await server.destroy();
});

const asRoot = { skip: process.getuid?.() === 0 ? false : 'needs root' };

test(
  'root: below a 0700 folder of another place the data go where the database’s user can reach them',
  asRoot,
  async () => {
    const closed = join(home, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const server = await start(join('closed', 'state'));
    assert.match(server.dataDir, /^\/var\/lib\/datong\/clusters\/state-[0-9a-f]{12}$/);
    assert.equal(await ask(server, 'SELECT 1 AS v'), 1);
    await server.stop();
    const again = await start(join('closed', 'state'));
    assert.equal(again.dataDir, server.dataDir);
    await again.stop();
    await rm(closed, { recursive: true });
    await mkdir(closed, { mode: 0o700 });
    const other = await start(join('closed', 'other'));
    await assert.rejects(stat(server.dataDir), { code: 'ENOENT' }, 'its temporary state folder is gone');
    await other.destroy();
    await assert.rejects(stat(`${other.dataDir}.state`), { code: 'ENOENT' });
  },
);

test('root: what it starts belongs to an ordinary user and no other may enter', asRoot, async () => {
  const server = await start('owned');
  const { uid, mode } = await stat(server.dataDir);
  assert.notEqual(uid, 0);
  assert.equal(mode & 0o077, 0);
  assert.equal((await readRecord(join(home, 'owned')))?.dataDir, server.dataDir);
  await server.destroy();
});

const unprivileged = { name: 'nobody', uid: 65_534, gid: 65_534 };
const asOther = {
  skip:
    process.getuid?.() === 0 && (await reachable(import.meta.dirname, unprivileged))
      ? false
      : 'needs root and a checkout that others may read',
};

for (const flavour of ['system', 'bundled'] as const) {
  const there = (await candidates(flavour, undefined).next()).done !== true;
  test(`an ordinary user: ${flavour}`, there ? asOther : { skip: 'not installed' }, async () => {
    const stateDir = join(home, `user-${flavour}`);
    await mkdir(stateDir, { mode: 0o700 });
    await chown(stateDir, unprivileged.uid, unprivileged.gid);
    const held = await hold(stateDir, unprivileged, flavour);
    assert.equal((await stat(held.dataDir)).uid, unprivileged.uid);
    held.child.stdin?.end();
    await once(held.child, 'exit');
    assert.equal(await isRunning(held.pid), false);
  });
}

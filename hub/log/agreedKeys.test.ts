/** Two processes, each with its own key folder, use one database. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { copyKeys } from '../../tests/copyKeys.ts';
import { testDatabase, type TestDatabase } from '../../tests/database.ts';
import { Problem } from '../../terms/problem.ts';
import { openKeys, type HubKeys } from '../platform/keys/openKeys.ts';
import { agreeOnKeys, type AgreedKeys } from './agreedKeys.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-agreed-'));
after(() => rmSync(home, { recursive: true, force: true }));
const summer = Date.UTC(2026, 6, 1);
const options = { create: true, hubName: 'test', now: () => summer };
const first = join(home, 'first');
const keys = await openKeys(first, options);
const differing = (file: string) => (error: unknown) => {
  assert.ok(error instanceof Problem && error.code === 'keys_differ', String(error));
  assert.equal(error.facts['file'], file);
  return true;
};

async function copied(name: string): Promise<HubKeys> {
  copyKeys(first, join(home, name));
  return openKeys(join(home, name), options);
}

/** Compares the keys once. A problem that would halt the process is thrown. */
async function agree(database: TestDatabase, held: HubKeys, now = summer): Promise<AgreedKeys> {
  const agreed = await agreeOnKeys({ app: database.app, now: () => now }, held, (problem) => {
    throw problem;
  });
  agreed.close();
  return agreed;
}

test('copied folders agree; one with another subject key does not serve', async () => {
  const database = await testDatabase();
  assert.equal((await agree(database, keys)).state(), 'ok');
  assert.equal((await agree(database, await copied('second'))).state(), 'ok');
  await copied('other');
  writeFileSync(join(home, 'other', 'subject.key'), `${randomBytes(32).toString('base64url')}\n`);
  await assert.rejects(
    agree(database, await openKeys(join(home, 'other'), options)),
    differing('subject.key'),
  );
});

test('one process makes the key of the year after next; the other reports it as missing, and does not serve in that year without it', async () => {
  const database = await testDatabase();
  const second = await copied('later');
  const january = Date.UTC(2027, 0, 1, 0, 0, 1);
  assert.equal((await agree(database, keys, january)).state(), 'ok');
  assert.ok(existsSync(join(first, 'log-token-2028.key')));
  assert.match((await agree(database, second, january)).state(), /^degraded: log-token-2028\.key/);
  assert.equal(existsSync(join(home, 'later', 'log-token-2028.key')), false);
  await assert.rejects(
    agree(database, second, Date.UTC(2028, 0, 1)),
    (error: unknown) => error instanceof Problem && error.code === 'keys_missing',
  );
  cpSync(join(first, 'log-token-2028.key'), join(home, 'later', 'log-token-2028.key'));
  assert.equal((await agree(database, second, january)).state(), 'ok');
});

test('different keys of one year in two processes are found before the year begins', async () => {
  const database = await testDatabase();
  await agree(database, keys);
  await copied('diverged');
  writeFileSync(join(home, 'diverged', 'log-token-2027.key'), `${randomBytes(32).toString('base64url')}\n`);
  const diverged = await openKeys(join(home, 'diverged'), options);
  await assert.rejects(agree(database, diverged), differing('log-token-2027.key'));
});

test('the destroyed key of a past year is not made again', async () => {
  const database = await testDatabase();
  const before = await copied('forgetting');
  await agree(database, before);
  rmSync(join(home, 'forgetting', 'log-token-2026.key'));
  const after2026 = await openKeys(join(home, 'forgetting'), options);
  assert.equal((await agree(database, after2026, Date.UTC(2027, 1, 1))).state(), 'ok');
  assert.equal(after2026.heldLogToken(2026), undefined);
});

test('the file of next year’s key that cannot be used is reported and stops nothing before that year', async () => {
  const database = await testDatabase();
  await agree(database, keys);
  await copied('copying');
  const file = join(home, 'copying', 'log-token-2027.key');
  const opened = (): Promise<HubKeys> => openKeys(join(home, 'copying'), options);
  chmodSync(file, 0o644);
  assert.match(
    (await agree(database, await opened())).state(),
    /^degraded: log-token-2027\.key in this key folder cannot be used \(keys_unsafe\)$/,
  );
  chmodSync(file, 0o600);
  writeFileSync(file, 'half');
  assert.match((await agree(database, await opened())).state(), /\(keys_malformed\)$/);
  await assert.rejects(
    agree(database, await opened(), Date.UTC(2027, 0, 1)),
    (error: unknown) => error instanceof Problem && error.code === 'keys_malformed',
  );
});

test('a comparison that fails half-way changes nothing of what readiness reports', async () => {
  const database = await testDatabase();
  const january = Date.UTC(2027, 0, 2);
  const lacking = await copied('lacking');
  rmSync(join(home, 'lacking', 'log-token-2028.key'), { force: true });
  await agree(database, await copied('making'), january);
  let isDown = false;
  const app = new Proxy(database.app, {
    get: (pool, name) =>
      name !== 'query'
        ? (Reflect.get(pool, name) as unknown)
        : (text: string, values?: unknown[]) =>
            isDown && text.includes('proposal')
              ? Promise.reject(new Error('down'))
              : database.app.query(text, values),
  });
  const agreed = await agreeOnKeys({ app, now: () => january }, lacking, assert.ifError);
  agreed.close();
  const before = agreed.state();
  assert.match(before, /^degraded: log-token-2028/);
  isDown = true;
  cpSync(join(home, 'making', 'log-token-2028.key'), join(home, 'lacking', 'log-token-2028.key'));
  await assert.rejects(agreed.compare(), /^Error: down$/);
  assert.equal(agreed.state(), before);
  isDown = false;
  await agreed.compare();
  assert.equal(agreed.state(), 'ok');
});

test('a process whose folder is shared finds the key that another one has just created', async () => {
  const database = await testDatabase();
  const january = Date.UTC(2027, 0, 3);
  const one = await copied('shared');
  rmSync(join(home, 'shared', 'log-token-2028.key'), { force: true });
  const other = await openKeys(join(home, 'shared'), options);
  const late: HubKeys = {
    ...other,
    offerLogToken: async (year, accept) => {
      await agree(database, one, january);
      return other.offerLogToken(year, accept);
    },
  };
  assert.equal((await agree(database, late, january)).state(), 'ok');
  assert.ok(existsSync(join(home, 'shared', 'log-token-2028.key')));
});

/** `database.requireSynchronousStandby`: nothing is served by a server whose commits wait for no standby. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { oneLogKey } from '../../../tests/oneLogKey.ts';
import { AuditConnection } from '../../log/store/connection.ts';
import { hubDraft } from '../../log/hubDraft.ts';
import { openAuditLog } from '../../log/openAuditLog.ts';
import { readConfig } from '../config/readConfig.ts';
import { startDatabase } from '../../startDatabase.ts';
import { startPostgres } from '../postgres/startPostgres.ts';
import { asLogin } from './database.ts';
import { migrate } from './migrate.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-standby-'));
const settings = { wal_level: 'replica', max_wal_senders: '4' };
const server = await startPostgres({ stateDir: home, durable: false, settings });
after(async () => {
  await server.destroy();
  rmSync(home, { recursive: true, force: true });
});
const { host, port, user } = server;
const address = { host, port, user, database: 'postgres' };

const config = (requireSynchronousStandby: boolean): Parameters<typeof startDatabase>[0] =>
  readConfig(
    {
      name: 'yunxi',
      publicOrigin: 'https://hub.example:8443',
      stateDir: home,
      database: { durable: false, requireSynchronousStandby },
    },
    {},
  );
const open = (required: boolean): ReturnType<typeof startDatabase> =>
  startDatabase(config(required), { server: Promise.resolve({ ...server, stop: () => Promise.resolve() }) });

const setting = (statement: string): Promise<void> =>
  asLogin(address, async (login) => {
    await login.query(statement);
    await login.query('SELECT pg_reload_conf()');
    await login.query('SELECT pg_sleep(0.3)');
  });

test('without a standby named: refused at the start, unless it is not required', async () => {
  const free = await open(false);
  await migrate(free.database);
  await free.stop();
  await assert.rejects(open(true), { code: 'standby_missing', message: /synchronous standby/ });
});

test('a standby that is removed while the hub serves: appends are refused, and continue when it is back', async () => {
  // commits of this test itself do not wait: the named standby does not exist
  await setting("ALTER SYSTEM SET synchronous_standby_names = 'nowhere'");
  const { database, stop } = await open(true);
  await setting('ALTER SYSTEM RESET synchronous_standby_names');
  const keys = { log: oneLogKey('datong/yunxi'), headMac: createSecretKey(randomBytes(32)) };
  await assert.rejects(new AuditConnection(database).get(), { code: 'standby_missing' });
  const plain = await open(false);
  const log = await openAuditLog({
    database: { ...plain.database, commits: database.commits },
    keys,
    stateDir: home,
  });
  try {
    await log.append(hubDraft('test', plain.database.now(), {}));
    await database.commits.look();
    await assert.rejects(log.append(hubDraft('test', plain.database.now(), {})), { code: 'standby_missing' });
    assert.equal(await database.commits.state(), 'standby_missing');
    await setting("ALTER SYSTEM SET synchronous_standby_names = 'nowhere'");
    await database.commits.look();
    assert.equal(database.commits.trouble(), undefined);
    await setting('ALTER SYSTEM RESET synchronous_standby_names');
    await log.append(hubDraft('test', plain.database.now(), {}));
  } finally {
    await log.close();
    await plain.stop();
    await stop();
  }
});

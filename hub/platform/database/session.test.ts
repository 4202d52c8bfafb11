/** Connections that are not as the hub needs them: each is refused by name, before a statement of the hub's goes through it. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { testDatabase } from '../../../tests/database.ts';
import { startPooler } from '../../../tests/faults/pooler.ts';
import { Problem } from '../../../terms/problem.ts';
import { AuditConnection } from '../../log/store/connection.ts';
import type { SocketOrHost } from './connection.ts';
import { asLogin, openDatabase, type Database, type DatabaseOptions } from './database.ts';
import type { Reader } from './reader.ts';

const database = await testDatabase();
const place = database.address as SocketOrHost;
const asSuperuser = (sql: string): Promise<unknown> =>
  asLogin(place, async (login) => {
    for (const statement of sql.split(';')) await login.query(statement);
  });
const isProblem = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Problem, String(error));
  assert.equal(error.code, code);
  assert.match(`${error.text.en} ${error.next.en}`, words);
  return true;
};
const shown = async (reader: Reader, name: string): Promise<string | undefined> =>
  (await reader.query<Record<string, string>>(`SHOW ${name}`)).rows[0]?.[name];

async function opened<T>(options: DatabaseOptions, work: (opened: Database) => Promise<T>): Promise<T> {
  const another = await openDatabase(place, { durable: false, connections: 2, ...options });
  try {
    return await work(another);
  } finally {
    await another.close();
  }
}

describe('a commit that was acknowledged is on the disk', () => {
  test('synchronous_commit=off at the database is not the hub’s: requests, work and the log wait for the disk', async () => {
    await asSuperuser(`ALTER DATABASE ${place.database} SET synchronous_commit = off`);
    await opened({}, async (another) => {
      assert.equal(await shown(another.app, 'synchronous_commit'), 'on');
      assert.equal(await shown(another.owner, 'synchronous_commit'), 'on');
      const log = new AuditConnection(another);
      assert.equal(await shown(await log.get(), 'synchronous_commit'), 'on');
      await log.close();
    });
  });

  test('a stricter remote_apply is retained', async () => {
    await asSuperuser(`ALTER DATABASE ${place.database} SET synchronous_commit = remote_apply`);
    await opened({}, async (another) => {
      assert.equal(await shown(another.app, 'synchronous_commit'), 'remote_apply');
    });
    await asSuperuser(`ALTER DATABASE ${place.database} RESET synchronous_commit`);
  });

  test('a server without fsync is refused by name, unless it was declared', async () => {
    await assert.rejects(
      openDatabase(place),
      isProblem('database_not_durable', /fsync=off, full_page_writes=off.*durable: false/),
    );
  });
});

describe('a session with other settings or rights', () => {
  test('what login and database set for themselves does not reach the hub', async () => {
    await asSuperuser(
      `ALTER DATABASE ${place.database} SET timezone = 'Asia/Shanghai'; ALTER DATABASE ${place.database} SET search_path = pg_catalog;
       ALTER DATABASE ${place.database} SET default_transaction_isolation = 'serializable'`,
    );
    await opened({}, async (another) => {
      assert.equal(await shown(another.app, 'TimeZone'), 'UTC');
      assert.equal(await shown(another.app, 'search_path'), 'public');
      assert.equal(await shown(another.app, 'transaction_isolation'), 'read committed');
    });
    await asSuperuser(
      `ALTER DATABASE ${place.database} RESET timezone; ALTER DATABASE ${place.database} RESET search_path;
       ALTER DATABASE ${place.database} RESET default_transaction_isolation`,
    );
  });

  test('settings that change values, hide rows or suppress reports of changed rows do not reach the hub', async () => {
    const altered = {
      extra_float_digits: '-5',
      bytea_output: 'escape',
      array_nulls: 'off',
      standard_conforming_strings: 'off',
      transform_null_equals: 'on',
      client_min_messages: 'error',
    };
    for (const [name, value] of Object.entries(altered))
      await asSuperuser(`ALTER DATABASE ${place.database} SET ${name} = '${value}'`);
    await opened({}, async (another) => {
      const { rows } = await another.app.query<{ sum: string; lists: string; equal: boolean }>({
        text: `SELECT (0.1::float8 + 0.2::float8)::text AS sum, array_length(array_remove($1::text[], NULL), 1)::text AS lists, (NULL = NULL) IS NULL AS equal`,
        values: [['a', null]],
      });
      assert.deepEqual(rows[0], { sum: '0.30000000000000004', lists: '1', equal: true });
      assert.equal(await shown(another.app, 'client_min_messages'), 'notice');
      assert.equal(await shown(another.app, 'row_security'), 'off');
    });
    for (const name of Object.keys(altered))
      await asSuperuser(`ALTER DATABASE ${place.database} RESET ${name}`);
  });

  test('requests that may change entries of the log are not served, at the start and while the hub runs', async () => {
    await opened({}, async (another) => {
      await another.check();
      await asSuperuser('GRANT UPDATE ON audit_entry TO datong_app');
      await assert.rejects(another.check(), isProblem('database_session', /datong_app may do too much/));
      await assert.rejects(
        openDatabase(place, { durable: false }),
        isProblem('database_session', /REVOKE UPDATE, DELETE/),
      );
    });
    await asSuperuser('REVOKE UPDATE ON audit_entry FROM datong_app');
  });

  test('triggers switched off for a session are noticed', async () => {
    await asSuperuser(`ALTER DATABASE ${place.database} SET session_replication_role = replica`);
    await assert.rejects(
      openDatabase(place, { durable: false }),
      isProblem('database_session', /session_replication_role is "replica"/),
    );
    await asSuperuser(`ALTER DATABASE ${place.database} RESET session_replication_role`);
  });
});

describe('with a pooler', async () => {
  const dropping = await startPooler(place, { dropsOptions: true });
  const passing = await startPooler(place, { dropsOptions: false });
  after(() => Promise.all([dropping.close(), passing.close()]));
  const through = (pooler: { host: string; port: number }, user = place.user): SocketOrHost => ({
    ...place,
    host: pooler.host,
    port: pooler.port,
    user,
  });

  test('one that drops the parameters is refused: requests would have the rights of the login', async () => {
    await assert.rejects(
      openDatabase(through(dropping), { durable: false }),
      isProblem('database_session', /instead of datong_\w+: a pooler .*database\.appUrl/),
    );
  });

  test('a pooler that passes them on is refused too: it does not guarantee that the next transaction has the same session', async () => {
    await assert.rejects(
      openDatabase(through(passing), { durable: false }),
      isProblem('database_session', /comes through a pooler/),
    );
  });

  test('requests and log that log in as datong_app itself pass, with settings that the role has', async () => {
    await asSuperuser('ALTER ROLE datong_app LOGIN');
    try {
      await opened({ appAddress: through(dropping, 'datong_app') }, async (another) => {
        const { rows } = await another.app.query('SELECT current_user AS acts, session_user AS login');
        assert.deepEqual(rows, [{ acts: 'datong_app', login: 'datong_app' }]);
        assert.equal(await shown(another.app, 'TimeZone'), 'UTC');
        assert.equal(await shown(another.app, 'statement_timeout'), '5s');
        const log = new AuditConnection(another);
        const { rows: acting } = await (await log.get()).query('SELECT session_user AS login');
        assert.deepEqual(acting, [{ login: 'datong_app' }]);
        await log.close();
      });
      await asSuperuser(`ALTER ROLE datong_app IN DATABASE ${place.database} SET synchronous_commit = off`);
      const weak = openDatabase(place, {
        durable: false,
        appAddress: through(dropping, 'datong_app'),
      });
      await assert.rejects(weak, isProblem('database_not_durable', /synchronous_commit=off/));
    } finally {
      await asSuperuser(
        `ALTER ROLE datong_app RESET ALL; ALTER ROLE datong_app IN DATABASE ${place.database} RESET ALL; ALTER ROLE datong_app NOLOGIN`,
      );
    }
  });
});

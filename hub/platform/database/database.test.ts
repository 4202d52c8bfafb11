import assert from 'node:assert/strict';
import { test } from 'node:test';
import type pg from 'pg';
import { testDatabase } from '../../../tests/database.ts';
import { Problem } from '../../../terms/problem.ts';
import { asLogin, openDatabase } from './database.ts';
import { outageOf } from './failure.ts';
import { migrate, pendingMigrations } from './migrate.ts';
import { withTransaction } from './transaction.ts';

const database = await testDatabase();

const problem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

test('each pool acts in its role, whichever user logged in', async () => {
  for (const [pool, role] of [
    [database.app, 'datong_app'],
    [database.owner, 'datong_owner'],
  ] as const) {
    const { rows } = await pool.query<{ role: string }>('SELECT current_user AS role');
    assert.equal(rows[0]?.role, role);
  }
});

test('requests may neither make tables nor read what no migration granted', async () => {
  await assert.rejects(database.app.query('CREATE TABLE mine (a int)'), { code: '42501' });
  await database.owner.query('CREATE TABLE ungranted (a int)');
  await assert.rejects(database.app.query('SELECT * FROM ungranted'), { code: '42501' });
});

test('dates, times and exact numbers come back as PostgreSQL prints them', async () => {
  const { rows } = await database.app.query<Record<string, unknown>>(
    `SELECT date '2024-02-29' AS d, timestamp '2024-02-29 23:59:59.123456' AS t,
            timestamptz '2024-03-01 07:59:59.123456+08' AS z, 9007199254740993::bigint AS b,
            '-0.10'::numeric AS n, 1.5::float8 AS f, '{"a":1}'::jsonb AS j, interval '1 day 2 hours' AS i`,
  );
  assert.deepEqual(rows[0], {
    d: '2024-02-29',
    t: '2024-02-29 23:59:59.123456',
    z: '2024-02-29 23:59:59.123456+00',
    b: '9007199254740993',
    n: '-0.10',
    f: 1.5,
    j: { a: 1 },
    i: 'P1DT2H',
  });
});

test('a connection that breaks while it is checked ends nothing but itself', async () => {
  const held = await database.app.connect();
  try {
    database.app.once('connect', (client) => (client as pg.Client).connection.stream.destroy());
    const requested = await Promise.allSettled(Array.from({ length: 2 }, () => database.app.query('SELECT')));
    const broken = requested.filter((one) => one.status === 'rejected');
    assert.equal(broken.length, 1);
    assert.ok(problem('database_unavailable')(outageOf(broken[0]?.reason)));
  } finally {
    held.release();
  }
});

test('migrating again does nothing, and two at once both succeed', async () => {
  assert.deepEqual(await pendingMigrations(database), []);
  assert.deepEqual(await Promise.all([migrate(database), migrate(database)]), [[], []]);
});

test('a database of a newer release is refused by name', async () => {
  await database.owner.query("INSERT INTO migration (name, batch) VALUES ('999_future', 9)");
  await assert.rejects(migrate(database), problem('database_newer'));
  await database.owner.query("DELETE FROM migration WHERE name = '999_future'");
});

test('a transaction is committed or rolled back whole, and a deadlock victim is run once more', async () => {
  await database.owner.query('CREATE TABLE tally (n int); INSERT INTO tally VALUES (0)');
  await assert.rejects(
    withTransaction(database.owner, async (transaction) => {
      await transaction.query('UPDATE tally SET n = 99');
      throw new Error('no');
    }),
    /^Error: no$/,
  );
  let runs = 0;
  await withTransaction(database.owner, async (transaction) => {
    await transaction.query('UPDATE tally SET n = n + 1');
    runs += 1;
    if (runs === 1) await transaction.query('DO $$ BEGIN RAISE deadlock_detected; END $$');
  });
  const { rows } = await database.owner.query<{ n: number }>('SELECT n FROM tally');
  assert.deepEqual([runs, rows[0]?.n], [2, 1]);
});

test('a session that dies inside a transaction costs that transaction only', async () => {
  await assert.rejects(
    withTransaction(database.owner, async (transaction) => {
      const { rows } = await transaction.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await asLogin(database.address, (login) =>
        login.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]),
      );
      await transaction.query('SELECT 1');
    }),
    /connection/i,
  );
  assert.equal((await database.owner.query('SELECT 1')).rowCount, 1);
});

test('the clock is the database’s', () => {
  assert.ok(Math.abs(database.now() - Date.now()) < 2_000);
  assert.equal(database.clock.trouble(), undefined);
});

test('an unreachable database is one sentence without the password', async () => {
  const refused = openDatabase('postgres://someone:geheim@127.0.0.1:1/none');
  await assert.rejects(refused, (error: unknown) => {
    assert.ok(problem('database_unavailable')(error));
    assert.ok(error instanceof Problem && error.status === 503);
    assert.doesNotMatch(JSON.stringify(error.text), /geheim|someone/);
    return true;
  });
});

test('two that waited for one another say nothing about the call: it may come again', () => {
  const failed = (code: string): Error => Object.assign(new Error('x'), { severity: 'ERROR', code });
  for (const code of ['40P01', '40001', '55P03', '57014']) {
    const problem = outageOf(failed(code));
    assert.deepEqual([problem?.code, problem?.status], ['database_unavailable', 503], code);
  }
  assert.equal(outageOf(failed('22P02')), undefined);
});

test('a server whose table of locks is full is no full disk, and the error names the remedy', async () => {
  const full = Object.assign(new Error('out of shared memory'), { severity: 'ERROR', code: '53200' });
  const problem = outageOf(full);
  assert.equal(problem?.code, 'database_unavailable');
  assert.match(problem.text.en, /53200 .*max_locks_per_transaction/);
  const { rows } = await database.app.query('SHOW max_locks_per_transaction');
  assert.deepEqual(rows, [{ max_locks_per_transaction: '256' }], 'a server that the hub starts has room');
});

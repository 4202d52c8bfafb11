import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { emptyDatabase } from '../../../tests/database.ts';
import { asLogin } from './login.ts';
import { migrationNames } from '../../../migrations/index.ts';
import { migrate } from './migrate.ts';
import { refuseForeign } from './refuseForeign.ts';

const database = await emptyDatabase();
after(() => database.cleanup());

test('a database that holds somebody else’s tables is left as it is', async () => {
  await asLogin(database.address, (login) => login.query('CREATE TABLE public.invoices (id integer)'));
  await assert.rejects(migrate(database), { code: 'database_not_empty', message: /invoices/ });
  const { rows } = await database.owner.query<{ relname: string }>(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
  );
  assert.deepEqual(rows, [{ relname: 'invoices' }]);
  await asLogin(database.address, (login) => login.query('DROP TABLE public.invoices'));
});

const half = migrationNames.slice(0, 20);

test('a migration that was killed half-way is no obstacle', async () => {
  assert.deepEqual(await migrate(database, half), half);
  await database.owner.query('UPDATE migration_lock SET is_locked = 1');
  assert.deepEqual(await migrate(database), migrationNames.slice(half.length));
  await refuseForeign(database.owner);
  assert.deepEqual(await migrate(database), []);
});

test('whoever waits too long for another process that migrates is told so, and changes nothing', async () => {
  // the advisory lock of migrate.ts, held as a process does that is in the middle of it
  await asLogin(database.address, async (login) => {
    await login.query('SELECT pg_advisory_lock($1)', [0x0da7_0016]);
    // all have been done: there is nothing to wait for
    assert.deepEqual(await migrate(database, undefined, 0.4), []);
    const waiting = migrate(database, half, 0.4);
    await assert.rejects(waiting, { code: 'migration_waits', facts: { seconds: 0.4 } });
  });
});

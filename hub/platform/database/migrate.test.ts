import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { emptyDatabase } from '../../../tests/database.ts';
import { asLogin, refuseForeign } from './connection.ts';
import { migrationNames, migrationsFolder } from '../../../migrations/index.ts';
import { migrate } from './migrate.ts';

const database = await emptyDatabase();
after(() => database.cleanup());

test('a database that holds tables of another owner is left as it is', async () => {
  await asLogin(database.address, (login) => login.query('CREATE TABLE public.invoices (id integer)'));
  await assert.rejects(migrate(database), { code: 'database_not_empty', message: /invoices/ });
  const { rows } = await database.owner.query<{ relname: string }>(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
  );
  assert.deepEqual(rows, [{ relname: 'invoices' }]);
  await asLogin(database.address, (login) => login.query('DROP TABLE public.invoices'));
});

const folder = mkdtempSync(join(tmpdir(), 'datong-migrations-'));
after(() => rmSync(folder, { recursive: true, force: true }));
cpSync(migrationsFolder, folder, { recursive: true });
const added = ['9001_question', '9002_folder', '9003_broken'] as const;

test('new migrations run in order, all or none of them', async () => {
  const [question, inFolder, broken] = added;
  // knex would take the question mark for a placeholder
  writeFileSync(
    join(folder, `${question}.sql`),
    `CREATE TABLE asked AS SELECT '{"a": 1}'::jsonb ? 'a' AS there;`,
  );
  mkdirSync(join(folder, inFolder));
  writeFileSync(join(folder, inFolder, '2_insert.sql'), 'INSERT INTO made VALUES (1);');
  writeFileSync(join(folder, inFolder, '1_table.sql'), 'CREATE TABLE made (n integer); -- first');
  const file = join(folder, `${broken}.sql`);
  assert.deepEqual(await migrate(database, { upTo: migrationNames, folder }), migrationNames);
  writeFileSync(file, 'CREATE TABLE half (n integer); SELECT 1 / 0;');
  await assert.rejects(migrate(database, { folder }), { message: /22012/ });
  const { rows: none } = await database.owner.query(
    "SELECT to_regclass('asked') AS asked, to_regclass('half') AS half",
  );
  assert.deepEqual(none, [{ asked: null, half: null }]);
  writeFileSync(file, 'CREATE TABLE half (n integer);');
  assert.deepEqual(await migrate(database, { folder }), added);
  const { rows } = await database.owner.query('SELECT there, n FROM asked, made');
  assert.deepEqual(rows, [{ there: true, n: 1 }]);
});

test('a migration that was killed is no obstacle', async () => {
  await database.owner.query(
    "UPDATE migration_lock SET is_locked = 1; DELETE FROM migration WHERE name = '9003_broken'; DROP TABLE half",
  );
  assert.deepEqual(await migrate(database, { folder }), ['9003_broken']);
  await refuseForeign(database.owner);
  assert.deepEqual(await migrate(database, { folder }), []);
});

test('a release that does not know a recorded migration refuses the database', async () => {
  await assert.rejects(migrate(database), { code: 'database_newer', facts: { migration: '9001_question' } });
  await database.owner.query("DELETE FROM migration WHERE name LIKE '9%'");
  assert.deepEqual(await migrate(database), []);
});

test('a process that waits too long for another one that migrates reports so, and changes nothing', async () => {
  // the advisory lock of migrate.ts, held as a process does that is in the middle of it
  await asLogin(database.address, async (login) => {
    await login.query('SELECT pg_advisory_lock($1)', [0x0da7_0016]);
    // all have been done: there is nothing to wait for
    assert.deepEqual(await migrate(database, { patience: 0.4 }), []);
    const waiting = migrate(database, { upTo: [], patience: 0.4 });
    await assert.rejects(waiting, { code: 'migration_waits', facts: { seconds: 0.4 } });
  });
});

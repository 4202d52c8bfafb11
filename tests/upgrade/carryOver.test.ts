/** A database of the migrations before the baseline is recorded as being at the baseline, or refused, and never changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backup } from '../../hub/platform/backup/store/backup.ts';
import { readArchive, restore } from '../../hub/platform/backup/store/restore.ts';
import { migrate, pendingMigrations } from '../../hub/platform/database/migrate.ts';
import { schemaObjects } from '../../hub/platform/database/schemaObjects.ts';
import type { Reader } from '../../hub/platform/database/reader.ts';
import { baseline, migrationNames } from '../../migrations/index.ts';
import { replacedByBaseline } from '../../migrations/replacedByBaseline.ts';
import { emptyDatabase } from '../database.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { oldDatabase } from './oldDatabase.ts';

async function recorded(reader: Reader): Promise<string[]> {
  const { rows } = await reader.query<{ name: string }>('SELECT name FROM migration ORDER BY id');
  return rows.map(({ name }) => name);
}

test('the baseline is recorded in place of what it replaces, and nothing else changes', async () => {
  const database = await oldDatabase();
  assert.deepEqual(await recorded(database.owner), replacedByBaseline);
  assert.deepEqual(await pendingMigrations(database), migrationNames);
  const before = await schemaObjects(database.owner);
  assert.deepEqual(await migrate(database, { upTo: [baseline] }), [baseline]);
  assert.deepEqual(await recorded(database.owner), [baseline]);
  assert.deepEqual(await schemaObjects(database.owner), before);
  await migrate(database);
  assert.deepEqual(await migrate(database), []);
});

test('several processes may do it at once', async () => {
  const database = await oldDatabase();
  const answers = await Promise.all([migrate(database), migrate(database), migrate(database)]);
  assert.deepEqual(answers.flat(), migrationNames);
});

test('a database with only some of the replaced migrations is refused with the release to use first', async () => {
  const database = await oldDatabase();
  await database.owner.query('DELETE FROM migration WHERE name = $1', [replacedByBaseline.at(-1)]);
  await assert.rejects(migrate(database), {
    code: 'database_release_too_old',
    message: /older than release 0\.1\.0: it has 117 of 118 migrations/,
  });
  assert.equal((await recorded(database.owner)).length, 117);
});

test('a database whose schema was altered is refused by the name of what differs', async () => {
  const changes = [
    ['DROP INDEX batch_published', 'index batch_published'],
    ['ALTER TABLE department ALTER COLUMN name_en DROP NOT NULL', 'table department'],
    ['GRANT DELETE ON consent TO datong_app', 'grants on consent'],
    [
      'DROP TRIGGER role_grant_confirmed_stays ON role_grant',
      'trigger role_grant_confirmed_stays of role_grant',
    ],
    [
      "CREATE OR REPLACE FUNCTION refuse_role_loss() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
      'function refuse_role_loss',
    ],
  ] as const;
  const database = await oldDatabase();
  for (const [at, [change]] of nonEmpty([...changes.entries()])) {
    await database.owner.query(change);
    const named = changes.slice(0, at + 1).map(([, name]) => name);
    const refused = await migrate(database).then(
      () => assert.fail('was carried over'),
      (error: unknown) => error as { readonly code: string; readonly facts: { readonly objects: string } },
    );
    assert.equal(refused.code, 'database_schema_differs');
    assert.deepEqual(refused.facts.objects.split(', ').sort(), named.toSorted());
  }
  assert.deepEqual(await recorded(database.owner), replacedByBaseline);
});

test('objects and grants that an administrator added are no hindrance', async () => {
  const database = await oldDatabase();
  await database.owner.query(
    'CREATE INDEX of_the_city ON department (name_zh); CREATE TABLE rows.of_the_city (n integer)',
  );
  assert.deepEqual(await migrate(database), migrationNames);
});

test('an archive of a database before the baseline is restored', async () => {
  const [old, target] = [await oldDatabase(), await emptyDatabase()];
  const frames: Uint8Array[] = [];
  for await (const frame of backup(old, 'yunxi')) frames.push(frame);
  const archive = async function* (): AsyncGenerator<Uint8Array> {
    for (const frame of frames) yield await Promise.resolve(frame);
  };
  const head = await readArchive(archive());
  assert.deepEqual(head.migrations, replacedByBaseline);
  await restore(target, head, archive());
  assert.deepEqual(await recorded(target.owner), migrationNames);
  const size = 'SELECT size, root FROM audit_head';
  assert.deepEqual((await target.owner.query(size)).rows, (await old.owner.query(size)).rows);
  const half = { ...head, migrations: head.migrations.slice(1) };
  await assert.rejects(restore(await emptyDatabase(), half, archive()), { code: 'database_release_too_old' });
});

/** The migrations: their order, the schema they make, and what that schema itself refuses. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { schemaText, schemaPath, objectsText } from '../scripts/schemaFile.ts';
import { migrate } from '../hub/platform/database/migrate.ts';
import { baseline, migrationFunction, migrationNames, migrationsFolder } from '../migrations/index.ts';
import { emptyDatabase, testDatabase } from './database.ts';

const database = await testDatabase();

test('migrations are numbered without gaps', () => {
  assert.deepEqual(
    migrationNames.map((name) => Number(name.slice(0, 4))),
    migrationNames.map((_, at) => at + 1),
  );
  assert.equal(migrationNames[0], baseline);
});

test('schema.sql is the schema that the migrations make (npm run generate)', async () => {
  assert.equal(await schemaText(database.owner), readFileSync(schemaPath, 'utf8'));
});

test('the baseline never changes', async () => {
  const empty = await emptyDatabase();
  assert.deepEqual(await migrate(empty, { upTo: [baseline] }), [baseline]);
  const expected = readFileSync(join(migrationsFolder, baseline, 'objects.json'), 'utf8');
  assert.equal(await objectsText(empty.owner), expected);
});

test('the body and the arguments of each function are found in the newest migration that creates it', async () => {
  const { rows } = await database.owner.query<{
    name: string;
    body: string;
    signature: string;
    argumentNames: string;
  }>(
    `SELECT p.proname AS name, p.prosrc AS body, coalesce(array_to_string(p.proargnames, ' '), '') AS "argumentNames",
            format('%s(%s)', p.proname, (SELECT string_agg(format_type(a.type, NULL), ', ' ORDER BY n) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, n))) AS signature
       FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace`,
  );
  assert.ok(rows.length >= 10);
  for (const { name, ...expected } of rows) {
    const { body, signature, argumentNames } = migrationFunction(name);
    assert.deepEqual({ body, signature, argumentNames }, expected, name);
  }
  assert.throws(() => migrationFunction('append'), /no migration creates the function append/);
});

const entry = '01890000-0000-7000-8000-000000000000';

test('an owner has one notice under one reference and language', async () => {
  const notice = `INSERT INTO consent_notice (digest, reference, owner, language, text, purposes, registered_by)
    VALUES (repeat($1, 64), 'meals', 'education', $2, $1, '{school-meals}', $3)`;
  await database.owner.query(notice, ['a', 'zh', entry]);
  await database.owner.query(notice, ['b', 'en', entry]);
  await assert.rejects(database.owner.query(notice, ['c', 'zh', entry]), { code: '23505' });
});

test('a person is granted one of the three separated roles', async () => {
  await database.owner.query(
    `INSERT INTO person (id, name, state, invited_by, confirmed_by, made_by, guard) VALUES ('t1', '李工', 'active', 'hub', 'hub', $1, 'several')`,
    [entry],
  );
  await assert.rejects(
    database.owner.query(
      `INSERT INTO role_grant (person, role, granted_by, made_by, guard) VALUES ('t1', 'auditor', 'hub', $1, 'auditor')`,
      [entry],
    ),
    { code: '23503' },
  );
});

/** What stood in a database before a migration stands in it afterwards, in its new shape. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { migrate } from '../hub/store/database/migrate.ts';
import { migrationNames } from '../migrations/index.ts';
import { emptyDatabase } from './database.ts';

const database = await emptyDatabase();
after(() => database.cleanup());

test('tokens of a hub that knew no persons become persons, and one person’s two tokens approve nothing', async () => {
  await migrate(database, migrationNames.slice(0, migrationNames.indexOf('006_persons')));
  const entry = '01890000-0000-7000-8000-000000000000';
  await database.owner.query(
    `INSERT INTO department (code, name_zh, name_en, kind, registered_by) VALUES ('education', '教育局', 'education', 'government', $1)`,
    [entry],
  );
  for (const [id, name, scopes, department] of [
    ['t1', '李工', 'operator', null],
    ['t2', '李工', 'security', null],
    ['t3', '王科', 'auditor steward', 'education'],
  ] as const) {
    await database.owner.query(
      `INSERT INTO staff_token (id, hash, name, scopes, department, expires_at, issued_by, issued_at)
       VALUES ($1, 'hash', $2, $3, $4, now() + interval '1 day', $5, now())`,
      [id, name, scopes, department, entry],
    );
  }
  for (const [id, author, approver] of [
    ['agr-same', 't1', 't2'],
    ['agr-two', 't1', 't3'],
  ]) {
    await database.owner.query(
      `INSERT INTO policy_document (id, version, kind, text, digest, state, author, approver, submitted_by)
       VALUES ($1, 1, 'Agreement', '{}', 'd', 'active', $2, $3, $4)`,
      [id, author, approver, entry],
    );
  }
  await migrate(database, migrationNames.slice(0, migrationNames.indexOf('147_catalogue_titles')));
  await database.owner.query(
    `INSERT INTO catalogue_entry (id, revision, department, document, digest, title_zh, title_en, category, sharing, datasets, words, grams, tags,
         author, approver, registered_by)
       VALUES ('education.roll', 1, 'education', '{"updateFrequency": "daily", "dataClass": "general"}', 'd', '学籍（２０２６）', 'School Roll', '1', 'none',
         '{}', 'education roll 学籍 2026 school roll 学生', ARRAY['学', '籍', '学籍', '生', '学生', '2', '20', 'ro', 'ca', 'at', 'ol'], '{}', 't1', 't3', $1)`,
    [entry],
  );
  await migrate(database, migrationNames.slice(0, migrationNames.indexOf('194_notice_reference')));
  const long = 'a-reference-that-is-as-long-as-one-may-be-and-longer-still';
  for (const [digest, reference, language, registered] of [
    ['a', 'meals', 'zh', 1],
    ['b', 'meals', 'zh', 3],
    ['c', 'meals', 'zh', 2],
    ['d', 'meals', 'en', 1],
    ['e', long, 'zh', 1],
    ['f', long, 'zh', 2],
  ] as const) {
    await database.owner.query(
      `INSERT INTO consent_notice (digest, reference, owner, language, text, purposes, registered_by)
       VALUES (repeat($1, 64), $2, 'education', $3, $1, '{school-meals}', $4)`,
      [digest, reference, language, `01890000-0000-7000-8000-00000000000${registered}`],
    );
  }
  await migrate(database);
  const all = async (sql: string): Promise<unknown[]> => (await database.owner.query<object>(sql)).rows;
  const notices = 'SELECT text, reference, language FROM consent_notice ORDER BY text';
  assert.deepEqual(
    await all(notices),
    [
      // the newest text keeps the reference; the others are told apart by their digest, and the other language is another text
      { text: 'a', reference: 'meals-aaaaaaaaaaaa', language: 'zh' },
      { text: 'b', reference: 'meals', language: 'zh' },
      { text: 'c', reference: 'meals-cccccccccccc', language: 'zh' },
      { text: 'd', reference: 'meals', language: 'en' },
      { text: 'e', reference: 'a-reference-that-is-as-long-as-one-may-b-eeeeeeeeeeee', language: 'zh' },
      { text: 'f', reference: long, language: 'zh' },
    ],
    'doubled notices',
  );
  const again = all(
    `INSERT INTO consent_notice SELECT repeat('9', 64), reference, owner, language, text, purposes, registered_by FROM consent_notice WHERE text = 'b'`,
  );
  await assert.rejects(again, { code: '23505' });
  assert.deepEqual(await all('SELECT id, name, department, state FROM person ORDER BY id'), [
    { id: 't1', name: '李工', department: null, state: 'active' },
    { id: 't3', name: '王科', department: 'education', state: 'active' },
  ]);
  assert.deepEqual(await all('SELECT id, person, kind, roles FROM credential ORDER BY id'), [
    { id: 't1', person: 't1', kind: 'token', roles: 'operator' },
    { id: 't2', person: 't1', kind: 'token', roles: 'security' },
    { id: 't3', person: 't3', kind: 'token', roles: 'auditor steward' },
  ]);
  assert.deepEqual(await all('SELECT person, role, department FROM role_grant ORDER BY person, role'), [
    { person: 't1', role: 'operator', department: null },
    { person: 't1', role: 'security', department: null },
    { person: 't3', role: 'auditor', department: 'education' },
    { person: 't3', role: 'steward', department: 'education' },
  ]);
  assert.deepEqual(
    await all('SELECT title_words, title_grams, update_frequency, data_class FROM catalogue_entry'),
    [
      {
        title_words: '学籍 2026 school roll',
        title_grams: ['学', '籍', '学籍', '2', '20', 'ro', 'ol'],
        update_frequency: 'daily',
        data_class: 'general',
      },
    ],
  );
  // whoever was several of the three keeps it, and is granted none of them any more
  assert.deepEqual(await all('SELECT id, guard FROM person ORDER BY id'), [
    { id: 't1', guard: 'several' },
    { id: 't3', guard: 'auditor' },
  ]);
  await assert.rejects(
    database.owner.query(
      `INSERT INTO role_grant (person, role, granted_by, made_by, guard) VALUES ('t1', 'auditor', 'hub', $1, 'auditor')`,
      [entry],
    ),
    { code: '23503' },
  );
  assert.deepEqual(await all('SELECT id, author, approver FROM policy_document ORDER BY id'), [
    { id: 'agr-same', author: 't1', approver: null },
    { id: 'agr-two', author: 't1', approver: 't3' },
  ]);
});

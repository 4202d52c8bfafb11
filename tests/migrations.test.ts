/** What stood in a database before a migration stands in it afterwards, in its new shape. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { migrate } from '../hub/store/database/migrate.ts';
import { migrationNames } from '../migrations/index.ts';
import { emptyDatabase } from './database.ts';

const database = await emptyDatabase();
after(() => database.cleanup());

const dataset = 'education.hours';
const fileOf = (nth: number): string => `01890000-0000-7000-8000-0000000000f${nth}`;

/** Files of before it was kept which period their oldest row is of. */
async function filesOfPeriods(): Promise<void> {
  await migrate(database, migrationNames.slice(0, migrationNames.indexOf('230_bytes_of_periods')));
  const { owner } = database;
  const entry = '01890000-0000-7000-8000-000000000000';
  await owner.query(
    `INSERT INTO schema_version (urn, name, major, minor, document, digest, registered_by)
     VALUES ('urn:datong:hours:2.1', 'hours', 2, 1, '{}', 'd', $1)`,
    [entry],
  );
  const table = createHash('sha256').update(`${dataset}\nhours@2`).digest('hex').slice(0, 24);
  await owner.query(
    `CREATE TABLE rows.u_${table} (f_time text) PARTITION BY RANGE (f_time);
     CREATE TABLE rows.p_${table}_2026_02 PARTITION OF rows.u_${table} FOR VALUES FROM ('2026-02') TO ('2026-02~');
     CREATE TABLE rows.p_${table}_2026_03 PARTITION OF rows.u_${table} FOR VALUES FROM ('2026-03') TO ('2026-03~');
     CREATE TABLE rows.b_${fileOf(3).replaceAll('-', '')} (f_time text);
     INSERT INTO rows.b_${fileOf(3).replaceAll('-', '')} VALUES ('2026-04-01'), ('2026-03-31')`,
  );
  for (const [id, intake] of [
    [dataset, '{"periods": {"field": "time", "every": "month", "keep": 12}}'],
    ['education.gone', '{"periods": {"field": "time", "every": "year"}}'],
    ['education.plain', '{}'],
  ])
    await owner.query(
      `INSERT INTO dataset (id, department, title_zh, title_en, schema, mode, sharing, digest, intake, registered_by)
       VALUES ($1, 'education', '时', 'hours', 'urn:datong:hours:2.1', 'upsert', 'none', 'd', $2, $3)`,
      [id, intake, entry],
    );
  for (const [nth, of, state, bytes] of [
    [1, dataset, 'published', 1],
    [2, dataset, 'superseded', 1],
    [3, dataset, 'held', 1],
    [4, dataset, 'published', 0],
    [5, dataset, 'failed', 1],
    [6, 'education.gone', 'published', 1],
    [7, 'education.plain', 'published', 1],
    [8, dataset, 'held', 1],
    [9, 'education.gone', 'superseded', 1],
  ] as const) {
    await owner.query(`INSERT INTO batch (id, dataset, department, state) VALUES ($1, $2, 'education', $3)`, [
      ...[fileOf(nth), of, state],
    ]);
    if (bytes > 0)
      await owner.query(
        `INSERT INTO batch_part (batch, at, bytes, sha256, sealed) VALUES ($1, 0, 1, '', 'x')`,
        [fileOf(nth)],
      );
  }
  const found = [
    { code: 'batch_shrunk', severity: 'hold', facts: { rows: 1, reference: 9 } },
    { code: 'too_many_bad_rows', severity: 'hold', facts: { bad: 2 } },
  ];
  await owner.query('UPDATE batch SET findings = $2 WHERE id = $1', [fileOf(3), JSON.stringify(found)]);
  await owner.query(
    `INSERT INTO quarantine (batch, nth, line, problems, sealed) VALUES ($1, 1, 2, '[{"rule": "enum"}, {"rule": "period.over"}]', ''),
       ($2, 1, 2, '[{"rule": "enum"}]', '')`,
    [fileOf(2), fileOf(1)],
  );
  await owner.query(
    `INSERT INTO period_destruction (dataset, period, batch, rows, exchange) VALUES ('education.gone', '2019', $1, 1, $2)`,
    [fileOf(6), entry],
  );
}

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
  await filesOfPeriods();
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
  assert.deepEqual(
    await all(`SELECT right(id::text, 1) AS file, oldest_period FROM batch ORDER BY id`),
    [
      { file: '1', oldest_period: '2026-02' },
      // a row of it came too late for any table
      { file: '2', oldest_period: '0000' },
      { file: '3', oldest_period: '2026-03' },
      // without bytes, never published, or not apart by period
      { file: '4', oldest_period: null },
      { file: '5', oldest_period: null },
      { file: '6', oldest_period: '2019' },
      { file: '7', oldest_period: null },
      { file: '8', oldest_period: '0000' },
      { file: '9', oldest_period: '2019' },
    ],
    'files and their oldest period',
  );
  assert.deepEqual(
    await all(`SELECT findings FROM batch WHERE findings IS NOT NULL AND findings <> '[]'`),
    [
      {
        findings: [
          { code: 'batch_shrunk', severity: 'hold', facts: { rows: 1, reference: 9 } },
          {
            ...{ code: 'too_many_bad_rows', severity: 'hold' },
            facts: { bad: 2, records: '–', limit: '–', allowed: '–' },
          },
        ],
      },
    ],
    'which limit was exceeded is not known any more',
  );
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

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { conflictingRow } from './conflictingRow.ts';
import { isSealed } from './rules.ts';

test('the row that prevents an insertion is sought by its key, which is computed from the row', () => {
  assert.deepEqual(
    conflictingRow(
      'INSERT INTO role_grant (person, role, guard, department) VALUES ($1, $2, f($3, 1), $4) ON CONFLICT (person, role, department) DO NOTHING',
    ),
    {
      table: 'role_grant',
      text: `SELECT FROM role_grant WHERE (person = $1) AND (role = $2) AND (department IS NOT DISTINCT FROM $3) AND ctid <> '(0,0)' AND CASE WHEN (person = $1) AND (role = $2) AND (department IS NOT DISTINCT FROM $3) THEN true ELSE false END LIMIT 1`,
      parameters: [1, 2, 4],
    },
  );
  const where = `(kind = 'oidc') AND (hash = $1) AND (kind <> 'token')`;
  assert.deepEqual(
    conflictingRow(
      `INSERT INTO credential (id, kind, hash) VALUES ($1, 'oidc', $2) ON CONFLICT (kind, hash) WHERE kind <> 'token' DO NOTHING`,
    ),
    {
      table: 'credential',
      text: `SELECT FROM credential WHERE ${where} AND ctid <> '(0,0)' AND CASE WHEN ${where} THEN true ELSE false END LIMIT 1`,
      parameters: [2],
    },
  );
  for (const other of [
    'INSERT INTO department (code) VALUES ($1) ON CONFLICT DO NOTHING',
    'INSERT INTO department (code) VALUES ($1), ($2) ON CONFLICT (code) DO NOTHING',
    'INSERT INTO department (code) SELECT $1 FROM generate_series(1, 0) ON CONFLICT (code) DO NOTHING',
    'INSERT INTO department (code) VALUES ($1) ON CONFLICT (code) DO UPDATE SET code = $1',
    'INSERT INTO department (code) VALUES ($1)',
    'INSERT INTO audit_tile (n) VALUES ($1) ON CONFLICT (n) DO NOTHING',
    'UPDATE department SET code = $1',
  ])
    assert.equal(conflictingRow(other), null, other);
});

/**
 * Statements of the hub that are not compared, by table: they add several rows at once, or name no key. Their rows are sought afterwards. The
 * second one of `late_closing` returns the rows that it added, and compares the others.
 */
const notCompared = [
  'consent_notice',
  'duty',
  'event_delivery',
  'late_closing',
  'late_closing',
  'reminder_told',
];

test('each statement of the hub that adds one row of a sealed table is compared', () => {
  const hub = resolve(import.meta.dirname, '../../..');
  const files = readdirSync(hub, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  const tables = files.flatMap((file) =>
    [
      ...readFileSync(join(hub, file), 'utf8').matchAll(
        /INSERT INTO (\w+)(?:(?!INSERT INTO|`,|',\n)[^])*?ON CONFLICT[^;`]*?DO NOTHING/g,
      ),
    ].flatMap(([text, table = '']) =>
      isSealed(table)
        ? [{ table, isCompared: conflictingRow(text.replaceAll(/\$\{.*?\}/g, 'f($9)')) !== null }]
        : [],
    ),
  );
  const sought = files.flatMap((file) =>
    [
      ...readFileSync(join(hub, file), 'utf8').matchAll(
        /refuseLeftOut(?:Keys)?\(\s*(?:reader|transaction),\s*(?:\{\s*table: )?'(\w+)'/g,
      ),
    ].map(([, table = '']) => table),
  );
  assert.deepEqual(sought.sort(), [...new Set(notCompared)]);
  assert.deepEqual(
    tables
      .filter(({ isCompared }) => !isCompared)
      .map(({ table }) => table)
      .sort(),
    notCompared,
  );
  assert.ok(tables.length > notCompared.length + 8, `${tables.length}`);
});

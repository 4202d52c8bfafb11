/** `verify-backup --restore` finds rows that were changed past the hub before the archive was made: of the hub, and of a dataset. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { migrationNames } from '../../migrations/index.ts';
import { asLogin } from '../../hub/platform/database/database.ts';
import { configurationInFolder } from '../../tests/adjacentConfiguration.ts';
import { administratorSession } from '../../tests/administratorSession.ts';
import { cityHub } from '../../tests/cityHub.ts';
import { typedDatong } from '../../tests/typedDatong.ts';
import { householdFile } from './demo/files/householdFile.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const home = mkdtempSync(join(tmpdir(), 'datong-restored-'));
after(() => rmSync(home, { recursive: true, force: true }));
const config = await configurationInFolder(hub, database.address, home);
const sent = await city.publicSecurity.client.sendFile(
  'pub-security.household',
  householdFile(2_000, 11).bytes,
  {
    mapping: 'household',
  },
);
assert.ok(sent);

interface Found {
  readonly code: number;
  readonly findings: readonly string[];
  readonly leftOut: readonly string[];
}

/** The words that restore an archive for a trial. */
const verified = (name: string): readonly string[] => [
  ...['hub', 'verify-backup', join(home, name), '--restore', '--config', config],
];

/** Makes an archive and verifies it. @returns codes and places of the findings */
async function found(name: string): Promise<Found> {
  const made = await typedDatong(['hub', 'backup', '--out', join(home, name), '--config', config]);
  assert.equal(made.code, 0, made.stderr);
  const ran = await typedDatong([...verified(name), '--json']);
  const { findings, leftOut } = JSON.parse(ran.stdout) as {
    findings: readonly { code: string; path: string }[];
    leftOut: readonly string[];
  };
  return { code: ran.code, findings: findings.map(({ code, path }) => `${code} ${path}`), leftOut };
}

test('an archive of a hub with rows has no finding', async () => {
  assert.deepEqual(await found('whole.dtb'), { code: 0, findings: [], leftOut: [] });
  const ran = await typedDatong([...verified('whole.dtb'), '--lang', 'en']);
  assert.match(ran.stderr, /the log and the sealed rows are verified, and/);
});

test('tables that an archive of an older release has not sealed are named, not called verified', async () => {
  const { rows } = await database.owner.query<{ name: string }>(
    `SELECT table_name AS name FROM row_sum WHERE table_name ~ '^rows[.]b_'`,
  );
  const tables = rows.map(({ name }) => name);
  assert.ok(tables.length > 0);
  const missing = `table_name IN ('purpose', 'rows') OR table_name = ANY ('{${tables.join(',')}}')`;
  const later = migrationNames.find((name) => name.startsWith('0040')) ?? assert.fail();
  const administrator = await administratorSession(database, '-c session_replication_role=replica');
  await administrator.query(`CREATE TEMPORARY TABLE saved_sum AS SELECT * FROM row_sum WHERE ${missing}`);
  await administrator.query(
    `CREATE TEMPORARY TABLE saved_migration AS SELECT * FROM migration WHERE name = '${later}'`,
  );
  await administrator.query(`DELETE FROM row_sum WHERE ${missing}`);
  await administrator.query(`DELETE FROM migration WHERE name = '${later}'`);
  await administrator.query('ALTER TABLE row_sum DROP COLUMN writers, DROP COLUMN writers_mac');
  const { code, findings, leftOut } = await found('older.dtb');
  const ran = await typedDatong([...verified('older.dtb'), '--lang', 'en']);
  await administrator.query(
    'ALTER TABLE row_sum ADD COLUMN writers text, ADD COLUMN writers_mac bytea CHECK (octet_length(writers_mac) = 32)',
  );
  await administrator.query('INSERT INTO row_sum SELECT * FROM saved_sum');
  await administrator.query('INSERT INTO migration SELECT * FROM saved_migration');
  assert.deepEqual([code, findings], [0, []]);
  assert.deepEqual(leftOut, ['purpose', ...tables.toSorted()]);
  assert.match(
    ran.stderr,
    /the log is verified, the rows of \d+ tables are NOT verified .*: purpose, rows\.b_/,
  );
  assert.doesNotMatch(ran.stderr, /sealed rows are verified/);
});

test('a department and a row of a dataset that an administrator altered are found', async () => {
  const { rows } = await database.owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'rows'::regnamespace AND relname ~ '^b_[0-9a-f]{32}$'`,
  );
  const [table] = rows;
  assert.ok(table);
  await asLogin(database.address, (login) =>
    login.query(`SET session_replication_role = replica;
      UPDATE department SET name_en = 'Bureau of Others' WHERE code = 'education';
      UPDATE rows."${table.name}" SET f_address = 'x' WHERE _row = 3`),
  );
  const { code, findings } = await found('altered.dtb');
  assert.equal(code, 5);
  assert.equal(findings.length, 2, findings.join());
  assert.equal(findings[0], 'row_altered department education');
  assert.equal(findings[1], `dataset_rows_altered rows.${table.name}`);
});

/** `verify-backup --restore` finds rows that were changed past the hub before the archive was made: of the hub, and of a dataset. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { asLogin } from '../../hub/platform/database/database.ts';
import { addressUrl } from '../../tests/addressUrl.ts';
import { cityHub } from '../../tests/cityHub.ts';
import { typedDatong } from '../../tests/typedDatong.ts';
import { householdFile } from './demo/files/householdFile.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const home = mkdtempSync(join(tmpdir(), 'datong-restored-'));
after(() => rmSync(home, { recursive: true, force: true }));
const config = join(home, 'hub.json');
writeFileSync(
  config,
  JSON.stringify({
    name: 'yunxi',
    publicOrigin: 'https://localhost:8443',
    stateDir: hub.stateDir,
    database: { url: addressUrl(database.address), durable: false },
  }),
);
const sent = await city.publicSecurity.client.sendFile(
  'pub-security.household',
  householdFile(2_000, 11).bytes,
  {
    mapping: 'household',
  },
);
assert.ok(sent);

/** Makes an archive and verifies it. @returns codes and places of the findings */
async function found(name: string): Promise<{ readonly code: number; readonly findings: readonly string[] }> {
  const archive = join(home, name);
  const made = await typedDatong(['hub', 'backup', '--out', archive, '--config', config]);
  assert.equal(made.code, 0, made.stderr);
  const ran = await typedDatong(['hub', 'verify-backup', archive, '--restore', '--json', '--config', config]);
  const { findings } = JSON.parse(ran.stdout) as { findings: readonly { code: string; path: string }[] };
  return { code: ran.code, findings: findings.map(({ code, path }) => `${code} ${path}`) };
}

test('an archive of a hub with rows has no finding', async () => {
  assert.deepEqual(await found('whole.dtb'), { code: 0, findings: [] });
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

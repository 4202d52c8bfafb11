import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createRoot } from '../../../certs/authority/createAuthority.ts';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { keyFiles } from '../../../hub/platform/keys/createKeys.ts';
import { writeKey } from '../../../hub/platform/keys/keyFolder.ts';
import { newKeyPair, newSerial } from '../../../machine/newKeyPair.ts';
import type { SocketOrHost } from '../../../hub/platform/database/connection.ts';
import { testDatabase } from '../../../tests/database.ts';
import { runDatong, type Ran } from '../../../tests/datong.ts';
import { writeRequest } from '../authority/authority.ts';
import { signed } from '../authority/sign.ts';
import { lastLeaf } from '../../../tests/flows/leaves.ts';

const database = await testDatabase();
const home = mkdtempSync(join(tmpdir(), 'datong-admin-'));
after(() => rmSync(home, { recursive: true, force: true }));
const { host, port, user, database: name } = database.address as SocketOrHost;
const config = join(home, 'hub.json');
writeFileSync(
  config,
  JSON.stringify({
    name: 'test',
    publicOrigin: 'https://localhost:8443',
    stateDir: join(home, 'state'),
    database: {
      url: `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`,
      durable: false,
    },
  }),
);

const datong = (...args: string[]): Promise<Ran> => runDatong(args);

/** What a ceremony made, as docs/keys.md describes it. @returns the root's pin */
async function ceremony(): Promise<string> {
  const made = await createRoot('test', Date.now(), { keyPair: newKeyPair, serial: newSerial });
  mkdirSync(join(home, 'root'), { mode: 0o700 });
  for (const part of ['rootKey', 'rootCertificate', 'rootRevocationList'] as const)
    writeKey(join(home, 'root'), keyFiles[part], made[part]);
  const out = join(home, 'authority');
  const { request } = await writeRequest({ out });
  await signed(request, { root: join(home, 'root'), out, from: 'now', revoke: [] });
  return pinOf(made.rootCertificate);
}

test('two persons are invited: only hashes of their codes are stored, each has an entry, neither has a token', async () => {
  const made = await ceremony();
  const given = ['--authority', join(home, 'authority')];
  const first = await datong(
    ...['admin', 'bootstrap', '--config', config, '--operator', '李工', '--security', '王科', '--json'],
    ...given,
  );
  assert.equal(first.code, 0, first.stderr);
  const { pin, persons } = JSON.parse(first.stdout) as {
    pin: string;
    persons: { person: string; role: string; code: string; second: string }[];
  };
  assert.equal(pin, made, 'the hub began with the authority that it was given');
  assert.ok(!readdirSync(join(home, 'state', 'keys')).includes('authority-root.pem'));
  assert.deepEqual(
    persons.map(({ role }) => role),
    ['operator', 'security'],
  );
  const { rows: stored } = await database.app.query(
    "SELECT p.state, i::text AS text FROM person p JOIN invitation i ON i.person = p.id WHERE p.invited_by = 'hub'",
  );
  assert.deepEqual(
    stored.map((row) => (row as { state: string }).state),
    ['invited', 'invited'],
  );
  for (const { code, second } of persons) {
    for (const secret of [code, second, code.slice(3), second.slice(3)]) {
      assert.ok(!JSON.stringify(stored).includes(secret), 'the secret is not stored');
    }
  }
  assert.equal((await database.app.query('SELECT 1 FROM credential')).rows.length, 0);
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.actor.staff, leaf.change?.['person'], leaf.change?.['roles']],
    ['bootstrap', 'hub', persons[1]?.person, 'security@office'],
  );

  const second = await datong('admin', 'bootstrap', '--config', config);
  assert.deepEqual([second.code, second.stdout], [1, '']);
  assert.match(second.stderr, new RegExp(persons[0]?.person ?? '-'));
  const other = await datong('admin', 'bootstrap', '--config', config, '--force', ...given);
  assert.deepEqual([other.code, other.stdout], [4, '']);
  assert.match(other.stderr, /holds keys and an authority already/);
  const forced = await datong('admin', 'bootstrap', '--config', config, '--force');
  assert.equal(forced.code, 0, forced.stderr);
  assert.match(
    forced.stdout,
    /^datong client accept DT-\S+ DT-\S+ --hub https:\S+ --pin sha256:\S+ --login operator\n/,
  );
});

test('missing keys of an existing log are never made anew', async () => {
  rmSync(join(home, 'state', 'keys'), { recursive: true });
  const ran = await datong('admin', 'bootstrap', '--config', config, '--force');
  assert.notEqual(ran.code, 0);
  assert.match(ran.stderr, /keys_missing/);
});

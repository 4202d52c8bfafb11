import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import type { SocketOrHost } from '../../../hub/store/address.ts';
import { testDatabase } from '../../../tests/database.ts';
import { runDatong, type Ran } from '../../../tests/datong.ts';

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
    database: { url: `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(host)}` },
  }),
);

const datong = (...args: string[]): Promise<Ran> => runDatong(args);

test('the first operator token is made once, stored as a hash, and an entry of the log', async () => {
  const first = await datong('admin', 'bootstrap', '--config', config, '--name', '李工', '--json');
  assert.equal(first.code, 0, first.stderr);
  const { id, token } = JSON.parse(first.stdout) as { id: string; token: string };
  assert.match(token, new RegExp(`^dtg_${id}_[A-Za-z0-9_-]{43}$`));

  const { rows: stored } = await database.app.query('SELECT * FROM staff_token');
  assert.equal(stored.length, 1);
  assert.ok(!JSON.stringify(stored).includes(token.slice(-43)), 'the secret is not stored');
  const { rows: entries } = await database.app.query<{ leaf: Buffer }>(
    'SELECT leaf FROM audit_entry ORDER BY idx DESC LIMIT 1',
  );
  const leaf = parseLeaf(entries[0]?.leaf ?? new Uint8Array());
  assert.deepEqual([leaf.operation, leaf.actor.staff, leaf.change?.['token']], ['bootstrap', 'hub', id]);

  const second = await datong('admin', 'bootstrap', '--config', config);
  assert.deepEqual([second.code, second.stdout], [1, '']);
  assert.match(second.stderr, new RegExp(id));
  const forced = await datong('admin', 'bootstrap', '--config', config, '--force');
  assert.equal(forced.code, 0, forced.stderr);
  assert.match(forced.stdout, /^dtg_/);
});

test('keys that are missing beside an old log are never made anew', async () => {
  rmSync(join(home, 'state', 'keys'), { recursive: true });
  const ran = await datong('admin', 'bootstrap', '--config', config, '--force');
  assert.notEqual(ran.code, 0);
  assert.match(ran.stderr, /keys_missing/);
});

/** Submissions that meet: the same call twice at once, two batches of one dataset, two hubs of one database. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { testHub } from '../hub.ts';
import { commit, open, put, stateOf, tables, reported, uploaded } from './intakeCalls.ts';
import { newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({}, { connections: 10 });
const { client } = city.publicSecurity;
const household = 'pub-security.household';
const count = (codes: readonly string[], code: string): number => codes.filter((one) => one === code).length;

test('one idempotency key at once: one batch is opened, and every caller gets it', async () => {
  const key = { 'datong-idempotency-key': randomUUID() };
  const before = (await database.app.query('SELECT 1 FROM batch')).rowCount ?? 0;
  const opened = await Promise.all(Array.from({ length: 6 }, () => open(client, household, key)));
  assert.equal(new Set(opened).size, 1);
  assert.equal((await database.app.query('SELECT 1 FROM batch')).rowCount, before + 1);
  const leaves = (await newestLeaves(database, 6)).filter(({ operation }) => operation === 'openBatch');
  const [act, ...more] = leaves.filter(({ repeatOf }) => repeatOf === undefined);
  assert.deepEqual([leaves.length, more.length], [6, 0]);
  for (const leaf of leaves) if (leaf !== act) assert.equal(leaf.repeatOf, act?.id);
});

test('two parts for one place at once: one is stored, and the file is whole', async () => {
  const { bytes } = householdFile(1400, 40);
  const other = Buffer.from(bytes).fill(0x41, 0, 100);
  const batch = await open(client, household);
  const codes = await Promise.all(
    [bytes, other, bytes, other].map((part) => reported(put(client, batch, 0, part))),
  );
  assert.ok(count(codes, '200') >= 1, codes.join());
  for (const code of codes) assert.ok(['200', 'part_differs'].includes(code), code);
  const { rows } = await database.app.query('SELECT 1 FROM batch_part WHERE batch = $1', [batch]);
  assert.equal(rows.length, 1);
});

test('one batch committed many times at once is loaded once', async () => {
  const { bytes } = householdFile(1400, 41);
  const batch = await uploaded(client, household, bytes);
  const codes = await Promise.all(
    Array.from({ length: 6 }, () => reported(commit(client, batch, bytes, 'household'))),
  );
  assert.ok(count(codes, '200') >= 1, codes.join());
  for (const code of codes) assert.ok(['200', '202', 'batch_claimed'].includes(code), code);
  const entries = (await newestLeaves(database, 12)).filter(
    (leaf) => leaf.operation === 'commitBatch' && leaf.decision === 'allow' && leaf.batch?.id === batch,
  );
  assert.equal(entries.filter((leaf) => leaf.batch?.rows === 1388).length, count(codes, '200'));
});

test('batches of one dataset published at once, by two hubs: one is current, and only its rows are seen', async () => {
  const second = await testHub({ database, keysDir: hub.hub.config.keysDir });
  const { department, tls, signing } = city.publicSecurity;
  const { exchange, open: openOrigin } = second.hub.origins;
  const elsewhere = new DatongClient({
    department,
    hub: { exchange, open: openOrigin },
    ca: second.ca,
    tls,
    signingKey: signing,
  });
  try {
    const files = Array.from({ length: 5 }, (_, i) => householdFile(1400, 50 + i).bytes);
    const batches = await Promise.all(files.map((bytes) => uploaded(client, household, bytes)));
    const codes = await Promise.all(
      files.map((bytes, i) =>
        reported(commit(i % 2 === 0 ? client : elsewhere, batches[i] ?? '', bytes, 'household')),
      ),
    );
    assert.deepEqual(codes, ['200', '200', '200', '200', '200']);
    const { rows } = await database.app.query<{ id: string; current: boolean }>(
      `SELECT b.id, d.current_batch = b.id AS current FROM batch b JOIN dataset d ON d.id = b.dataset
        WHERE b.state = 'published' AND d.id = $1`,
      [household],
    );
    assert.deepEqual(
      rows.map(({ current }) => current),
      [true],
    );
    const there = await tables(database);
    assert.ok(there.includes(rows[0]?.id ?? ''));
    assert.ok(there.length <= 2, 'the current one, and the one before it for cursors');
    for (const batch of batches) assert.notEqual((await stateOf(database, batch)).receipt, null);
  } finally {
    elsewhere.close();
    await second.stop();
  }
});

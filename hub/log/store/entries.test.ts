import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { maxLeafLength } from '../../../log/leafBytes.ts';
import { testDatabase } from '../../../tests/database.ts';
import { entriesBetween, scanEntries } from './entries.ts';
import { ensurePartitions } from './partitions.ts';

const database = await testDatabase();
after(() => database.close());

/** Whole columns and missing ones, texts with what would part them elsewhere, and bytes that pack nothing. */
const entries = 2_100;
await ensurePartitions(database.owner, entries);
await database.owner.query(
  `INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, code, keyid, nonce, leaf, hash)
   SELECT g, timestamptz '2026-09-01 00:00:00.007Z' + g * interval '1 second', gen_random_uuid(), CASE WHEN g % 3 > 0 THEN E'a\\tb,{"\\\\' || g END,
          CASE WHEN g % 5 > 0 THEN '公安' || g END, CASE WHEN g % 2 > 0 THEN '' END, 'allow', CASE WHEN g % 7 = 0 THEN 'NULL' END,
          CASE WHEN g % 4 = 0 THEN 'key' END, CASE WHEN g % 4 = 0 THEN md5(g::text) END, decode(repeat('00ff7b', g % 40), 'hex'), sha256(g::text::bytea)
     FROM generate_series(0, ${entries - 1}) AS g WHERE g <> 1500`,
);

test('entries that are scanned are those that are read row by row, whatever their columns hold', async () => {
  for (const [from, to] of [
    [0, entries],
    [5, 6],
    [1_023, 1_026],
    [1_499, 1_502],
    [1_499 - 128, 1_502],
    [entries, entries + 10],
    [7, 7],
  ] as const) {
    const scanned = await scanEntries(database.app, from, to);
    const read = await entriesBetween(database.app, from, to);
    assert.deepEqual(
      scanned.map((entry) => ({ ...entry, leaf: Buffer.from(entry.leaf), hash: Buffer.from(entry.hash) })),
      read.map((entry) => ({ ...entry, leaf: Buffer.from(entry.leaf), hash: Buffer.from(entry.hash) })),
    );
  }
  const whole = await scanEntries(database.app, 0, entries);
  assert.equal(whole.length, entries - 1);
  assert.deepEqual([whole[6]?.columns.dataset, whole[7]?.columns.dataset], [undefined, '']);
});

test('bytes that are too long for a leaf, or no hash, come as none, long texts cut, and their neighbours as they are', async () => {
  await database.owner.query('ALTER TABLE audit_entry DISABLE TRIGGER ALL');
  await database.owner.query(`UPDATE audit_entry SET leaf = decode(repeat('7b', $1), 'hex') WHERE idx = 9`, [
    maxLeafLength + 1,
  ]);
  await database.owner.query(
    `UPDATE audit_entry SET hash = hash || '\\x00'::bytea, consumer = repeat('c', 1000000) WHERE idx = 9`,
  );
  const [before, long, behind] = await scanEntries(database.app, 8, 11);
  assert.deepEqual([before?.index, long?.index, behind?.index], [8, 9, 10]);
  assert.deepEqual([long?.leaf.length, long?.hash.length, long?.columns.consumer?.length], [0, 0, 1_000]);
  assert.deepEqual(Buffer.from(behind?.leaf ?? []), Buffer.from('00ff7b'.repeat(10), 'hex'));
});

test('invalid indexes are not queried', async () => {
  await assert.rejects(scanEntries(database.app, 0, Number.NaN), RangeError);
  await assert.rejects(scanEntries(database.app, 0.5, 1), RangeError);
});

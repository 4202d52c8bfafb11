import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { testDatabase } from '../../../tests/database.ts';
import { connectionOf } from './address.ts';
import { binaryRow } from './binaryRow.ts';

const database = await testDatabase();
after(() => database.close());

test('the columns of one row as they lie: bytes of every value and any length, a number, NULL; none where there is no row', async () => {
  const wanted = Buffer.from(Array.from({ length: 300_001 }, (_, i) => (i * 31) % 256));
  const hex = wanted.toString('hex');
  const row = await binaryRow(database.app, `SELECT 70000, NULL::bytea, '\\x${hex}'::bytea, ''::bytea`);
  assert.ok(row);
  const [number, none, bytes, empty] = row;
  assert.deepEqual([number?.readInt32BE(0), none, empty?.length], [70_000, null, 0]);
  assert.ok(bytes?.equals(wanted));
  assert.equal(await binaryRow(database.app, 'SELECT 1 WHERE false'), undefined);
});

test('what the server refuses, or does not answer in time, is told, and the pool goes on', async () => {
  await assert.rejects(binaryRow(database.app, 'SELECT nothing'), /column "nothing" does not exist/);
  await assert.rejects(
    binaryRow(database.app, 'SELECT 1 / (SELECT count(*) FROM pg_class WHERE false)'),
    /division/,
  );
  assert.deepEqual(await binaryRow(database.app, 'SELECT true'), [Buffer.from([1])]);
  const hasty = new pg.Pool({ ...connectionOf(database.address), max: 1, query_timeout: 200 });
  await assert.rejects(binaryRow(hasty, 'SELECT pg_sleep(30)'), /timeout/i);
  await hasty.end();
});

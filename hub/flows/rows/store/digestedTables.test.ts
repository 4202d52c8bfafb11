/** Rows that an earlier release stored get digests once; the keyed set hash. */
import assert from 'node:assert/strict';
import { createHmac, createSecretKey, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { testDatabase } from '../../../../tests/database.ts';
import { rememberedVersions } from '../../../../tests/rememberedVersions.ts';
import { batchTable } from '../../../domain/rowTable/layout.ts';
import { literalName } from '../../../domain/rowTable/names.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { SetHash } from '../../../platform/database/authenticated/setHash.ts';
import { inSnapshot, withTransaction } from '../../../platform/database/transaction.ts';
import { digestedTables, digestStoredRows, faultOf } from './digestedTables.ts';
import { digestAnew, faultOfTable, PartitionDropped } from './rowDigests.ts';

const key = createSecretKey(Buffer.alloc(32, 7));

test('tables from before this release get digests once, with how many there were; later ones without a digest are found', async () => {
  const database = await testDatabase();
  const batch = batchTable(randomUUID());
  const lasting = literalName('rows', `u_${'0a'.repeat(12)}`);
  await database.owner.query(
    `CREATE TABLE ${batch} (_row bigint, _subject bytea, f_a text, f_b json);
     ALTER TABLE ${batch} ADD COLUMN _batch uuid DEFAULT '${batch.slice(-33, -1).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}';
     INSERT INTO ${batch} SELECT n, NULL, 'a' || n, '{"x": null}' FROM generate_series(1, 3) AS n;
     CREATE TABLE ${lasting} (f_a text, f_n double precision, _batch uuid NOT NULL, _row bigint GENERATED ALWAYS AS IDENTITY, _subject bytea);
     INSERT INTO ${lasting} (f_a, f_n, _batch, _subject) SELECT 'a' || n, n / 3.0, gen_random_uuid(), '\\x01' FROM generate_series(1, 3) AS n`,
  );
  const counted: number[] = [];
  const digest = (): Promise<void> =>
    digestStoredRows(database, (tables) => Promise.resolve(counted.push(tables)));
  sealingOf(database.app)?.begin(key, rememberedVersions());
  await digest();
  assert.deepEqual([...(await digestedTables(database.app))], [batch, lasting]);
  for (const table of [batch, lasting]) assert.equal(await faultOf(database, table), undefined);
  // a column of a later version changes no digest while it is empty
  for (const table of [batch, lasting]) {
    await database.owner.query(`ALTER TABLE ${table} ADD COLUMN f_later text`);
    assert.equal(await faultOf(database, table), undefined);
    await database.owner.query(`UPDATE ${table} SET f_later = 'x' WHERE _row = 1`);
    assert.equal(await faultOf(database, table), 'rows_altered');
  }
  // another process, with a state folder of its own, makes none again
  sealingOf(database.app)?.begin(key, rememberedVersions());
  await digest();
  assert.deepEqual(counted, [2]);
  assert.equal(await faultOf(database, lasting), 'rows_altered');
  await database.owner.query(`DELETE FROM row_sum WHERE table_name LIKE 'rows.u%'`);
  assert.equal(await faultOf(database, lasting), 'rows_undigested');
});

test('a partition that is dropped while its table is compared is no alteration; one that is dropped past the hub is', async () => {
  const database = await testDatabase();
  const lasting = literalName('rows', `u_${'0b'.repeat(12)}`);
  const part = (period: string): string => lasting.replace(/"$/, `_${period}"`);
  await database.owner.query(
    `CREATE TABLE ${lasting} (f_a text, _batch uuid NOT NULL, _row bigint NOT NULL, _subject bytea) PARTITION BY RANGE (f_a);
     CREATE TABLE ${part('a')} PARTITION OF ${lasting} FOR VALUES FROM ('a') TO ('b');
     CREATE TABLE ${part('b')} PARTITION OF ${lasting} FOR VALUES FROM ('b') TO ('c');
     CREATE TABLE ${part('c')} PARTITION OF ${lasting} FOR VALUES FROM ('c') TO ('d');
     INSERT INTO ${lasting} SELECT f, gen_random_uuid(), n, NULL FROM (VALUES ('a', 1), ('b', 2), ('c', 3)) AS v (f, n)`,
  );
  sealingOf(database.app)?.begin(key, rememberedVersions());
  await digestStoredRows(database, () => Promise.resolve());
  const compared = inSnapshot(database.owner, async (snapshot) => {
    await snapshot.query('SELECT FROM row_sum');
    // as `destroyPeriods` does it: first the rows, then the empty partition
    await withTransaction(database.owner, async (transaction) => {
      await transaction.query(`DELETE FROM ${part('a')}`);
      await digestAnew(transaction, lasting);
    });
    await database.owner.query(`DROP TABLE ${part('a')}`);
    return faultOfTable(snapshot, lasting);
  });
  await assert.rejects(compared, PartitionDropped);
  assert.equal(await faultOf(database, lasting), undefined);
  await database.owner.query(`DROP TABLE ${part('b')}`);
  assert.equal(await faultOf(database, lasting), 'rows_altered');
});

test('a set hash is the sum of HMACs, whatever their order, and a removed text leaves no trace', () => {
  const ofSet = createHmac('sha256', key).update('datong set 1\nrows.x').digest();
  const macOf = (text: string): bigint =>
    BigInt(`0x${createHmac('sha256', ofSet).update(text).digest('hex')}`);
  const modulus = 1n << 256n;
  const set = new SetHash(key, 'rows.x');
  for (const text of ['b', 'a', 'c', 'a']) set.add(text);
  set.remove('c');
  assert.equal(set.count, 3);
  assert.equal(set.sumWith(5n), (5n + macOf('a') + macOf('a') + macOf('b')) % modulus);
  const less = new SetHash(key, 'rows.x');
  less.remove('a');
  assert.equal(less.sumWith(0n), modulus - macOf('a'));
  const other = new SetHash(key, 'rows.y');
  other.add('a');
  assert.notEqual(other.sumWith(0n), macOf('a'));
});

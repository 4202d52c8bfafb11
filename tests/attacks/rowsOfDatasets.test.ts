/**
 * A database administrator without a key of the hub changes rows of datasets, their digests, or which batch readers see. A finding is there
 * after the next run of the job `verifyDatasets`. What the hub itself changes is no finding.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { batchTable, datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { administratorSession } from '../administratorSession.ts';
import { randomComparisons, RandomComparisons } from '../../hub/flows/intake/jobs/randomComparisons.ts';
import { verifyDatasets } from '../../hub/flows/intake/jobs/verifyDatasets.ts';
import { inShortSnapshot } from '../../hub/flows/rows/store/digestedTables.ts';
import { PartitionDropped } from '../../hub/flows/rows/store/rowDigests.ts';
import { jobChecks } from '../../hub/features/health/jobChecks.ts';
import { copiedBytes } from '../../hub/platform/database/binaryRows.ts';
import { failureOf } from '../../hub/platform/database/failure.ts';
import { inSavepoint } from '../../hub/platform/database/transaction.ts';
import type { JobRun } from '../../hub/platform/jobs/job.ts';
import { guardedDatasets } from '../flows/guardedDatasets.ts';
import { idsOf, people, place } from '../flows/householdRecords.ts';
import { post, reported } from '../flows/intakeCalls.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');
const { dataset, sent } = guardedDatasets(hub, { operator: city.operator, steward, client });

/** A session of the superuser, past the hub. */
const administrator = await administratorSession(database);
after(() => hub.stop());

/** Codes and tables of what the job has found about rows of datasets. */
async function found(): Promise<string[]> {
  assert.equal(await hub.hub.runner.run('verifyDatasets'), 'ok');
  const { rows } = await administrator.query<{ code: string; about: string }>(
    `SELECT code, about FROM log_finding WHERE about <> '' ORDER BY about`,
  );
  return rows.map(({ code, about }) => `${code} ${about}`);
}
const name = (table: string): string => table.replaceAll('"', '');
const lasting = (id: string) => {
  const schema = hub.hub.services.registry.current.datasets.get(id)?.schema;
  return datasetTable(id, schema ?? assert.fail());
};
/** Does as the administrator, asserts what is found, undoes it, and asserts that nothing is. */
async function isFound(doing: string, undoing: string, ...expected: readonly string[]): Promise<void> {
  await administrator.query(doing);
  assert.deepEqual(await found(), expected, doing);
  await administrator.query(undoing);
  assert.deepEqual(await found(), [], undoing);
}

const { relation, address } = place;

test('rows that are put back before each run of the job are found by a comparison at random', async () => {
  const id = await dataset('toggled');
  const { batch } = await sent(id, people(10, 7), { corrects: undefined });
  const table = batchTable(batch);
  const comparisons = new RandomComparisons(database);
  const job = verifyDatasets(database, comparisons);
  const acts: string[] = [];
  const run: JobRun = {
    now: () => hub.hub.database.now(),
    state: null,
    signal: new AbortController().signal,
    act: ({ change }) => {
      acts.push(String(change?.['first'] ?? change?.['mended']));
      return Promise.reject(new Error('no entry'));
    },
  };
  await comparisons.compare();
  assert.equal(comparisons.poll(), false);
  const { rows } = await administrator.query<{ address: string }>(
    `SELECT f_address AS address FROM ${table} WHERE _row = 3`,
  );
  await administrator.query(`UPDATE ${table} SET f_address = 'x' WHERE _row = 3`);
  await comparisons.compare();
  await administrator.query(`UPDATE ${table} SET f_address = $1 WHERE _row = 3`, [rows[0]?.address]);
  assert.equal(comparisons.poll(), true, 'the job runs early');
  await assert.rejects(job.run(run), /no entry/);
  assert.deepEqual(acts, ['dataset_rows_altered']);
  assert.equal(comparisons.poll(), true, 'a fault is remembered until it has an entry');
});

test('a lock on one table, or the cancellation of its comparison, hides no other table, and readiness names table and cause', async () => {
  const [one, other] = [await dataset('locked'), await dataset('hidden')];
  const tables: string[] = [];
  for (const id of [one, other])
    tables.push(batchTable((await sent(id, people(10, 7), { corrects: undefined })).batch));
  const [locked = assert.fail(), hidden = assert.fail()] = tables;
  const clock = { aheadMs: 0 };
  const own = { ...database, now: () => database.now() + clock.aheadMs };
  const comparisons = randomComparisons(own);
  const { comparisons: check } = jobChecks(own);
  const ready = async (): Promise<string> => (await check?.()) ?? assert.fail();
  for (const name of ['verifyRows', 'verifyDatasets', 'reverifyLog'])
    assert.equal(await hub.hub.runner.run(name), 'ok');
  const blocker = await administratorSession(database);
  const minute = 60_000;
  for (const [cause, words] of [
    ['locked', 'another session holds a lock'],
    ['cancelled', 'their statements are cancelled'],
  ] as const) {
    await blocker.query(`BEGIN; LOCK TABLE ${locked} IN ACCESS EXCLUSIVE MODE`);
    const cancels = setInterval(() => {
      if (cause === 'cancelled')
        void administrator.query(
          `SELECT pg_cancel_backend(pid) FROM pg_locks WHERE NOT granted AND relation = '${locked}'::regclass`,
        );
    }, 20);
    await comparisons.compare();
    await administrator.query(`UPDATE ${hidden} SET f_address = f_address || 'x' WHERE _row = 3`);
    clock.aheadMs += 4 * minute;
    assert.equal(await ready(), 'ok', 'once is no attack');
    await comparisons.compare();
    assert.deepEqual([...comparisons.faults], [[hidden, 'rows_altered']]);
    const [first] = comparisons.hindered(own.now());
    assert.equal(first?.cause, cause);
    assert.match(await ready(), new RegExp(`^degraded: .* read ${name(locked)} since \\S+Z: ${words}$`));
    await administrator.query(`UPDATE ${hidden} SET f_address = left(f_address, -1) WHERE _row = 3`);
    comparisons.markRecorded(comparisons.faults);
    clearInterval(cancels);
    await blocker.query('ROLLBACK');
    await comparisons.compare();
    assert.deepEqual([comparisons.hindered(own.now()), comparisons.faults.size], [[], 0]);
    clock.aheadMs = 0;
  }
});

test('a table whose comparison is cancelled now and then is named, although others of it succeed', async () => {
  const { batch } = await sent(await dataset('intervals'), people(10, 7), { corrects: undefined });
  const table = batchTable(batch);
  const clock = { aheadMs: 0 };
  const own = { ...database, now: () => database.now() + clock.aheadMs };
  const comparisons = new RandomComparisons(own);
  const blocker = await administratorSession(database);
  const named = () =>
    comparisons
      .hindered(own.now())
      .filter((one) => one.name === name(table))
      .map(({ cause, times }) => [cause, times]);
  for (let nth = 1; nth <= 3; nth += 1) {
    await blocker.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    const cancels = setInterval(() => {
      void administrator.query(
        `SELECT pg_cancel_backend(pid) FROM pg_locks WHERE NOT granted AND relation = '${table}'::regclass`,
      );
    }, 20);
    await comparisons.compare();
    clearInterval(cancels);
    await blocker.query('ROLLBACK');
    assert.deepEqual(named(), nth < 3 ? [] : [['cancelled', 3]], `miss ${nth}`);
    clock.aheadMs += 60_000;
    await comparisons.compare();
    assert.deepEqual(named(), nth < 3 ? [] : [['cancelled', 3]], `success ${nth}`);
  }
  clock.aheadMs += 3_600_000;
  assert.deepEqual(named(), [], 'after an hour');
});

test('a table that became slow is named after three misses, one of which periods are dropped or locked after ten', async () => {
  const { batch } = await sent(await dataset('slowed'), people(10, 7), { corrects: undefined });
  const table = name(batchTable(batch));
  for (const [error, ms, maxMisses, cause] of [
    [Object.assign(new Error('canceled'), { severity: 'ERROR', code: '57014' }), 1_000, 3, 'slow'],
    [new PartitionDropped(), 1, 10, 'dropped'],
    [Object.assign(new Error('lock'), { severity: 'ERROR', code: '55P03' }), 300, 10, 'locked'],
    [Object.assign(new Error('ended'), { severity: 'FATAL', code: '57P01' }), 1, 3, 'disconnected'],
    [Object.assign(new Error('too many'), { severity: 'FATAL', code: '53300' }), 1, 20, 'refused'],
  ] as const) {
    const clock = { aheadMs: 0 };
    const own = { ...database, now: () => database.now() + clock.aheadMs };
    const comparisons = new RandomComparisons(own);
    const miss = (times: number): readonly unknown[] => {
      for (let nth = 0; nth < times; nth += 1) comparisons.miss(table, error, ms, cause !== 'refused');
      return comparisons.hindered(own.now()).map((one) => [one.name, one.cause, one.times]);
    };
    if (cause === 'slow') {
      assert.deepEqual(miss(5), [], 'it always was');
      await comparisons.compare();
    }
    assert.deepEqual(miss(maxMisses - 1), [], cause);
    assert.deepEqual(miss(1), [[table, cause, maxMisses]]);
    clock.aheadMs = 10 * 60_000;
    if (cause === 'dropped' || cause === 'slow')
      assert.deepEqual(miss(0), [[table, cause, maxMisses]], 'within the hour');
    clock.aheadMs = 61 * 60_000;
    await comparisons.compare();
    assert.deepEqual(miss(0), []);
  }
});

test('a table that takes longer than its share ends no comparison of the others', async () => {
  const begun = performance.now();
  await inShortSnapshot(database.owner, 200, async (snapshot) => {
    await assert.rejects(
      inSavepoint(snapshot, () => copiedBytes(snapshot, 'SELECT pg_sleep(20)', () => undefined)),
      (error) => failureOf(error) === 'deadline',
    );
    assert.equal((await snapshot.query('SELECT')).rowCount, 1);
  });
  assert.ok(performance.now() - begun < 10_000);
});

test('a snapshot: a value, a subject, a row more, a row less, columns exchanged or added, the digest removed', async () => {
  const id = await dataset('shown');
  // the second row repeats a key, so the digest is made of what is left
  const citizens = people(30, 5);
  const { batch } = await sent(id, [...citizens, ...citizens.slice(0, 1)], { corrects: undefined });
  assert.deepEqual(await found(), []);
  const table = batchTable(batch);
  const altered = `dataset_rows_altered ${name(table)}`;
  await administrator.query(`CREATE TABLE copy AS SELECT * FROM ${table}`);
  const putBack = `DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM copy`;
  await isFound(`UPDATE ${table} SET f_address = 'x' WHERE _row = 3`, putBack, altered);
  await isFound(`UPDATE ${table} SET _subject = '\\x00' WHERE _row = 3`, putBack, altered);
  await isFound(`UPDATE ${table} SET _batch = gen_random_uuid() WHERE _row = 3`, putBack, altered);
  await isFound(`DELETE FROM ${table} WHERE _row = 3`, putBack, altered);
  await isFound(
    `INSERT INTO ${table} (f_person_id, f_address, _row, _batch) VALUES ('1', 'x', 99, '${batch}')`,
    putBack,
    altered,
  );
  const exchange = `ALTER TABLE ${table} RENAME f_address TO f_x; ALTER TABLE ${table} RENAME f_name TO f_address; ALTER TABLE ${table} RENAME f_x TO f_name`;
  const back = `ALTER TABLE ${table} RENAME f_name TO f_x; ALTER TABLE ${table} RENAME f_address TO f_name; ALTER TABLE ${table} RENAME f_x TO f_address`;
  await isFound(exchange, back, altered);
  await isFound(
    `ALTER TABLE ${table} ADD f_more text DEFAULT 'x'`,
    `ALTER TABLE ${table} DROP f_more`,
    altered,
  );
  await administrator.query(
    `CREATE TABLE digest AS SELECT * FROM row_sum WHERE table_name = '${name(table)}'`,
  );
  await isFound(
    `UPDATE ${table} SET f_address = 'x'; DELETE FROM row_sum WHERE table_name = '${name(table)}'`,
    `${putBack}; INSERT INTO row_sum SELECT * FROM digest`,
    `dataset_rows_undigested ${name(table)}`,
  );
  await isFound(
    `ALTER TABLE ${table} RENAME TO hidden`,
    `ALTER TABLE rows.hidden RENAME TO ${name(table).slice(5)}`,
    `dataset_rows_gone ${name(table)}`,
  );
});

test('an earlier batch shown again', async () => {
  const id = await dataset('replaced');
  const before = await sent(id, people(30, 6));
  const now = await sent(id, people(30, 7));
  const show = (batch: string): string => `UPDATE dataset SET current_batch = '${batch}' WHERE id = '${id}'`;
  await isFound(show(before.batch), show(now.batch), `dataset_batch_moved current ${id}`);
  // with the MAC of that time: its version is older than the one that the state folder has
  await administrator.query(
    `CREATE TABLE pointer AS SELECT * FROM row_sum WHERE table_name = 'current ${id}'`,
  );
  const third = await sent(id, people(30, 8));
  const pointer = (from: string): string =>
    `DELETE FROM row_sum WHERE table_name = 'current ${id}'; INSERT INTO row_sum SELECT * FROM ${from}`;
  await administrator.query(`CREATE TABLE newer AS SELECT * FROM row_sum WHERE table_name = 'current ${id}'`);
  await isFound(
    `${show(now.batch)}; ${pointer('pointer')}`,
    `${show(third.batch)}; ${pointer('newer')}`,
    `dataset_batch_moved current ${id}`,
  );
});

test('an upsert dataset: what the hub merges, deletes and empties is none; a value, a row more or less, an old state are', async () => {
  const deleteWhere = { field: 'relation', is: ['其他'] };
  const id = await dataset('merged', { deleteWhere, mayDelete: 1 }, 'upsert');
  const citizens = people(40, 9).map((cells) => cells.with(relation, '子'));
  await sent(id, citizens);
  const table = lasting(id);
  await administrator.query(
    `CREATE TABLE old_rows AS SELECT * FROM ${table};
     CREATE TABLE old_digest AS SELECT * FROM row_sum WHERE table_name = '${name(table)}'`,
  );
  // some change, some are new, one goes, one stays as it is
  await sent(id, [
    ...citizens.slice(0, 5).map((cells) => cells.with(address, '新址 1 号')),
    ...people(3, 10).map((cells) => cells.with(relation, '女')),
    ...citizens.slice(5, 6).map((cells) => cells.with(relation, '其他')),
    ...citizens.slice(6, 7),
  ]);
  assert.deepEqual(await found(), []);
  const keys = [{ person_id: idsOf(citizens.slice(8, 9))[0] ?? '' }];
  assert.equal(await reported(post(client, `/v1/datasets/${id}/deletions`, { keys, reason: '销户' })), '200');
  assert.deepEqual(await found(), []);

  await administrator.query(
    `CREATE TABLE new_rows AS SELECT * FROM ${table};
     CREATE TABLE new_digest AS SELECT * FROM row_sum WHERE table_name = '${name(table)}'`,
  );
  const rowsOf = (from: string): string =>
    `DELETE FROM ${table}; INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${from}`;
  const digestOf = (from: string): string =>
    `DELETE FROM row_sum WHERE table_name = '${name(table)}'; INSERT INTO row_sum SELECT * FROM ${from}`;
  const altered = `dataset_rows_altered ${name(table)}`;
  const one = `_row = (SELECT min(_row) FROM ${table})`;
  for (const change of [
    `UPDATE ${table} SET f_address = 'x' WHERE ${one}`,
    `UPDATE ${table} SET _subject = NULL WHERE ${one}`,
    `DELETE FROM ${table} WHERE ${one}`,
    `UPDATE ${table} AS a SET f_address = b.f_address, f_name = b.f_name FROM ${table} AS b
      WHERE a.${one.replaceAll('_row =', '_row =')} AND b._row = (SELECT max(_row) FROM ${table})`,
    `UPDATE row_sum SET count = count + 1 WHERE table_name = '${name(table)}'`,
  ]) {
    await administrator.query(change);
    assert.equal((await found()).length, 1, change);
    await administrator.query(`${rowsOf('new_rows')}; ${digestOf('new_digest')}`);
    assert.deepEqual(await found(), [], change);
  }
  await isFound(
    `${rowsOf('old_rows')}; ${digestOf('old_digest')}`,
    `${rowsOf('new_rows')}; ${digestOf('new_digest')}`,
    altered,
  );
});

test('an altered row stays found after the hub has changed it; a forged digest and a foreign trigger refuse the next merge', async () => {
  const id = await dataset('watched', {}, 'upsert');
  const citizens = people(10, 11);
  await sent(id, citizens);
  const table = lasting(id);
  const altered = `dataset_rows_altered ${name(table)}`;
  await administrator.query(`UPDATE ${table} SET f_address = 'x'`);
  await sent(
    id,
    citizens.map((cells) => cells.with(address, '新址 2 号')),
  );
  assert.deepEqual(await found(), [altered]);
  await administrator.query(
    `CREATE TABLE watched AS SELECT * FROM row_sum WHERE table_name = '${name(table)}'`,
  );
  await administrator.query(
    `UPDATE row_sum SET sum = '\\x${'00'.repeat(32)}' WHERE table_name = '${name(table)}'`,
  );
  const again = citizens.map((cells) => cells.with(address, '新址 3 号'));
  assert.equal((await sent(id, again)).code, 'rows_unauthenticated');
  await administrator.query(
    `DELETE FROM row_sum WHERE table_name = '${name(table)}'; INSERT INTO row_sum SELECT * FROM watched`,
  );
  await administrator.query(`CREATE FUNCTION rows.forge() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.f_address := 'forged'; RETURN NEW; END $$`);
  await administrator.query(
    `CREATE TRIGGER forges BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION rows.forge()`,
  );
  // already the submission is refused: it is sealed, and the hub seals nothing while foreign code exists
  await assert.rejects(sent(id, again), { code: 'rows_unauthenticated' });
  await administrator.query(`DROP TRIGGER forges ON ${table}`);
});

test('rows that waited for a person and were altered meanwhile are not merged', async () => {
  const deleteWhere = { field: 'relation', is: ['其他'] };
  const id = await dataset('waited', { deleteWhere, mayDelete: 0.1 }, 'upsert');
  const citizens = people(120, 12).map((cells) => cells.with(relation, '子'));
  await sent(id, citizens);
  const waits = await sent(
    id,
    citizens.slice(0, 60).map((cells) => cells.with(relation, '其他')),
  );
  assert.equal(waits.state, 'held');
  await administrator.query(`UPDATE ${batchTable(waits.batch)} SET f_address = 'x' WHERE _row = 1`);
  const { json } = await hub.staff(steward, 'POST', `/v1/batches/${waits.batch}/release`, { reason: '核对' });
  assert.equal(json['code'], 'rows_unauthenticated');
});

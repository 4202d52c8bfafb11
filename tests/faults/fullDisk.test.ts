/** The disk of the database is full: PostgreSQL says so for what it would write, and goes on answering all else. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import type { Export } from '../../clients/sdk/exports.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { reading } from '../../bench/clients.ts';
import { begunBatch } from '../../hub/flows/intake/openBatch.ts';
import { openBatches } from '../../hub/flows/intake/store/batches.ts';
import { hubDraft } from '../../hub/log/hubDraft.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import { asLogin } from '../../hub/platform/database/database.ts';
import { StorageWatch } from '../../hub/platform/database/storage.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { tables } from '../flows/intakeCalls.ts';
import { lastLeaf, newestLeaves } from '../flows/leaves.ts';
import { fullDiskOf } from './fullDisk.ts';

const plain = await testDatabase();
const disk = fullDiskOf([plain.app, plain.owner]);
let room: number | undefined;
const database = {
  ...plain,
  storage: {
    noticed: (error: unknown) => plain.storage.noticed(error),
    state: () => plain.storage.state(),
    room: () => Promise.resolve(room),
  },
};
const limits = { answerWithin: 60_000 };
const hub = await testHub({ database, intake: limits });
after(() => hub.stop());
const city = await sampleCity(hub);
const file = householdFile(1500, 21);
const send = (): Promise<unknown> =>
  city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const codeOf = (one: Promise<unknown>): Promise<string> =>
  one.then(
    () => 'taken',
    (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
  );
const asSuperuser = (sql: string): Promise<unknown> => asLogin(database.address, (login) => login.query(sql));
const readiness = async (): Promise<{ status: number; storage: unknown }> => {
  const answer = await fetch(`${hub.hub.origins.admin}/readyz`);
  const { checks } = (await answer.json()) as { checks: Record<string, unknown> };
  return { status: answer.status, storage: checks['storage'] };
};

test('an entry without space is refused as storage_full, and the log continues when there is space', async () => {
  await asSuperuser(`
    CREATE FUNCTION no_entry() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE disk_full; END';
    CREATE TRIGGER no_entry BEFORE INSERT ON audit_private FOR EACH ROW EXECUTE FUNCTION no_entry()`);
  const append = (): Promise<unknown> => {
    const draft = hubDraft('test', plain.now(), {});
    const salt: Uint8Array = randomBytes(32);
    return hub.hub.audit.append<typeof draft>({
      ...draft,
      privatePart: { exchange: draft.leaf.id, salt, value: { text: 'x' } },
    });
  };
  await assert.rejects(append(), { code: 'storage_full', status: 503 });
  await asSuperuser('DROP TRIGGER no_entry ON audit_private');
  await append();
});

/** Readiness makes a table on a connection of its own. */
async function readinessOfFullDisk(): Promise<unknown> {
  await asSuperuser(`
    CREATE FUNCTION no_table() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE disk_full; END';
    CREATE EVENT TRIGGER no_table ON ddl_command_start WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS')
      EXECUTE FUNCTION no_table()`);
  try {
    return await readiness();
  } finally {
    await asSuperuser('DROP FUNCTION no_table CASCADE');
  }
}

test('an upload is refused with 503 and what to do, readiness follows, and both are well when there is space again', async () => {
  assert.deepEqual(await readiness(), { status: 200, storage: 'ok' });
  // what the server answers when its disk is full, for raw bytes and for new tables
  disk.refused = /INSERT INTO batch_part|CREATE TABLE/;
  const refused = await send().then(
    () => assert.fail('was stored on a full disk'),
    (error: unknown) => error,
  );
  assert.ok(refused instanceof DatongProblem, String(refused));
  assert.equal(refused.status, 503);
  assert.equal(refused.code, 'storage_full');
  assert.deepEqual(await readinessOfFullDisk(), { status: 503, storage: 'storage_full' });
  // a file that has come whole and whose rows do not fit ends by that name, at once or after a 202, and nothing of them remains
  disk.refused = /CREATE TABLE/;
  const batches: string[] = [];
  const whole = (bytes: Uint8Array): Promise<string> =>
    codeOf(
      city.publicSecurity.client.sendFile('pub-security.household', bytes, {
        mapping: 'household',
        onOpened: ({ batch }) => void batches.push(batch),
      }),
    );
  const ends = async (): Promise<unknown> =>
    Promise.all(
      batches.map(async (id) => {
        const { state, problem } = (await city.publicSecurity.client.batch(id)).json;
        return [state, problem];
      }),
    );
  assert.equal(await whole(file.bytes), 'storage_full');
  limits.answerWithin = 0;
  await whole(householdFile(1500, 22).bytes);
  limits.answerWithin = 60_000;
  const full = ['failed', 'storage_full'];
  assert.deepEqual([await ends(), await tables(plain)], [[full, full], []]);
  const [leaf] = (await newestLeaves(plain, 20)).filter(({ code }) => code === 'storage_full');
  assert.deepEqual([leaf?.operation, leaf?.decision, leaf?.batch?.id], ['commitBatch', 'deny', batches[1]]);
  assert.deepEqual(await readinessOfFullDisk(), { status: 503, storage: 'storage_full' });
  disk.refused = undefined;
  // its bytes are there still: committed again it is published
  const [batch = ''] = batches;
  const again = { mapping: 'household', batch };
  await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, again);
  assert.deepEqual([await ends(), await tables(plain)], [[['published', undefined], full], [batch]]);
  assert.deepEqual(await readiness(), { status: 200, storage: 'ok' });
  await send();
});

test('a call without space for its rows is refused with 503 and stores nothing; the same call is taken when there is space', async () => {
  const dataset = 'ecology.full';
  const made = await hub.staff(city.operator, 'POST', '/v1/datasets', {
    id: dataset,
    title: { zh: '读数', en: 'Readings' },
    schema: 'urn:datong:air-quality-hourly:1.0',
    mode: 'upsert',
    sharing: { type: 'none' },
    intake: { byCall: {} },
  });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  const headers = { 'content-type': 'application/x-ndjson', 'datong-idempotency-key': randomUUID() };
  const push = async (): Promise<{ accepted: number; quarantined: unknown[]; batch: string }> => {
    const { json } = await city.ecology.client.call({
      method: 'POST',
      path: `/v1/datasets/${dataset}/rows`,
      receipt: 'required',
      headers,
      body: Buffer.from([reading('full', 0), reading('full', 1), '{}'].join('\n')),
    });
    return json as Awaited<ReturnType<typeof push>>;
  };
  // the bad row of the call comes after its good ones
  disk.refused = /INSERT INTO quarantine/;
  await assert.rejects(push(), { code: 'storage_full', status: 503 });
  const stored = async (): Promise<unknown> =>
    (await plain.app.query('SELECT rows_ok, rows_bad FROM batch WHERE dataset = $1', [dataset])).rows;
  assert.deepEqual(await stored(), []);
  disk.refused = undefined;
  const { accepted, quarantined } = await push();
  assert.deepEqual([accepted, quarantined.length], [2, 1]);
  assert.deepEqual(await stored(), [{ rows_ok: '2', rows_bad: '1' }]);
});

test('a file that its disk has no space for is refused before its first byte, and leaves a denial', async () => {
  const batches = async (): Promise<number> => (await plain.app.query('SELECT 1 FROM batch')).rowCount ?? 0;
  // what an earlier test left open
  await plain.app.query("DELETE FROM batch WHERE state = 'receiving'");
  const before = await batches();
  const enough = 256 * 2 ** 20 + 3 * file.bytes.length;
  room = enough - 1;
  assert.equal(await codeOf(send()), 'storage_short');
  assert.equal(await batches(), before);
  const leaf = await lastLeaf(plain);
  assert.deepEqual([leaf.operation, leaf.decision, leaf.code], ['openBatch', 'deny', 'storage_short']);
  room = enough;
  assert.equal(await codeOf(send()), 'taken');
  const opening = { path: '/v1/datasets/pub-security.household/batches', method: 'POST' } as const;
  const declared = (bytes: number): Promise<string> =>
    codeOf(
      city.publicSecurity.client.call({
        ...opening,
        headers: { 'content-type': 'application/json', 'datong-idempotency-key': randomUUID() },
        body: Buffer.from(JSON.stringify({ bytes })),
        receipt: 'optional',
      }),
    );
  assert.equal(await declared(4 * 2 ** 30 + 1), 'batch_too_large');
  assert.equal(await declared(-1), 'invalid_request');

  // two files of which each fits alone: what the first one still has to bring is counted, though nothing of it has come
  room = 256 * 2 ** 20 + 3 * 1_000_000;
  assert.deepEqual((await Promise.all([declared(600_000), declared(600_000)])).sort(), [
    'storage_short',
    'taken',
  ]);
  assert.equal(await declared(400_000), 'taken');
  assert.equal(await declared(1), 'storage_short');
  // a sender that has sent nothing for an hour reserves no space from others
  await plain.app.query(
    "UPDATE batch SET moved_at = moved_at - interval '61 minutes' WHERE declared = 400000",
  );
  assert.equal(await declared(400_000), 'taken');
  assert.equal(await declared(1), 'storage_short');
  room = undefined;
  assert.equal(await declared(600_000), 'taken');
});

test('what a department declares counts for its limit as if it had come', async () => {
  const open = await withTransaction(plain.app, (transaction) => openBatches(transaction, 'pub-security'));
  assert.deepEqual(open, { batches: 4, bytes: 2_000_000 });
  const another = { id: randomUUID(), dataset: 'pub-security.household', department: 'pub-security' };
  const limits = { openBatches: 50, openBytes: 2_000_000 };
  await assert.rejects(
    withTransaction(plain.app, (transaction) => begunBatch(transaction, limits, another)),
    { code: 'too_many_open_batches' },
  );
});

test('what is left on a disk is asked of the disk, and of none that cannot be seen', async () => {
  const { bavail, bsize } = await statfs(tmpdir());
  const seen = await new StorageWatch(plain.owner, tmpdir()).room();
  assert.ok(seen !== undefined && seen > 0 && seen < 2 * bavail * bsize + 1e9);
  assert.equal(await new StorageWatch(plain.owner, '/nowhere/at/all').room(), undefined);
  assert.equal(await new StorageWatch(plain.owner, undefined).room(), undefined);
});

test('a file for which there is no space fails by name with an entry, and nothing of it remains; requested again it is made', async () => {
  await city.apply('school-places/agreement.yaml', [city.education, city.publicSecurity]);
  const { client } = city.education;
  const why = { purpose: 'school-enrolment', agreement: 'agr-school-places', onBehalfOf: 'official-17' };
  const made = async (): Promise<Export> => {
    let { json } = await client.exports.ask('pub-security.household', { format: 'ndjson' }, why);
    while (json.state === 'waiting' || json.state === 'making') {
      await new Promise((done) => setTimeout(done, 50));
      ({ json } = await client.exports.state('pub-security.household', json.id));
    }
    return json;
  };
  const chunks = async (): Promise<unknown> =>
    (await plain.owner.query('SELECT count(*)::integer AS n FROM release_export_chunk')).rows[0];
  disk.refused = /INSERT INTO release_export_chunk/;
  const failed = await made();
  assert.deepEqual([failed.state, failed.code, failed.manifest], ['failed', 'storage_full', undefined]);
  assert.deepEqual(await chunks(), { n: 0 });
  const entries = await newestLeaves(plain, 30);
  const end = entries.find(({ stream }) => stream?.id === failed.id && stream.state === 'aborted');
  assert.equal(end?.stream?.why, 'storage_full');
  disk.refused = undefined;
  const ready = await made();
  assert.equal(ready.state, 'ready');
  let bytes = 0;
  for await (const piece of client.exports.bytes(ready, why)) bytes += piece.length;
  assert.equal(bytes, ready.bytes);
});

test('a correction, and stored bytes that are read again, fail by name where there is no space for their rows; readers continue, and requested again they come', async () => {
  const { client } = city.publicSecurity;
  const stateOfBatch = async (): Promise<string> => {
    const { rows } = await plain.app.query<{ id: string }>(
      "SELECT current_batch AS id FROM dataset WHERE id = 'pub-security.household'",
    );
    return rows[0]?.id ?? '';
  };
  const stateOf = async (batch: string): Promise<readonly [state: string, problem: string | undefined]> => {
    const { state, problem } = (await client.batch(batch)).json;
    return [state, problem];
  };
  const before = await stateOfBatch();
  const tablesBefore = await tables(plain);
  const few = householdFile(40, 77).bytes;
  let correction = '';
  const corrected = (more: object = {}): Promise<string> =>
    codeOf(
      client.sendFile('pub-security.household', few, {
        mapping: 'household',
        corrects: before,
        onOpened: ({ batch }) => {
          correction = batch;
        },
        ...more,
      }),
    );
  disk.refused = /CREATE TABLE/;
  assert.equal(await corrected(), 'storage_full');
  assert.deepEqual(await stateOf(correction), ['failed', 'storage_full']);
  assert.deepEqual([await stateOfBatch(), await tables(plain)], [before, tablesBefore]);
  disk.refused = undefined;
  assert.equal(await corrected({ batch: correction }), 'taken');
  assert.deepEqual([await stateOf(correction), await stateOfBatch()], [['published', undefined], correction]);

  await client.sendFile('pub-security.household', householdFile(1500, 23).bytes, { mapping: 'household' });
  const read = await stateOfBatch();
  const tablesThen = await tables(plain);
  const steward = await hub.token('han', ['steward'], 'pub-security');
  const again = async (): Promise<string> => {
    const about = `/v1/batches/${read}/retranslation`;
    const { json } = await hub.staff(steward, 'POST', about, { mapping: 'household', reason: '改用新映射' });
    const batch = String(json['batch']);
    for (;;) {
      const [state, problem = ''] = await stateOf(batch);
      if (state !== 'receiving' && state !== 'checking') return `${state} ${problem}`;
      await new Promise((done) => setTimeout(done, 20));
    }
  };
  disk.refused = /CREATE TABLE/;
  assert.equal(await again(), 'failed storage_full');
  assert.deepEqual([await stateOfBatch(), await tables(plain)], [read, tablesThen]);
  disk.refused = undefined;
  assert.equal(await again(), 'published ');
  assert.notEqual(await stateOfBatch(), read);
});

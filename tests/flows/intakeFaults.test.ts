/** Submissions that go wrong in the middle: leases lost, callers barred, hubs that died, files that are not what they should be. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { cellsOf, csvLine, headers, householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom, residents } from '../../clients/cli/demo/files/invented.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { beginLoading, failLoading } from '../../hub/flows/intake/loading.ts';
import { type IntakeServices, Rereads } from '../../hub/flows/intake/services.ts';
import { Translators } from '../../hub/flows/intake/translationTarget.ts';
import { defaultIntakeLimits } from '../../hub/flows/intake/limits.ts';
import type { CopyTask } from '../../hub/flows/intake/translation/copyTask.ts';
import { copyPartsInThreads } from '../../hub/flows/intake/translation/threads/copyPartsInThreads.ts';
import { ThreadPool } from '../../hub/flows/intake/translation/threads/threadPool.ts';
import { AttachmentStorages } from '../../hub/flows/attachments/storage.ts';
import { databaseStorage } from '../../hub/flows/attachments/store/databaseStorage.ts';
import { sealerOf } from '../../hub/flows/sealer.ts';
import { batchById } from '../../hub/flows/intake/store/batches.ts';
import { asLogin } from '../../hub/platform/database/database.ts';
import { sweepTables } from '../../hub/flows/rows/store/sweep.ts';
import { Noted } from '../../hub/platform/jobs/noted.ts';
import {
  commit,
  sha256,
  stateOf,
  bytesAwaited,
  tables,
  reported,
  until,
  uploaded,
  whileHeld,
} from './intakeCalls.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { revoke } from '../../hub/identity/enrolment/revoke.ts';
import { cityHub } from '../cityHub.ts';

/** How long a commit waits is short only where a test wants it over: a slow machine must not make 202 of another's answer. */
const limits = { answerWithin: 1500, leaseSeconds: 2, rememberedKeys: defaultIntakeLimits.rememberedKeys };
const { database, hub, city } = await cityHub({ intake: limits }, { connections: 12 });
const { client } = city.publicSecurity;
const household = 'pub-security.household';
const fileOf = (seed: number): Uint8Array => householdFile(1400, seed).bytes;
const current = async (): Promise<string | undefined> =>
  (
    await database.app.query<{ id: string }>('SELECT current_batch AS id FROM dataset WHERE id = $1', [
      household,
    ])
  ).rows[0]?.id;

test('while many loads are blocked their callers get 202, the owner of the tables still answers, and all end', async () => {
  const files = [60, 61, 62, 63, 64].map(fileOf);
  const batches = await Promise.all(files.map((bytes) => uploaded(client, household, bytes)));
  await whileHeld(database, 'batch_part', async () => {
    const codes = await Promise.all(
      files.map((bytes, i) => reported(commit(client, batches[i] ?? '', bytes, 'household'))),
    );
    assert.deepEqual(codes, ['202', '202', '202', '202', '202']);
    assert.equal((await database.owner.query('SELECT 1')).rowCount, 1);
  });
  for (const batch of batches) {
    await until(async () => (await stateOf(database, batch)).receipt !== null);
    assert.match((await stateOf(database, batch)).state, /^(published|superseded)$/);
  }
});

test('a refusal after a 202 is reported by its own entry, whose receipt the batch carries', async () => {
  const bytes = Buffer.from('甲,乙\r\n1,2\r\n');
  const batch = await uploaded(client, household, bytes);
  await whileHeld(database, 'batch_part', async () => {
    assert.equal(await reported(commit(client, batch, bytes, 'household')), '202');
  });
  await until(async () => (await stateOf(database, batch)).receipt !== null);
  const { state, problem, exchange } = await stateOf(database, batch);
  const leaf = await lastLeaf(database);
  assert.deepEqual([state, leaf.id, leaf.decision, leaf.code], ['failed', exchange, 'deny', problem]);
  limits.answerWithin = 60_000;
});

test('a hub that lost its lease loads nothing, and drops nothing of the hub that took over', async () => {
  const bytes = fileOf(65);
  const batch = await uploaded(client, household, bytes);
  let answer: Promise<string> | undefined;
  const stranger = randomUUID();
  await whileHeld(database, 'batch_part', async () => {
    answer = reported(commit(client, batch, bytes, 'household'));
    await bytesAwaited(database, batch);
    await database.app.query(
      "UPDATE batch SET lease_owner = $2, lease_until = now() + interval '1 hour' WHERE id = $1",
      [batch, stranger],
    );
  });
  assert.equal(await answer, 'batch_claimed');
  assert.equal((await stateOf(database, batch)).state, 'checking');
  assert.equal((await tables(database)).includes(batch), false);

  const published = (await current()) ?? '';
  const { services: shared, keys } = hub.hub;
  const { registry, audit } = shared;
  const services: IntakeServices = {
    database,
    audit,
    registry,
    sealer: sealerOf(keys.sealing),
    attachments: new AttachmentStorages(databaseStorage(database.app)),
    subjectKey: keys.subject,
    noted: { rules: new Noted(), rollups: new Noted() },
    translators: new Translators(),
    rereads: new Rereads(defaultIntakeLimits),
    limits: defaultIntakeLimits,
    report: () => undefined,
  };
  const row = await batchById(database.app, published);
  const dataset = registry.current.datasets.get(household);
  const mapping = dataset?.mappings.get('household');
  assert.ok(row?.sha256 && dataset && mapping?.compiled);
  await assert.rejects(beginLoading(services, row, row.sha256, dataset, mapping), { code: 'batch_claimed' });
  const late = { batch: { ...row, sha256: row.sha256 }, dataset, mapping, lease: stranger };
  await failLoading(services, late, new Error('too late'), randomUUID());
  assert.equal((await stateOf(database, published)).state, 'published');
  assert.ok((await tables(database)).includes(published));
});

test('connections that break in the middle of a load cost the work, not the batch', async () => {
  const bytes = fileOf(69);
  const batch = await uploaded(client, household, bytes);
  let answer: Promise<string> | undefined;
  await whileHeld(database, 'batch_part', async () => {
    answer = reported(commit(client, batch, bytes, 'household'));
    await bytesAwaited(database, batch);
    await asLogin(database.address, (login) =>
      // of this database alone: other files' tests run on the same server
      login.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      ),
    );
    assert.equal(await answer, 'database_unavailable');
  });
  assert.equal((await stateOf(database, batch)).state, 'checking');
  await until(async () => (await stateOf(database, batch)).receipt !== null);
  assert.deepEqual([(await stateOf(database, batch)).state, await current()], ['published', batch]);
});

test('a translation that breaks off in its thread is an error, and the thread is gone', async () => {
  const task = {
    batch: randomUUID(),
    subjectKey: hub.hub.keys.subject,
    codeLists: { digest: '', lists: [] },
  };
  async function* bytes(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from('x');
  }
  const broken = { ...task, schema: {}, mapping: {} } as unknown as CopyTask;
  const parts = copyPartsInThreads(broken, bytes(), 1, new ThreadPool());
  await assert.rejects(async () => {
    for await (const part of parts) assert.fail(String(part.records));
  }, /the translating thread failed: TypeError/);
});

test('tables that a dead hub left are swept; those that are read or written stay', async () => {
  const stored = await tables(database);
  const failed = await uploaded(client, household, Buffer.from('x'));
  await database.app.query("UPDATE batch SET state = 'failed' WHERE id = $1", [failed]);
  for (const id of [failed, randomUUID()])
    await database.owner.query(`CREATE TABLE rows.b_${id.replaceAll('-', '')} ()`);
  const busy = await uploaded(client, household, Buffer.from('x'));
  await database.app.query(
    "UPDATE batch SET state = 'checking', lease_until = now() + interval '1 hour' WHERE id = $1",
    [busy],
  );
  await database.owner.query(`CREATE TABLE rows.b_${busy.replaceAll('-', '')} ()`);
  await sweepTables(database);
  assert.deepEqual(await tables(database), [...stored, busy].sort());
});

test('an empty file is refused, one with a header alone is held, and published as no rows at all when a steward says so', async () => {
  const empty = await uploaded(client, household, new Uint8Array(0));
  const code = await reported(commit(client, empty, new Uint8Array(0), 'household'));
  assert.equal((await stateOf(database, empty)).problem, code);
  const lines = new TextDecoder('latin1').decode(fileOf(66)).split('\r\n');
  const header = Buffer.from(`${lines[0] ?? ''}\r\n`, 'latin1');
  const batch = await uploaded(client, household, header);
  assert.equal(await reported(commit(client, batch, header, 'household')), 'batch_shrunk');
  const steward = await hub.token('steward', ['steward'], 'pub-security');
  const path = `/v1/batches/${batch}/release`;
  assert.equal(
    (await hub.staff(steward, 'POST', path, { reason: 'all residents have moved away' })).status,
    200,
  );
  const { json } = await city.education.client.query(
    household,
    { filter: [{ field: 'person_id', op: 'eq', value: '990101201901010017' }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'o',
      matter: 'RX-2026-000001',
    },
  );
  assert.deepEqual(json.records, []);
});

test('a dataset taken out of use neither gives nor takes, also in the middle of a commit', async () => {
  const bytes = fileOf(67);
  const batch = await uploaded(client, household, bytes);
  const before = await current();
  const move = async (state: string): Promise<void> => {
    await database.owner.query('UPDATE dataset SET state = $2 WHERE id = $1', [household, state]);
    await hub.staff(city.operator, 'POST', '/v1/departments', {
      code: `moved-${state}`,
      name: { zh: '测试', en: 'test' },
      kind: 'government',
    });
  };
  const requested = (): ReturnType<typeof city.education.client.query> =>
    city.education.client.query(
      household,
      { filter: [{ field: 'person_id', op: 'eq', value: '990101201901010017' }] },
      {
        purpose: 'school-enrolment',
        agreement: 'agr-school-enrolment',
        onBehalfOf: 'o',
        matter: 'RX-2026-000001',
      },
    );
  let answer: Promise<string> | undefined;
  await whileHeld(database, 'batch_part', async () => {
    answer = reported(commit(client, batch, bytes, 'household'));
    await bytesAwaited(database, batch);
    await move('suspended');
    // the hub knows of it before the commit goes on
    assert.equal(await reported(requested()), 'dataset_unavailable');
  });
  assert.equal(await answer, 'dataset_unavailable');
  assert.deepEqual([(await stateOf(database, batch)).state, await current()], ['held', before]);
  const ending = await stateOf(database, batch);
  const leaf = (await newestLeaves(database, 5)).find(({ id }) => id === ending.exchange);
  assert.deepEqual(
    [leaf?.operation, leaf?.decision, leaf?.code],
    ['commitBatch', 'deny', 'dataset_unavailable'],
  );
  await move('published');
});

test('a certificate revoked in the middle of a commit: nothing is published, then or later', async () => {
  const machine = await hub.enrol('pub-security');
  const bytes = fileOf(68);
  const batch = await uploaded(machine.client, household, bytes);
  const before = await current();
  let gone: Promise<unknown> | undefined;
  await whileHeld(database, 'batch_part', async () => {
    gone = commit(machine.client, batch, bytes, 'household').catch(() => undefined);
    await bytesAwaited(database, batch);
    const { identity } = hub.hub.services;
    await identity.perform('revokeCertificate', { proven: { staff: 'hub' } }, (context) =>
      identity.prepare(revoke, { serial: machine.serial, reason: 'key-compromise' }, context),
    );
  });
  await gone;
  await until(async () => (await stateOf(database, batch)).state !== 'checking');
  assert.deepEqual(
    [(await stateOf(database, batch)).state, (await stateOf(database, batch)).problem, await current()],
    ['failed', 'certificate_revoked', before],
  );
  const leaf = (await newestLeaves(database, 5)).find(({ code }) => code === 'certificate_revoked');
  assert.deepEqual([leaf?.decision, leaf?.batch?.sha256], ['deny', sha256(bytes)]);
});

test('keys that are too many to be remembered are reported all the same when they come again: both lines, and the record as it is', async () => {
  limits.rememberedKeys = 20;
  for (const rows of [1400, 20_000]) {
    const people = residents(seededRandom(rows));
    const records = Array.from({ length: rows }, () => cellsOf(people.next().value));
    const last = rows - 1;
    const again = [2, 49, 49, last].map((i) => (records[i] ?? []).with(6, `另一处 ${i}`));
    const bytes = encodeGb18030([headers, ...records, ...again].map(csvLine).join(''));
    const batch = await uploaded(client, household, bytes);
    assert.equal(await reported(commit(client, batch, bytes, 'household')), '200', `${rows} rows`);
    const back = (await client.quarantine(batch)).json as { bad: number; rows: readonly object[] };
    const line = rows + 2;
    const repeated = (nth: number, firstLine: number) => ({
      nth: nth + 1,
      line: line + nth,
      problems: [
        {
          line: line + nth,
          column: 1,
          header: headers[0],
          field: 'person_id',
          rule: 'key.repeated',
          got: `same key as line ${firstLine}`,
          message: { zh: `主键与第 ${firstLine} 行重复`, en: `repeats the key of line ${firstLine}` },
        },
      ],
      raw: again[nth],
    });
    assert.deepEqual(back.rows, [repeated(0, 4), repeated(1, 51), repeated(2, 51), repeated(3, last + 2)]);
    assert.equal(back.bad, 4);
    assert.deepEqual((await batchById(database.app, batch))?.counts, {
      records: rows + 4,
      rows,
      bad: 4,
      skipped: 0,
    });
  }
  limits.rememberedKeys = defaultIntakeLimits.rememberedKeys;
});

/** The intake flow over real TLS and PostgreSQL: whole or not at all, nothing lost, the same bytes the same answer. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { samples, testHub } from '../hub.ts';
import { digestOf } from '../../hub/features/registry/operations/registration.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub();
const { client } = city.publicSecurity;
const household = 'pub-security.household';
const air = 'ecology.air-quality-hourly';
const file = householdFile(1500, 3);
const month = readFileSync(join(samples, 'air-quality/Aotizhongxin-2016-09.csv'));

const refusal = async (work: Promise<unknown>): Promise<DatongProblem> => {
  const error = await work.then(
    () => assert.fail('was answered'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof DatongProblem, String(error));
  return error;
};

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');
const post = (by: DatongClient, path: string, body: unknown, more: Record<string, string> = {}) =>
  by.call({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...more },
    body: json(body),
    receipt: 'optional',
  });
const open = async (by: DatongClient, dataset: string): Promise<string> =>
  ((await post(by, `/v1/datasets/${dataset}/batches`, {})).json as { batch: string }).batch;
const put = (by: DatongClient, batch: string, at: number, body: Uint8Array) =>
  by.call({
    method: 'PUT',
    path: `/v1/batches/${batch}/parts/${at}`,
    headers: { 'content-type': 'application/octet-stream' },
    body,
    receipt: 'optional',
  });
const commit = (
  by: DatongClient,
  batch: string,
  bytes: Uint8Array,
  mapping: string,
  more: Record<string, string> = {},
) =>
  post(
    by,
    `/v1/batches/${batch}/commit`,
    { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length, mapping },
    more,
  );
const visible = async (): Promise<number> => {
  const { rows } = await database.owner.query<{ table: string | null }>(
    "SELECT to_regclass('rows.b_' || replace(current_batch::text, '-', ''))::text AS table FROM dataset WHERE id = $1",
    [household],
  );
  const table = rows[0]?.table;
  if (table === null || table === undefined) return 0;
  const { rows: counted } = await database.owner.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
  return Number(counted[0]?.count);
};

test('bad rows go aside with line, column, header, rule and the class of the value, and come back to their sender', async () => {
  const { json: batch } = await client.sendFile(household, file.bytes, { mapping: 'household' });
  assert.equal(batch.state, 'published');
  assert.deepEqual(batch['counts'], { records: 1500, rows: 1488, bad: 12, skipped: 0 });
  assert.equal(await visible(), 1488);
  const entry = await lastLeaf(database);
  assert.deepEqual(
    [entry.kind, entry.operation, entry.batch?.rows, entry.batch?.bad, entry.batch?.sha256],
    ['intake', 'commitBatch', 1488, 12, createHash('sha256').update(file.bytes).digest('hex')],
  );
  const back = (await client.quarantine(batch.batch)).json as {
    bad: number;
    rows: {
      line: number;
      problems: { column: number; header: string; rule: string; got: string }[];
      raw: unknown;
    }[];
  };
  assert.equal(back.bad, 12);
  assert.equal(back.rows.length, 12);
  assert.equal(new Set(back.rows.map((row) => row.problems[0]?.rule)).size, 6);
  const lines = new TextDecoder('gb18030').decode(file.bytes).split('\r\n');
  for (const { line, problems, raw } of back.rows) {
    const [problem] = problems;
    assert.ok(problem && line > 1);
    const cells = (lines[line - 1] ?? '').split(',');
    if (problem.column > 0) assert.equal(lines[0]?.split(',')[problem.column - 1], problem.header);
    assert.ok(JSON.stringify(raw).includes(cells[1] ?? '?'), 'the raw record is the one of that line');
    assert.equal(
      cells.some((cell) => cell.length >= 8 && problem.got.includes(cell)),
      false,
      'the value is not told',
    );
  }
  assert.deepEqual(
    [(await lastLeaf(database)).kind, (await lastLeaf(database)).rows?.delivered],
    ['return', 12],
  );
  const page = (await client.quarantine(batch.batch, { after: 5, limit: 3 })).json as {
    rows: { nth: number }[];
    next: number;
  };
  assert.deepEqual([page.rows.map((row) => row.nth), page.next], [[6, 7, 8], 8]);
});

test('the same bytes again get the first answer and load nothing', async () => {
  const tables = async (): Promise<number> =>
    (await database.owner.query("SELECT 1 FROM pg_tables WHERE schemaname = 'rows'")).rows.length;
  const before = await tables();
  const first = (
    await database.owner.query<{ id: string }>('SELECT current_batch AS id FROM dataset WHERE id = $1', [
      household,
    ])
  ).rows[0]?.id;
  const again = await client.sendFile(household, file.bytes, { mapping: 'household' });
  assert.equal(again.json.batch, first);
  assert.equal(await tables(), before);
  assert.equal((await lastLeaf(database)).change?.['sameAs'], first);
});

test('an idempotency key answers once, and refuses other bytes', async () => {
  const key = { 'datong-idempotency-key': randomUUID() };
  const path = `/v1/datasets/${household}/batches`;
  const first = await post(client, path, {}, key);
  const second = await post(client, path, {}, key);
  assert.deepEqual(second.json, first.json);
  assert.equal((await lastLeaf(database)).repeatOf, first.exchange);
  assert.equal(
    (await refusal(post(client, path, { fileName: 'other.csv' }, key))).code,
    'idempotency_conflict',
  );
});

test('parts come in order, may be repeated, and never change', async () => {
  const batch = await open(client, household);
  const [one, two] = [file.bytes.subarray(0, 5000), file.bytes.subarray(5000)];
  assert.equal((await refusal(put(client, batch, 5000, two))).code, 'part_offset_mismatch');
  assert.deepEqual((await put(client, batch, 0, one)).json, { offset: 5000 });
  assert.deepEqual((await put(client, batch, 0, one)).json, { offset: 5000 });
  assert.equal((await refusal(put(client, batch, 0, two.subarray(0, 5000)))).code, 'part_differs');
  assert.equal((await refusal(commit(client, batch, file.bytes, 'household'))).code, 'batch_incomplete');
  await put(client, batch, 5000, two);
  const wrong = Buffer.from(file.bytes);
  wrong[10] = (wrong[10] ?? 0) ^ 1;
  assert.equal((await refusal(commit(client, batch, wrong, 'household'))).code, 'batch_digest_mismatch');
  assert.equal((await refusal(commit(client, batch, file.bytes, 'nonsense'))).code, 'mapping_unknown');
  assert.equal(
    ((await commit(client, batch, file.bytes, 'household')).json as { state: string }).state,
    'published',
  );
});

test('another department can neither submit, nor see, nor commit a batch', async () => {
  const stranger = city.education.client;
  assert.equal((await refusal(open(stranger, household))).code, 'not_the_provider');
  const batch = await open(client, household);
  assert.equal((await refusal(put(stranger, batch, 0, Buffer.from('x')))).code, 'batch_unknown');
  assert.equal((await refusal(stranger.batch(batch))).code, 'batch_unknown');
  assert.equal((await refusal(stranger.quarantine(batch))).code, 'batch_unknown');
  assert.equal((await refusal(commit(stranger, batch, file.bytes, 'household'))).code, 'batch_unknown');
  assert.equal((await refusal(stranger.batch(randomUUID()))).code, 'invalid_request');
});

test('a file over the limit is held: nothing of it is seen, what was seen stays', async () => {
  const before = await visible();
  const spoiled = householdFile(300, 5); // 12 bad rows of 300
  const problem = await refusal(client.sendFile(household, spoiled.bytes, { mapping: 'household' }));
  assert.deepEqual([problem.status, problem.code], [422, 'too_many_bad_rows']);
  const [entry] = await newestLeaves(database, 1);
  assert.deepEqual([entry?.decision, entry?.code, entry?.batch?.bad], ['deny', 'too_many_bad_rows', 12]);
  assert.equal(await visible(), before);
});

test('bad rows are counted beyond those that are stored', async () => {
  const [header = ''] = new TextDecoder('gb18030').decode(file.bytes).split('\r\n');
  const bytes = encodeGb18030(`${header}\r\n${'x,y\r\n'.repeat(10_200)}`);
  const batch = await open(client, household);
  await put(client, batch, 0, bytes);
  assert.equal((await refusal(commit(client, batch, bytes, 'household'))).code, 'too_many_bad_rows');
  const { counts, findings } = (await client.batch(batch)).json;
  assert.deepEqual(counts, { records: 10_200, rows: 0, bad: 10_200, skipped: 0 });
  assert.match(findings?.[0]?.text.en ?? '', /^10200 of 10200 records are bad, more than /);
  const stored = await database.owner.query('SELECT 1 FROM quarantine WHERE batch = $1', [batch]);
  assert.deepEqual(
    [stored.rowCount, ((await client.quarantine(batch)).json as { bad: number }).bad],
    [10_000, 10_200],
  );
});

test('a file that does not match the mapping is refused as a whole, and can be committed again', async () => {
  const batch = await open(client, household);
  const bytes = encodeGb18030('甲,乙\r\n1,2\r\n');
  await put(client, batch, 0, bytes);
  const problem = await refusal(commit(client, batch, bytes, 'household'));
  assert.equal(problem.status, 422);
  const { state, problem: code } = (await client.batch(batch)).json as unknown as {
    state: string;
    problem: string;
  };
  assert.deepEqual([state, code], ['failed', problem.code]);

  // the same bytes by a mapping that reads them: nothing is sent twice
  const sample = readDocuments(join(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const document = {
    ...(sample?.members['document'] as object),
    mapping: 'pub-security/household-utf8@1',
    source: { format: 'csv', options: { encoding: 'utf-8' } },
  };
  const steward = await hub.token('steward-of-mappings', ['steward'], 'pub-security');
  const made = await hub.staff(steward, 'POST', `/v1/datasets/${household}/mappings`, { document });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  // a word without an effect is refused in a new mapping; one that an earlier release stored is still the same
  const { fields } = document as { readonly fields?: object };
  const unused = {
    ...document,
    mapping: 'pub-security/household-old@1',
    fields: { ...fields, mobile: { const: null, upper: true } },
  };
  const register = (): ReturnType<typeof hub.staff> =>
    hub.staff(steward, 'POST', `/v1/datasets/${household}/mappings`, { document: unused });
  const refused = await register();
  assert.equal(refused.json['code'], 'mapping_invalid', JSON.stringify(refused.json));
  await database.owner.query(
    "INSERT INTO mapping (dataset, name, version, document, digest, registered_by) VALUES ($1, 'pub-security/household-old', 1, $2, $3, $4)",
    [household, JSON.stringify(unused), digestOf(unused), randomUUID()],
  );
  assert.equal((await register()).status, 200);
  const other = await open(client, household);
  const text = Buffer.from(new TextDecoder('gb18030').decode(householdFile(1_450, 6).bytes), 'utf8');
  await put(client, other, 0, text);
  assert.equal(
    (await refusal(commit(client, other, text, 'household'))).code,
    'file_encoding_wrong',
    'GB18030 is declared',
  );
  assert.equal((await client.batch(other)).json.state, 'failed');
  await commit(client, other, text, 'household-utf8');
  const again = (await client.batch(other)).json;
  assert.deepEqual([again.state, again.mapping, again.problem], ['published', 'household-utf8@1', undefined]);
  assert.equal(await visible(), again.counts?.rows);

  // one that failed, and whose very bytes are current meanwhile: it gets that answer, and nothing is loaded
  const late = await open(client, household);
  await put(client, late, 0, text);
  assert.equal((await refusal(commit(client, late, text, 'household'))).code, 'file_encoding_wrong');
  const repeated = (await commit(client, late, text, 'household-utf8')).json as { batch: string };
  assert.equal(repeated.batch, other);
  assert.equal((await lastLeaf(database)).change?.['sameAs'], other);
  assert.equal((await client.batch(late)).json.state, 'superseded');
  assert.equal((await refusal(commit(client, late, text, 'household'))).code, 'batch_not_open');
});

test('hourly values are merged by station and hour', async () => {
  const { client: ecology } = city.ecology;
  await ecology.sendFile(air, month, { mapping: 'prsa' });
  const text = month.toString('utf8').trimEnd().split('\n');
  const corrected = [text[0], text[1]?.replace(/^(\d+,2016,9,1,0),\d+,/, '$1,77,'), ...text.slice(700)].join(
    '\n',
  );
  const second = await ecology.sendFile(air, Buffer.from(corrected), { mapping: 'prsa' });
  assert.equal(second.json.state, 'published');
  const agreements = [...hub.hub.services.registry.current.plans.agreements.keys()];
  const agreement = agreements.find((id) => id.startsWith('auto-')) ?? '';
  const rows: Readonly<Record<string, unknown>>[] = [];
  for await (const page of city.education.client.queryPages(
    air,
    { limit: 300, sort: ['time'] },
    { purpose: 'environment-study', agreement },
  )) {
    rows.push(...page.json.records);
  }
  assert.equal(rows.length, 720);
  assert.equal(new Set(rows.map((row) => row['time'])).size, 720);
  assert.deepEqual([rows[0]?.['time'], rows[0]?.['pm25']], ['2016-09-01T00:00:00+08:00', 77]);
  assert.equal(JSON.stringify(rows).includes('NA'), false);
});

test('a batch whose hub died in the middle is brought to its end by the next one', async () => {
  const batch = await open(client, household);
  const fresh = householdFile(1400, 9);
  await put(client, batch, 0, fresh.bytes);
  // what a hub killed in the middle of a commit leaves: a lease that has run out, no rows
  await database.owner.query(
    `UPDATE batch SET state = 'checking', sha256 = $2, mapping = 'household@1', lease_owner = gen_random_uuid(),
            lease_until = now() - interval '1 second' WHERE id = $1`,
    [batch, createHash('sha256').update(fresh.bytes).digest('hex')],
  );
  const other = await testHub({ database, keysDir: hub.hub.config.keysDir, intake: { leaseSeconds: 1 } });
  try {
    await until(async () => (await client.batch(batch)).json.state === 'published');
  } finally {
    await other.stop();
  }
  const answer = (await client.batch(batch)).json;
  assert.deepEqual(answer['counts'], { records: 1400, rows: 1388, bad: 12, skipped: 0 });
  assert.equal(typeof answer.receipt, 'string');
  assert.equal(await visible(), 1388);
});

async function until(done: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i += 1) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail('did not happen within ten seconds');
}

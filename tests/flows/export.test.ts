/** Rows as files: made in the background part by part, sealed at rest, downloaded from anywhere, decided again each time, gone in time. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import { readXlsx } from 'hucre/xlsx';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Export, ExportQuestion } from '../../clients/sdk/exports.ts';
import { contextHeaders, jsonCall } from '../../clients/sdk/jsonCall.ts';
import { largestPart } from '../../clients/sdk/sendFile.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import { exportFile } from '../../hub/flows/release/exports/exportFile.ts';
import { writeBook } from '../../hub/flows/release/threads/writeBook.ts';
import { defaultReleaseLimits } from '../../hub/flows/release/quotas.ts';
import type { Leaf } from '../../log/leaf.ts';
import { byteOrderMark } from '../../terms/csv.ts';
import { Problem } from '../../terms/problem.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { applyGrant } from '../policyWith.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const release = { ...defaultReleaseLimits };
const streams = { rowsOfPage: 100, pagesOfPart: 1 };
const { database, hub, city } = await cityHub({ streams, release, jobsByTime: false });
const file = householdFile(1500, 7);
const dataset = 'pub-security.household';
const { client } = city.education;
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const good = file.good.filter(({ region }) => region !== '990103');
let version = 1;
type Grant = Readonly<Record<string, unknown>>;

/** The sample's agreement, with files and without the need to name a person. */
function agree(change: (grant: Grant) => object = (grant) => grant): Promise<void> {
  version += 1;
  const usual = {
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['export'],
    limits: { rowsPerCall: 1000 },
  };
  return applyGrant(hub, city, 'household/agreement.yaml', version, (grant) =>
    change({ ...grant, ...usual }),
  );
}

before(() => city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' }));

const work = (): Promise<unknown> => hub.hub.runner.run('makeExports');
const ask = async (question: ExportQuestion): Promise<Export> =>
  (await client.exports.ask(dataset, question, context)).json;
const state = async ({ id }: Export): Promise<Export> => (await client.exports.state(dataset, id)).json;
async function madeOf(question: ExportQuestion): Promise<Export> {
  const requested = await ask(question);
  await work();
  return state(requested);
}
async function bytesOf(ready: Export, from = 0, hash = createHash('sha256')): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of client.exports.bytes(ready, context, { from, hash })) pieces.push(piece);
  return Buffer.concat(pieces);
}
const codeOf = (trying: Promise<unknown>): Promise<string> =>
  trying.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem || error instanceof Problem, String(error));
      return error.code;
    },
  );
const entriesOf = async (id: string): Promise<readonly Leaf[]> =>
  (await newestLeaves(database, 200))
    .filter(({ stream, repeatOf }) => stream?.id === id || repeatOf === id)
    .reverse();
const chunks = async (): Promise<Buffer> => {
  const { rows } = await database.app.query<{ sealed: Buffer }>('SELECT sealed FROM release_export_chunk');
  return Buffer.concat(rows.map(({ sealed }) => sealed));
};
const file_ = ({ id }: Export): string => `/v1/datasets/${dataset}/exports/${id}/file`;
const download = (ready: Export, headers: Readonly<Record<string, string>> = {}) =>
  client.call({
    method: 'GET',
    path: file_(ready),
    headers: {
      'datong-purpose': context.purpose,
      'datong-agreement': context.agreement,
      'datong-on-behalf-of': context.onBehalfOf ?? '',
      'datong-matter': context.matter ?? '',
      ...headers,
    },
    receipt: 'required',
  });

test('an export is refused where the agreement does not deliver it', async () => {
  assert.equal(await codeOf(ask({ format: 'csv' })), 'delivery_not_agreed');
});

test('the process that received the request searches for files at once, and then no sooner than any other', async () => {
  const early = () => hub.hub.runner.jobs.find(({ name }) => name === 'makeExports')?.early?.();
  assert.equal(early(), false, 'a refusal asks for none');
  await agree();
  const requested = await ask({ format: 'csv' });
  assert.equal(early(), true);
  assert.equal(await work(), 'ok');
  assert.equal(early(), false);
  assert.equal((await state(requested)).state, 'ready');
});

test('a file holds what pages hold; the request, each part with its persons, and its end are in the log', async () => {
  await agree();
  const requested = await ask({ format: 'ndjson' });
  assert.deepEqual([requested.state, requested.rows], ['waiting', 0]);
  assert.deepEqual(
    requested.obligations?.map(({ id }) => id),
    ['delete-after', 'no-onward-sharing'],
  );
  assert.equal(await codeOf(download(requested)), 'export_not_ready');
  await work();
  const ready = await state(requested);
  assert.deepEqual([ready.state, ready.rows], ['ready', good.length]);
  const bytes = await bytesOf(ready);
  assert.equal(bytes.length, ready.bytes);
  const paged: object[] = [];
  for await (const page of client.queryPages(dataset, { limit: 1000 }, context))
    paged.push(...page.json.records);
  assert.deepEqual(
    bytes
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    paged,
  );
  const entries = await entriesOf(requested.id);
  const parts = Math.ceil(good.length / 100);
  const reported = entries.flatMap(({ stream }) => (stream === undefined ? [] : [stream.state]));
  assert.deepEqual(reported, ['open', ...Array.from({ length: parts }, () => 'part'), 'complete']);
  assert.equal(
    entries.reduce((sum, leaf) => sum + (leaf.subjects?.count ?? 0), 0),
    good.length,
  );
  assert.ok(nonEmpty(entries).every(({ consumer }) => consumer === undefined || consumer === 'education'));
  assert.equal(entries.filter(({ operation }) => operation === 'downloadExport').length >= 2, true);
  const [one] = good;
  assert.ok(one);
  assert.equal((await chunks()).includes(Buffer.from(one.region)), false, 'sealed at rest');
});

test('pages of many rows, which come by column and are masked in a thread, give the same file', async () => {
  await agree();
  const formats = ['ndjson', 'csv'] as const;
  const small: Buffer[] = [];
  for (const format of formats) small.push(await bytesOf(await madeOf({ format })));
  streams.rowsOfPage = 600;
  try {
    // the thread begins with the first page of the first file
    for (const at of [0, 0, 1]) {
      const large = await madeOf({ format: formats[at] ?? 'ndjson' });
      assert.equal(large.rows, good.length);
      const bytes = await bytesOf(large);
      assert.equal(small[at]?.equals(bytes), true, String(at));
      const reported = (await entriesOf(large.id)).flatMap(({ subjects }) => subjects?.count ?? []);
      assert.deepEqual(reported, [600, good.length - 600]);
    }
  } finally {
    streams.rowsOfPage = 100;
  }
  // a department has eight at most
  await database.app.query("UPDATE release_export SET expires = '2020-01-01'");
  await hub.hub.runner.run('expireExports');
});

test('CSV is what Excel opens, a workbook retains long numbers; fields and filter are those of a query', async () => {
  const filter = [{ field: 'region_code', op: 'eq' as const, value: '990101' }];
  const wanted = good.filter(({ region }) => region === '990101').length;
  const question = { fields: ['person_id', 'name'], filter };
  const csv = (await bytesOf(await madeOf({ format: 'csv', ...question }))).toString('utf8').split('\r\n');
  assert.equal(csv[0], `${byteOrderMark}person_id,name`);
  assert.equal(csv.length, wanted + 2);
  const { sheets } = await readXlsx(await bytesOf(await madeOf({ format: 'xlsx', ...question })));
  assert.deepEqual(
    sheets[0]?.rows.map((row) => row.join(',')),
    [csv[0].slice(1), ...csv.slice(1, -1)],
  );
  assert.equal(await codeOf(ask({ format: 'csv', fields: ['income'] })), 'field_not_granted');
});

test('a download goes on where it stopped; other bytes before it, or a foreign manifest, are noticed', async () => {
  const ready = await madeOf({ format: 'ndjson' });
  const whole = await bytesOf(ready);
  const half = Math.floor(whole.length / 2);
  const first = whole.subarray(0, half);
  assert.deepEqual(await bytesOf(ready, half, createHash('sha256').update(first)), whole.subarray(half));
  assert.equal(await codeOf(bytesOf(ready, half)), 'reply_stream_invalid');
  const another = await madeOf({ format: 'csv' });
  assert.equal(await codeOf(bytesOf({ ...ready, manifest: another.manifest ?? '' })), 'reply_stream_invalid');
  const { status, headers } = await download(ready, { range: 'bytes=5-9' });
  assert.deepEqual([status, headers.get('content-range')], [206, `bytes 5-9/${whole.length}`]);
  assert.equal((await download(ready)).status, 200);
  for (const range of [`bytes=${whole.length}-`, 'bytes=9-5', 'bytes=-0'])
    assert.equal(await codeOf(download(ready, { range })), 'range_invalid', range);
  for (const [range, from, to] of [
    ['bytes=-5', whole.length - 5, whole.length],
    ['BYTES=3-4, 0-1', 3, 5],
  ] as const) {
    const { status: partial, body } = await download(ready, { range });
    assert.deepEqual([partial, Buffer.from(body)], [206, whole.subarray(from, to)], range);
  }
  assert.equal((await download(ready, { range: 'rows=1-2' })).status, 200, 'another unit is ignored');
  assert.equal((await download(ready, { range: 'bytes=0-1', 'if-range': '"x"' })).status, 200);
  // of a file beyond what one reply holds only a range is given
  const size = (bytes: number): Promise<unknown> =>
    database.app.query('UPDATE release_export SET bytes = $2 WHERE id = $1', [ready.id, bytes]);
  await size(largestPart + 1);
  assert.equal(await codeOf(download(ready)), 'range_wanted');
  await size(whole.length);
  assert.equal(await codeOf(download(ready)), 'answered');
});

test('a workbook of more rows than are made at once is refused, one row below it is accepted and delays no one', async () => {
  const workbook = exportFile('xlsx', { fields: [{ field: 'nth' }, { field: 'name' }] as never });
  const line = (nth: number) => `${JSON.stringify({ nth, name: `张三 ${nth}` })}\n`;
  const page = (from: number, rows: number) => ({
    bytes: Buffer.from(Array.from({ length: rows }, (_, at) => line(from + at)).join('')),
    rows,
  });
  for (let from = 0; from < 50_000; from += 10_000) workbook.keep?.(page(from, 10_000));
  let turns = 0;
  let ended = false;
  const turn = (): void => {
    turns += 1;
    if (!ended) setImmediate(turn);
  };
  setImmediate(turn);
  const bytes = await workbook.end();
  ended = true;
  assert.ok(turns > 1000, `${turns} turns of the main thread while it was written`);
  const { sheets } = await readXlsx(bytes);
  assert.equal(sheets[0]?.rows.length, 50_001);
  assert.deepEqual(sheets[0].rows.at(-1), [49_999, '张三 49999']);
  assert.throws(() => workbook.keep?.(page(50_000, 1)), { code: 'export_too_large' });
  const wide = exportFile('xlsx', { fields: [] });
  const half = { bytes: Buffer.alloc(32 * 1024 * 1024), rows: 1 };
  wide.keep?.(half);
  wide.keep?.(half);
  assert.throws(() => wide.keep?.(page(0, 1)), {
    code: 'export_too_large',
    message: /64 MiB before it is packed/,
  });
  const { bytes: lines } = page(0, 1000);
  const late = writeBook({ header: ['nth'], lines: [lines] }, 1000, { deadline: 1 });
  await assert.rejects(late, /not written in time/, 'a thread that comes to no end is ended');
  await assert.rejects(writeBook({ header: ['nth'], lines: [Buffer.from('no line')] }, 1000), SyntaxError);
  const much = Array.from({ length: 40 }, () => page(0, 1000).bytes);
  const small = await writeBook({ header: ['nth', 'name'], lines: much }, 40_000, { heap: 8 });
  assert.equal(small, undefined, 'a heap that is full ends the thread alone');
});

/** Files are gone a day later, and the department may ask for others. */
async function dayLater(): Promise<void> {
  await database.app.query("UPDATE release_export SET expires = '2020-01-01'");
  await hub.hub.runner.run('expireExports');
}

test('a file beyond the limit of bytes fails where it passes it, a workbook at its end; nothing of it stays', async () => {
  await dayLater();
  const whole = await madeOf({ format: 'ndjson' });
  const sheet = await madeOf({ format: 'xlsx' });
  // a workbook says when it was made, so two of the same rows differ by some packed bytes
  const moment = 256;
  for (const [format, bytes, parts] of [
    // the first of the parts fits, as a workbook's do, which have no bytes of their own
    ['ndjson', whole.bytes / 2, 1],
    ['xlsx', sheet.bytes - moment, 10],
  ] as const) {
    const stored = (await chunks()).length;
    release.exportBytes = Math.floor(bytes);
    try {
      const refused = await madeOf({ format });
      assert.deepEqual([refused.state, refused.code], ['failed', 'export_too_large'], format);
      const { stream } = (await entriesOf(refused.id)).find((leaf) => leaf.stream?.state === 'aborted') ?? {};
      assert.equal(stream?.why, 'export_too_large', format);
      assert.ok((stream.parts ?? 0) >= parts, `${format}: ${stream.parts} parts`);
    } finally {
      release.exportBytes = defaultReleaseLimits.exportBytes;
    }
    assert.equal((await chunks()).length, stored, format);
    release.exportBytes = format === 'xlsx' ? sheet.bytes + moment : whole.bytes;
    assert.equal((await madeOf({ format })).state, 'ready', 'up to the limit');
    release.exportBytes = defaultReleaseLimits.exportBytes;
  }
  await dayLater();
});

test('every download decides again: suspended, changed terms, another purpose, another department', async () => {
  const ready = await madeOf({ format: 'csv' });
  assert.equal(await codeOf(download(ready, { 'datong-purpose': 'sandbox' })), 'purpose_unknown');
  const strange = city.ecology.client.call({ method: 'GET', path: file_(ready), receipt: 'optional' });
  assert.equal(await codeOf(strange), 'export_unknown');
  const place = '/v1/policy/documents/agr-school-enrolment';
  await hub.staff(city.security, 'POST', `${place}/suspension`, { reason: 'test' });
  assert.equal(await codeOf(download(ready)), 'agreement_suspended');
  await hub.staff(city.security, 'POST', `${place}/resumption`, { reason: 'test' });
  assert.equal(await codeOf(download(ready)), 'answered');
  await agree((grant) => ({ ...grant, fields: { ...(grant['fields'] as object), name: { mask: 'drop' } } }));
  assert.equal(await codeOf(download(ready)), 'export_void');
  const waiting = await ask({ format: 'csv' });
  await agree();
  await work();
  assert.deepEqual(
    [(await state(waiting)).state, (await state(waiting)).code],
    ['failed', 'stream_terms_changed'],
  );
  assert.equal(
    (await entriesOf(waiting.id)).find(({ stream }) => stream?.state === 'aborted')?.stream?.why,
    'stream_terms_changed',
  );
});

test('a file that a database administrator assigns to another department, or to later terms, is not given', async () => {
  const ready = await madeOf({ format: 'csv' });
  await database.owner.query(`UPDATE release_export SET department = 'ecology' WHERE id = $1`, [ready.id]);
  const strange = city.ecology.client.call({
    method: 'GET',
    path: file_(ready),
    receipt: 'optional' as const,
    headers: { 'datong-purpose': context.purpose, 'datong-agreement': context.agreement },
  });
  assert.equal(await codeOf(strange), 'sealed_bytes_damaged');
  await database.owner.query(`UPDATE release_export SET department = 'education' WHERE id = $1`, [ready.id]);
  assert.equal(await codeOf(download(ready)), 'answered');
  await agree((grant) => ({ ...grant, fields: { ...(grant['fields'] as object), name: { mask: 'drop' } } }));
  const later = await madeOf({ format: 'csv' });
  await database.owner.query(
    `UPDATE release_export SET terms = (SELECT terms FROM release_export WHERE id = $2) WHERE id = $1`,
    [ready.id, later.id],
  );
  assert.equal(await codeOf(download(ready)), 'sealed_bytes_damaged');
  assert.equal(await codeOf(download(later)), 'answered');
  await agree();
});

test('a file whose end a database administrator postpones is over, and deleted', async () => {
  const ready = await madeOf({ format: 'csv' });
  const old = uuid7(hub.hub.database.now() - 25 * 3_600_000);
  await database.owner.query(
    `INSERT INTO release_export (id, department, dataset, format, state, request, asked, terms, manifest, expires)
     SELECT $2, department, dataset, format, state, request, asked, terms, manifest, now() + interval '1 year'
       FROM release_export WHERE id = $1`,
    [ready.id, old],
  );
  assert.equal(await codeOf(download({ ...ready, id: old })), 'export_unknown');
  assert.equal(await hub.hub.runner.run('expireExports'), 'ok');
  const { rows } = await database.owner.query<{ id: string }>(
    'SELECT id FROM release_export WHERE id = ANY ($1)',
    [[ready.id, old]],
  );
  assert.deepEqual(rows, [{ id: ready.id }]);
});

test('what a process that died began is begun anew; a department has eight at most, and what is over goes with an entry', async () => {
  const requested = await ask({ format: 'csv' });
  await database.app.query(
    "UPDATE release_export SET state = 'making', parts = 2, rows = 200, bytes = 5 WHERE id = $1",
    [requested.id],
  );
  await database.app.query(
    "INSERT INTO release_export_chunk (export, at, bytes, sealed) VALUES ($1, 0, 5, '\\x00'), ($1, 5, 5, '\\x00')",
    [requested.id],
  );
  await work();
  const ready = await state(requested);
  assert.equal((await bytesOf(ready)).length, ready.bytes);
  assert.equal(ready.rows, good.length);
  for (let refused = ''; refused !== 'exports_too_many';) refused = await codeOf(ask({ format: 'csv' }));
  await database.app.query("UPDATE release_export SET expires = '2020-01-01'");
  assert.equal(await codeOf(download(ready)), 'export_unknown');
  await hub.hub.runner.run('expireExports');
  assert.equal((await chunks()).length, 0);
  const gone = (await newestLeaves(database, 20)).find(({ change }) => change?.['export'] === ready.id);
  assert.deepEqual(
    [gone?.kind, gone?.consumer, gone?.change?.['bytes']],
    ['retire', 'education', ready.bytes],
  );
});

test('a file that lost its database is not failed: the next run makes it from the beginning', async () => {
  await database.owner.query(
    `CREATE FUNCTION goes_away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'admin_shutdown'; END $$;
     CREATE TRIGGER goes_away BEFORE INSERT ON release_export_chunk FOR EACH ROW WHEN (NEW.at > 0) EXECUTE FUNCTION goes_away()`,
  );
  const requested = await ask({ format: 'csv' });
  assert.notEqual(await work(), 'ok');
  const waiting = await state(requested);
  assert.deepEqual([waiting.state, waiting.code], ['making', undefined]);
  await database.owner.query('DROP TRIGGER goes_away ON release_export_chunk; DROP FUNCTION goes_away()');
  assert.equal(await work(), 'ok');
  const ready = await state(requested);
  assert.deepEqual([ready.state, ready.rows], ['ready', good.length]);
  assert.equal((await bytesOf(ready)).length, ready.bytes);
  await database.app.query("UPDATE release_export SET expires = '2020-01-01' WHERE id = $1", [ready.id]);
  await hub.hub.runner.run('expireExports');
});

test('a file whose agreement cannot be used fails by name, and the files requested after it are made', async () => {
  await agree();
  const refused = await ask({ format: 'csv' });
  const { rows } = await database.owner.query<{ id: string; version: number; digest: string }>(
    `UPDATE policy_document AS d SET digest = repeat('0', 64) FROM policy_document AS before
      WHERE d.id = $1 AND d.state = 'active' AND before.id = d.id AND before.version = d.version
      RETURNING d.id, d.version, before.digest`,
    [context.agreement],
  );
  const [altered] = rows;
  assert.ok(altered);
  const agreement = 'agr-files';
  const given = {
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['export'],
    limits: { rowsPerCall: 1000 },
  };
  // the registries are read again
  await applyGrant(hub, city, 'household/agreement.yaml', 1, (grant) => ({ ...grant, ...given }), {
    id: agreement,
  });
  const { json: next } = await client.exports.ask(dataset, { format: 'csv' }, { ...context, agreement });
  assert.equal(await work(), 'ok');
  assert.equal(await work(), 'ok');
  const { state: ended, code } = await state(refused);
  assert.deepEqual([ended, code], ['failed', 'agreement_unreadable']);
  const aborted = (await entriesOf(refused.id)).find(({ stream }) => stream?.state === 'aborted');
  assert.equal(aborted?.stream?.why, 'agreement_unreadable');
  assert.deepEqual([(await state(next)).state, (await state(next)).rows], ['ready', good.length]);
  await database.owner.query('UPDATE policy_document SET digest = $3 WHERE id = $1 AND version = $2', [
    altered.id,
    altered.version,
    altered.digest,
  ]);
  await agree();
  assert.equal((await madeOf({ format: 'csv' })).state, 'ready');
  await dayLater();
});

test('what is spent of a day fails the file by name', async () => {
  await agree((grant) => ({ ...grant, limits: { rowsPerCall: 1000, rowsPerDay: 150 } }));
  const failed = await madeOf({ format: 'csv' });
  assert.deepEqual([failed.state, failed.code], ['failed', 'quota_exhausted']);
  // a workbook is no way around the bytes of a day: its rows count as lines of JSON
  for (const format of ['xlsx', 'ndjson'] as const) {
    await agree((grant) => ({ ...grant, limits: { rowsPerCall: 1000, bytesPerDay: 20_000 } }));
    const beyond = await madeOf({ format });
    assert.deepEqual([beyond.state, beyond.code], ['failed', 'quota_exhausted'], format);
  }
  assert.equal((await chunks()).length, 0);
});

test('the manifest names rows with an open ticket; so does the entry of their part', async () => {
  await agree();
  const at = 142;
  const claim = 'the name is another one';
  const { json } = await client.tickets.open({ dataset, key: good[at]?.id ?? '', claim });
  const ready = await madeOf({ format: 'csv' });
  assert.deepEqual(await client.exports.notes(ready), [{ code: 'under-correction', records: [at] }]);
  const noted = (await entriesOf(ready.id)).filter(({ notes }) => notes !== undefined);
  assert.deepEqual(
    noted.map(({ stream, notes }) => [stream?.parts, notes]),
    [[2, ['under-correction']]],
  );
  await client.tickets.answer(json.id, { act: 'withdraw' });
  const notes = [{ code: 'under-correction', records: [at] }];
  assert.deepEqual(await client.exports.notes(ready), notes, 'what stood when its part was made');
  assert.deepEqual(await client.exports.notes(await madeOf({ format: 'csv' })), []);
});

test('the same call under one idempotency key asks for one file', async () => {
  await agree();
  const once = async (format: string): Promise<unknown> => {
    const headers = { ...contextHeaders(context), 'datong-idempotency-key': 'export-once' };
    const path = `/v1/datasets/${dataset}/exports`;
    const { json } = await client.call(jsonCall(path, { format }, headers, 'required'));
    return (json as Export).id;
  };
  const all = async (): Promise<number> =>
    (await database.app.query('SELECT FROM release_export')).rowCount ?? 0;
  const first = await once('ndjson');
  const made = await all();
  assert.equal(await once('ndjson'), first);
  assert.equal(await codeOf(once('csv')), 'idempotency_conflict');
  assert.equal(await all(), made);
});

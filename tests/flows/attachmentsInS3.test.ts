/** Attachments in an object store: a server that speaks S3, which is cut, killed and started again. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attachment } from '../../clients/sdk/attachments.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import { readConfig } from '../../hub/platform/config/readConfig.ts';
import { S3Storage } from '../../hub/flows/attachments/s3Storage.ts';
import { sweepAttachments } from '../../hub/flows/attachments/jobs/sweepAttachments.ts';
import { databaseStorage } from '../../hub/flows/attachments/store/databaseStorage.ts';
import { sweepStoredObjects } from '../../hub/flows/attachments/jobs/sweepStoredObjects.ts';
import { AttachmentStorages } from '../../hub/flows/attachments/storage.ts';
import type { AttachmentStorage } from '../../hub/flows/attachments/store/storage.ts';
import { Problem } from '../../terms/problem.ts';
import { testDatabase } from '../database.ts';
import { s3Server } from '../s3Server.ts';
import { ageAttachments, post, reported, sha256 } from './intakeCalls.ts';
import { cityHub } from '../cityHub.ts';

const s3 = await s3Server();
after(() => s3.close());
const { attachments } = readConfig({
  ...{ name: 'yunxi', publicOrigin: 'https://localhost:8443', attachments: s3.attachments },
});
const { database, hub, city } = await cityHub(
  { jobsByTime: false, config: { attachments: s3.attachments } },
  { connections: 20 },
);
const { client: sender } = city.ecology;
const { client: reader } = city.education;
const dataset = 'ecology.odour-reports';
const context: CallContext = { purpose: 'environment-study', agreement: 'agr-odour-reports' };
assert.ok(attachments.s3);
const storage = new S3Storage(database.app, attachments.s3);
after(() => storage.close());

before(async () => {
  await city.apply('odour-reports/dataset.yaml');
  await city.apply('odour-reports/agreement.yaml', [city.education, city.ecology]);
});

const upload = { field: 'papers', mediaType: 'application/pdf' };
const pdf = (bytes = 2_000): Buffer =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(bytes), Buffer.from('\n%%EOF\n')]);
const put = async (bytes: Buffer): Promise<string> =>
  (await sender.attachments.put(dataset, bytes, { ...upload, name: `${randomUUID()}.pdf` })).json.attachment;
const open = async (bytes: Buffer): Promise<string> => {
  const opening = { ...upload, name: `${randomUUID()}.pdf`, bytes: bytes.length, sha256: sha256(bytes) };
  return ((await post(sender, `/v1/datasets/${dataset}/attachments`, opening)).json as Attachment).attachment;
};
const part = (id: string, at: number, body: Uint8Array) =>
  sender.call({
    method: 'PUT',
    path: `/v1/attachments/${id}/parts/${at}`,
    body,
    receipt: 'optional',
    headers: { 'content-type': 'application/octet-stream' },
  });
const finish = (id: string) =>
  sender.call({ method: 'POST', path: `/v1/attachments/${id}/finish`, receipt: 'optional' });
const names = (report: string, ids: readonly string[]) =>
  post(sender, `/v1/datasets/${dataset}/rows`, [{ report_id: report, district: 'east', papers: ids }]);
async function bytesOf(id: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of reader.attachments.bytes(dataset, id, context)) pieces.push(piece);
  return sha256(Buffer.concat(pieces));
}
const got = (id: string, headers: Readonly<Record<string, string>> = {}) =>
  reader.call({
    method: 'GET',
    path: `/v1/datasets/${dataset}/attachments/${id}`,
    receipt: 'required',
    headers: { 'datong-purpose': context.purpose, 'datong-agreement': context.agreement, ...headers },
  });
const stored = async (id: string): Promise<number> => {
  const { objects } = await storage.list(undefined);
  return objects.filter((one) => one.id === id).length;
};
const partSize = 8 * 1024 * 1024;

test('a file of several parts is stored sealed, read by range, and removed with its row', async () => {
  const bytes = pdf(2 * partSize + 5);
  const id = await put(bytes);
  const { rows } = await database.app.query<{ storage: string; pieces: number }>(
    'SELECT storage, (SELECT count(*)::int FROM attachment_piece WHERE attachment = id) AS pieces FROM attachment WHERE id = $1',
    [id],
  );
  assert.deepEqual(rows, [{ storage: 's3', pieces: 0 }]);
  await names('S-1', [id]);
  assert.equal(await bytesOf(id), sha256(bytes));
  for (const [from, to] of [
    [0, 0],
    [262_100, 262_200],
    [partSize - 10, partSize + 10],
    [bytes.length - 3, bytes.length - 1],
  ] as const) {
    const some = await got(id, { range: `bytes=${from}-${to}` });
    assert.deepEqual(Buffer.from(some.body), bytes.subarray(from, to + 1), `${from}-${to}`);
  }
  const found: Uint8Array[] = [];
  const { rows: records } = await database.app.query<{ id: string; upload: string }>(
    'SELECT id, upload FROM attachment WHERE id = $1',
    [id],
  );
  for await (const piece of storage.read(records[0] ?? assert.fail(), 0, 1)) found.push(Buffer.from(piece));
  assert.equal(Buffer.concat(found).includes('%PDF'), false);
  assert.equal(await stored(id), 1);
  await names('S-1', []);
  await ageAttachments(database, id);
  assert.equal(await hub.hub.runner.run('sweepAttachments'), 'ok');
  assert.equal(await stored(id), 0);
  assert.equal(await reported(got(id)), 'attachment_unknown');
});

test('a download continues where the connection to the store was cut', async () => {
  const bytes = pdf(3_000_000);
  const id = await put(bytes);
  await names('S-2', [id]);
  const before_ = s3.connections();
  s3.cut(900_000, 2);
  assert.equal(await bytesOf(id), sha256(bytes));
  assert.ok(s3.connections() >= before_ + 3, `${s3.connections() - before_} connections`);
});

test('while the store is away nothing is lost, everything else is served, and an upload continues afterwards', async () => {
  const bytes = pdf(partSize + 100);
  const whole = await put(pdf(500));
  await names('S-3', [whole]);
  const id = await open(bytes);
  await part(id, 0, bytes.subarray(0, partSize));
  const isReady = async (): Promise<string> => String((await readiness())['attachments']);
  assert.equal(await isReady(), 'ok');
  await s3.stop();
  // a state is reported again for three seconds
  await sleep(3_200);
  assert.equal(await isReady(), 'degraded: attachment_storage_unavailable');
  assert.equal(
    await reported(part(id, partSize, bytes.subarray(partSize))),
    'attachment_storage_unavailable',
  );
  assert.equal(await reported(open(pdf()).then(() => ({ status: 201 }))), 'attachment_storage_unavailable');
  assert.equal(await reported(got(whole)), 'attachment_storage_unavailable');
  assert.equal(await reported(reader.query(dataset, { filter: [] }, context)), '200');
  await s3.start();
  assert.equal(await reported(part(id, partSize, bytes.subarray(partSize))), '200');
  await s3.stop();
  assert.equal(await reported(finish(id)), 'attachment_storage_unavailable');
  assert.equal((await sender.attachments.state(id)).json.state, 'receiving');
  await s3.start();
  assert.equal(await reported(finish(id)), '200');
  await names('S-4', [id]);
  assert.equal(await bytesOf(id), sha256(bytes));
});

test('a finish whose answer was lost is repeated; bytes that the store lost are reported', async () => {
  const bytes = pdf(700_000);
  const id = await put(bytes);
  await names('S-5', [id]);
  await database.owner.query("UPDATE attachment SET state = 'receiving' WHERE id = $1", [id]);
  assert.equal(await reported(finish(id)), '200');
  assert.equal(await bytesOf(id), sha256(bytes));
  await storage.remove(undefined, { id, upload: 'gone' });
  assert.equal(await reported(got(id)), 'attachment_bytes_missing');
});

test('a part that is sent twice at once is stored once', async () => {
  const bytes = pdf(partSize + 100);
  const id = await open(bytes);
  const first = bytes.subarray(0, partSize);
  const sent = await Promise.all([reported(part(id, 0, first)), reported(part(id, 0, first))]);
  assert.deepEqual(sent, ['200', '200']);
  assert.equal(await reported(part(id, partSize, bytes.subarray(partSize))), '200');
  assert.equal(await reported(finish(id)), '200');
  const differing = pdf(partSize + 100);
  const other = await open(differing);
  const both = await Promise.all([
    reported(part(other, 0, differing.subarray(0, partSize))),
    reported(part(other, 0, first)),
  ]);
  assert.deepEqual(both.sort(), ['200', 'part_differs']);
});

const codeOf = (error: unknown): unknown => (error instanceof Problem ? error.code : error);

/** A sweep so many days from now. */
async function swept(days: number, of: AttachmentStorage = storage) {
  const acts: unknown[] = [];
  const result = await sweepStoredObjects({ database, attachments: new AttachmentStorages(of) }).run({
    now: () => database.now() + days * 86_400_000,
    state: null,
    signal: new AbortController().signal,
    act: ({ change }) => Promise.resolve({ exchange: String(acts.push(change)) }),
  });
  return { result, acts };
}

test('objects without a record are removed after a week with one entry, and no others', async () => {
  const [one, other, recorded] = [await put(pdf()), await put(pdf()), await put(pdf())];
  await database.owner.query('DELETE FROM attachment WHERE id IN ($1, $2)', [one, other]);
  const all = async () => [await stored(one), await stored(other), await stored(recorded)];
  assert.deepEqual((await swept(6)).acts, []);
  assert.deepEqual(await all(), [1, 1, 1]);
  const failing = new S3Storage(database.app, attachments.s3 ?? assert.fail());
  const remove = failing.remove.bind(failing);
  failing.remove = (transaction, place) =>
    place.id === one ? Promise.reject(new Error('lost')) : remove(transaction, place);
  const { result, acts } = await swept(8, failing);
  await failing.close();
  const { failures = [], ...rest } = result;
  assert.deepEqual(rest, { state: null, more: false });
  // that of the file whose bytes were removed above, and that of the removal
  assert.deepEqual(
    failures.map((error) => (error instanceof Problem ? error.code : (error as Error).message)),
    ['attachment_objects_missing', 'lost'],
  );
  assert.deepEqual(acts, [{ objectsRemoved: 1 }]);
  assert.deepEqual(await all(), [1, 0, 1]);
  await database.owner.query(
    `INSERT INTO proposal (id, operation, kind, name, body, params, digest, author)
     SELECT $1, 'placeHold', 'hold', 'h', $2, '{}', 'd', id FROM person LIMIT 1`,
    [randomUUID(), JSON.stringify({ on: { dataset: 'any.dataset' } })],
  );
  const held = await swept(8);
  assert.deepEqual(held.acts, [], 'any hold stops it');
  assert.deepEqual(held.result.failures?.map(codeOf), ['attachment_objects_missing'], 'but no comparison');
  assert.deepEqual(await all(), [1, 0, 1]);
  await database.owner.query("DELETE FROM proposal WHERE operation = 'placeHold'");
  const claimed = new S3Storage(database.app, attachments.s3 ?? assert.fail());
  const claimedAt = await claimed.claimedAt();
  assert.ok(Math.abs(claimedAt - Date.now()) < 3_600_000, String(claimedAt));
  claimed.claimedAt = () => Promise.resolve(claimedAt + 2 * 86_400_000);
  assert.deepEqual((await swept(8, claimed)).acts, [], 'nothing in the week after a claim');
  assert.deepEqual(await all(), [1, 0, 1]);
  await claimed.close();
  assert.deepEqual((await swept(8)).acts, [{ objectsRemoved: 1 }]);
  assert.deepEqual(await all(), [0, 0, 1]);
  assert.deepEqual((await swept(8)).acts, []);
});

test('a store that does not answer is asked once a sweep, and delays no attachment of the database', async () => {
  const ids = [await put(pdf()), await put(pdf()), await put(pdf())];
  await database.owner.query("UPDATE attachment SET state = 'removed' WHERE id = ANY($1)", [ids]);
  await database.owner.query("UPDATE attachment SET storage = 'database' WHERE id = $1", [ids[2]]);
  const away = new S3Storage(database.app, attachments.s3 ?? assert.fail());
  let asked = 0;
  away.remove = () => {
    asked += 1;
    return Promise.reject(new Problem('attachment_storage_unavailable'));
  };
  const { registry } = hub.hub.services;
  const storages = new AttachmentStorages(away, { others: [databaseStorage(database.app)] });
  const result = await sweepAttachments({ database, registry, attachments: storages }).run({
    now: () => database.now() - 3_600_000,
    state: null,
    signal: new AbortController().signal,
    act: () => assert.fail('no act'),
  });
  assert.deepEqual([asked, result.failures?.length, result.more], [1, 1, false]);
  const { rows } = await database.app.query<{ id: string }>('SELECT id FROM attachment WHERE id = ANY($1)', [
    ids,
  ]);
  assert.deepEqual(new Set(rows.map(({ id }) => id)), new Set(ids.slice(0, 2)));
  await away.close();
});

test('an upload that is refused is not begun in the store', async (t) => {
  const begin = t.mock.method(S3Storage.prototype, 'begin');
  const opening = { ...upload, name: 'twice.pdf', bytes: 9, sha256: sha256(Buffer.alloc(9)) };
  const opened = () => reported(post(sender, `/v1/datasets/${dataset}/attachments`, opening));
  assert.equal(await opened(), '201');
  assert.equal(await opened(), 'attachment_name_open');
  assert.equal(begin.mock.callCount(), 1);
});

test('unfinished uploads are listed to their last page', async () => {
  const paged = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://s3').searchParams;
    const isFirst = !query.has('key-marker');
    const next =
      '<IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>';
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(
      query.has('uploads')
        ? `<ListMultipartUploadsResult>${isFirst ? next : ''}<Upload><Key>attachments/${isFirst ? 1 : 2}</Key><UploadId>u</UploadId></Upload></ListMultipartUploadsResult>`
        : '<ListBucketResult></ListBucketResult>',
    );
  });
  paged.listen(0, '127.0.0.1');
  await once(paged, 'listening');
  const endpoint = `http://127.0.0.1:${(paged.address() as AddressInfo).port}`;
  const other = new S3Storage(database.app, { ...(attachments.s3 ?? assert.fail()), endpoint });
  const { objects } = await other.list(undefined);
  assert.deepEqual(
    objects.map(({ id }) => id),
    ['1', '2'],
  );
  await other.close();
  paged.close();
});

test('a bucket of another hub is neither written nor swept, and a changed bucket loses nothing silently', async () => {
  const id = await put(pdf());
  const other = await testDatabase({ connections: 4 });
  const foreign = new S3Storage(other.app, attachments.s3 ?? assert.fail());
  const differs = { code: 'attachment_storage_differs' };
  await assert.rejects(foreign.check(), differs);
  await assert.rejects(foreign.begin(randomUUID()), differs);
  await assert.rejects(foreign.remove(undefined, { id, upload: '' }), differs);
  assert.equal(await new AttachmentStorages(foreign).state(), 'degraded: attachment_storage_differs');
  const { result, acts } = await swept(8, foreign);
  assert.deepEqual([result.failures?.map(codeOf).at(-1), acts], ['attachment_storage_differs', []]);
  assert.equal(await stored(id), 1);
  // an empty prefix of the same bucket has none of the objects
  const moved = new S3Storage(database.app, { ...(attachments.s3 ?? assert.fail()), prefix: 'other/' });
  await assert.rejects(moved.remove(undefined, { id, upload: '' }), differs);
  assert.equal(await stored(id), 1);
  await database.owner.query('UPDATE attachment_place SET hub = gen_random_uuid()');
  await assert.rejects(storage.check(), differs);
  await Promise.all([foreign.close(), moved.close()]);
});

test('a store that never answers degrades readiness within its time, by one check', async () => {
  const sockets = new Set<Socket>();
  let connections = 0;
  const silent = createTcpServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const other = new S3Storage(database.app, { ...(attachments.s3 ?? assert.fail()), endpoint });
  const storages = new AttachmentStorages(other);
  const start = performance.now();
  const states = await Promise.all([storages.state(), storages.state()]);
  assert.deepEqual(new Set(states), new Set(['degraded: attachment_storage_unavailable']));
  assert.ok(performance.now() - start < 1_900, 'within the time of a readiness check');
  assert.equal(connections, 1);
  await storages.close();
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test('a wrong key is reported, and names no secret', async () => {
  const place = { ...(attachments.s3 ?? assert.fail()), accessKeyId: 'other', secretAccessKey: 'TOP-SECRET' };
  const other = new S3Storage(database.app, place);
  await assert.rejects(other.list(undefined), (error) => {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, 'attachment_storage_unavailable');
    assert.equal(JSON.stringify(error).includes('TOP-SECRET'), false);
    return true;
  });
  await other.close();
});

/** A store that answers everything but HEAD with an error of this code. */
async function refusingStore(code: string, work: (storage: S3Storage) => Promise<void>): Promise<void> {
  const refusing = createServer((request, response) => {
    request.resume();
    const isHead = request.method === 'HEAD';
    response.writeHead(isHead ? 404 : 400, { 'content-type': 'application/xml' });
    response.end(isHead ? undefined : `<Error><Code>${code}</Code><Message>other</Message></Error>`);
  });
  refusing.listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  const endpoint = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`;
  const other = new S3Storage(database.app, { ...(attachments.s3 ?? assert.fail()), endpoint });
  other.check = () => Promise.resolve();
  await work(other);
  await other.close();
  refusing.close();
}

test('a store that has another part than the recorded one ends the upload', () =>
  refusingStore('InvalidPart', async (store) => {
    const completed = store.complete({ id: randomUUID(), upload: 'u' }, ['"a"'], 10);
    await assert.rejects(completed, { code: 'attachment_parts_differ' });
  }));

test('an upload that the store ended by its own rule is begun again by its sender', () =>
  refusingStore('NoSuchUpload', async (store) => {
    const place = { id: randomUUID(), upload: 'u' };
    await assert.rejects(store.complete(place, ['"a"'], 10), { code: 'attachment_not_open' });
    const part = { first: 0, sealed: () => [Buffer.from('sealed')] };
    await assert.rejects(
      store.put(place, part, () => Promise.resolve(true)),
      { code: 'attachment_not_open' },
    );
  }));

/** The checks of `/readyz`. */
async function readiness(): Promise<Readonly<Record<string, string>>> {
  const answer = await fetch(`${hub.hub.origins.admin}/readyz`);
  return ((await answer.json()) as { checks: Record<string, string> }).checks;
}

/** Photos of a case that several departments work on: each uploads for the fields it may set, and names its files in its own rows only. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import sharp from 'sharp';
import supertest from 'supertest';
import { uuid7 } from '../../machine/uuid7.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { post, reported, sha256 } from './intakeCalls.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { client: provider } = city.ecology;
const { client: roads } = city.education;
const { client: parks } = city.publicSecurity;
const id = 'ecology.photo-cases';
const urn = 'urn:datong:photo-case:1.0';

const field = (more: object): object => ({
  type: 'string',
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const attachment = {
  type: 'string',
  format: 'attachment',
  'x-attachment': { mediaTypes: ['image/jpeg'], maxBytes: 20_000_000 },
};
const schema = {
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
    'x-title': { zh: '办件', en: 'Cases' },
    'x-class': 'general',
    'x-primary-key': ['/case'],
    additionalProperties: false,
    required: ['case', 'status', 'assigned_to'],
    properties: {
      case: field({ maxLength: 40 }),
      status: field({ enum: ['open', 'done'] }),
      assigned_to: field({ maxLength: 40 }),
      before: field(attachment),
      after: field({ type: 'array', maxItems: 3, items: attachment }),
    },
  },
};
const contributorOf = (department: string): object => ({
  department,
  sets: ['after'],
  rows: { all: [{ field: 'assigned_to', is: 'me' }] },
});
const casesOf = (departments: readonly string[]): object => ({
  state: 'status',
  transitions: [{ id: 'finish', from: 'open', to: 'done', by: departments }],
  contributors: departments.map(contributorOf),
});
const datasetOf = (departments: readonly string[]): object => ({
  kind: 'Dataset',
  id,
  title: { zh: '办件', en: 'Cases' },
  schema: urn,
  mode: 'upsert',
  intake: { byCall: {}, cases: casesOf(departments) },
  sharing: { type: 'conditional', conditions: '示例' },
});
const agreementOf = (consumer: string): object => ({
  kind: 'Agreement',
  id: `agr-photos-${consumer}`,
  version: 1,
  title: { zh: '办件', en: 'Cases' },
  provider: 'ecology',
  consumer,
  purposes: ['environment-study'],
  basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset: id,
      schema: 'photo-case@1',
      filterBy: ['case'],
      requires: ['on-behalf-of'],
      rows: { all: [{ field: 'assigned_to', op: 'eq', value: consumer }] },
      deliveries: ['history'],
      limits: { rowsPerCall: 1000, callsPerDay: 5000 },
      fields: Object.fromEntries(
        ['case', 'status', 'before', 'after[]'].map((name) => [name, { mask: 'clear' }]),
      ),
    },
  ],
});
const apply = (documents: readonly object[]): Promise<void> =>
  city.apply(documents, [city.education, city.publicSecurity, city.ecology]);
const contributors = ['education', 'pub-security'];
before(() => apply([schema, datasetOf(contributors), ...contributors.map(agreementOf)]));

const photo = (): Promise<Buffer> =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: { r: 20, g: 90, b: 160 } } })
    .withExif({ IFD0: { Model: randomUUID() } })
    .jpeg()
    .toBuffer();
const opening = (bytes: Uint8Array, name: string): object => ({
  field: name,
  name: `${randomUUID()}.jpg`,
  mediaType: 'image/jpeg',
  bytes: bytes.length,
  sha256: sha256(bytes),
});
async function put(client: DatongClient, name: string, bytes?: Buffer): Promise<string> {
  const content = bytes ?? (await photo());
  const upload = { field: name, mediaType: 'image/jpeg', name: `${randomUUID()}.jpg` };
  return (await client.attachments.put(id, content, upload)).json.attachment;
}
const push = (rows: readonly object[]) => post(provider, `/v1/datasets/${id}/rows`, rows);
const change = (client: DatongClient, name: string, version: number, set: object) =>
  post(client, `/v1/datasets/${id}/rows/changes`, { key: { case: name }, version, set });
const contextOf = (client: DatongClient) => ({
  purpose: 'environment-study',
  onBehalfOf: 'official-1',
  agreement: `agr-photos-${client === roads ? 'education' : 'pub-security'}`,
});
async function bytesOf(client: DatongClient, name: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of client.attachments.bytes(id, name, contextOf(client))) pieces.push(piece);
  return sha256(Buffer.concat(pieces));
}
const got = (client: DatongClient, name: string, more: Readonly<Record<string, string>> = {}) => {
  const { purpose, agreement, onBehalfOf } = contextOf(client);
  return client.call({
    method: 'GET',
    path: `/v1/datasets/${id}/attachments/${name}`,
    receipt: 'required',
    headers: {
      'datong-purpose': purpose,
      'datong-agreement': agreement,
      'datong-on-behalf-of': onBehalfOf,
      ...more,
    },
  });
};

test('a contributor adds photos to its case, which its readers download', async () => {
  const content = await photo();
  const [before_, after_] = [await put(provider, 'before'), await put(roads, 'after', content)];
  assert.deepEqual(
    [(await lastLeaf(database)).actor.department, (await lastLeaf(database)).provider],
    ['education', 'ecology'],
  );
  await push([{ case: 'a-1', status: 'open', assigned_to: 'education', before: before_ }]);
  assert.equal(await reported(change(roads, 'a-1', 1, { status: 'done', after: [after_] })), '200');
  assert.equal(await bytesOf(roads, after_), sha256(content));
  assert.equal(await reported(got(roads, before_)), '200');
  // the next department adds its own, next to that of the first
  await change(provider, 'a-1', 2, { assigned_to: 'pub-security' });
  const own = await put(parks, 'after');
  assert.equal(await reported(change(parks, 'a-1', 3, { after: [after_, own] })), '200');
  assert.equal(await bytesOf(parks, after_), sha256(content));
  assert.equal(
    await reported(got(roads, after_)),
    'attachment_unknown',
    'the case is another department’s now',
  );
});

test('a photo is checked when a row names it, and not again when other fields of the row change', async () => {
  const [before_, after_] = [await put(provider, 'before'), await put(roads, 'after')];
  await push([{ case: 'f-1', status: 'open', assigned_to: 'education', before: before_ }]);
  await database.owner.query(`UPDATE attachment SET state = 'removed' WHERE id IN ($1, $2)`, [
    before_,
    after_,
  ]);
  assert.equal(await reported(change(roads, 'f-1', 1, { after: [after_] })), 'rows_refused');
  assert.equal(await reported(change(roads, 'f-1', 1, { status: 'done' })), '200');
});

test('a contributor uploads for no other field, and another department for none', async () => {
  const bytes = await photo();
  const opened = (client: DatongClient, name: string) =>
    reported(post(client, `/v1/datasets/${id}/attachments`, opening(bytes, name)));
  assert.equal(await opened(roads, 'before'), 'row_field_not_yours');
  assert.equal(await opened(roads, 'status'), 'attachment_field_unknown');
  const stranger = (await hub.enrol('transport')).client;
  assert.equal(await opened(stranger, 'after'), 'not_the_provider');
  assert.equal(await opened(roads, 'after'), '201');
});

test('what a contributor uploads is unknown to another one, in every call', async () => {
  await push([
    { case: 'b-1', status: 'open', assigned_to: 'education' },
    { case: 'b-2', status: 'open', assigned_to: 'pub-security' },
  ]);
  const bytes = await photo();
  const begun = await post(roads, `/v1/datasets/${id}/attachments`, opening(bytes, 'after'));
  const { attachment: open } = begun.json as { attachment: string };
  await assert.rejects(parks.attachments.state(open), { code: 'attachment_unknown' });
  const part = {
    method: 'PUT' as const,
    path: `/v1/attachments/${open}/parts/0`,
    body: bytes,
    receipt: 'optional' as const,
    headers: { 'content-type': 'application/octet-stream' },
  };
  assert.equal(await reported(parks.call(part)), 'attachment_unknown');
  assert.equal(await reported(roads.call(part)), '200');
  const finish = {
    method: 'POST' as const,
    path: `/v1/attachments/${open}/finish`,
    receipt: 'optional' as const,
  };
  assert.equal(await reported(parks.call(finish)), 'attachment_unknown');
  assert.equal(await reported(roads.call(finish)), '200');
  // not in its own row, from which it could then be downloaded, and not in the other's
  assert.equal(await reported(change(parks, 'b-2', 1, { after: [open] })), 'rows_refused');
  assert.equal(await reported(change(parks, 'b-1', 1, { after: [open] })), 'row_unknown');
  await change(roads, 'b-1', 1, { after: [open] });
  for (const range of [{}, { range: 'bytes=0-1' }, { range: `bytes=${bytes.length}-` }])
    assert.equal(await reported(got(parks, open, range)), 'attachment_unknown', JSON.stringify(range));
  assert.equal(await reported(change(parks, 'b-2', 1, { after: [open] })), 'rows_refused');
  assert.equal(await reported(got(roads, open, { range: 'bytes=0-1' })), '206');
});

test('a photo that a row named before is part of its history by id, and its bytes are not released', async () => {
  await push([{ case: 'c-1', status: 'open', assigned_to: 'education' }]);
  const [first, second] = [await put(roads, 'after'), await put(roads, 'after')];
  await change(roads, 'c-1', 1, { after: [first] });
  await change(roads, 'c-1', 2, { after: [second] });
  const filter = [{ field: 'case', op: 'eq' as const, value: 'c-1' }];
  const { json: history } = await roads.query(id, { history: true, filter }, contextOf(roads));
  assert.match(JSON.stringify(history.records), new RegExp(first));
  assert.equal(await reported(got(roads, first)), 'attachment_unknown');
  assert.equal(await reported(got(roads, second)), '200');
});

/** With the approval of the security officer, where it needs one. */
async function amend(cases: object, more: object = {}): Promise<void> {
  const steward = await hub.token('han', ['steward'], 'ecology');
  const { json } = await hub.staff(steward, 'GET', `/v1/datasets/${id}`);
  const { digest } = json['dataset'] as { digest: string };
  const asked = await hub.staff(steward, 'POST', `/v1/datasets/${id}/amendment`, {
    digest,
    reason: '业务调整',
    intake: { byCall: {}, cases, ...more },
  });
  assert.ok(asked.status < 300, JSON.stringify(asked.json));
  const { proposal } = asked.json;
  if (typeof proposal !== 'string') return;
  const path = `/v1/proposals/${proposal}`;
  const proposed = (await hub.staff(city.security, 'GET', path)).json;
  const decided = { digest: proposed['digest'] };
  const accepted = await hub.staff(city.security, 'POST', `${path}/acceptance`, decided);
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
}

test('an upload ends once its department is no longer a contributor', async () => {
  const bytes = await photo();
  const begun = await post(parks, `/v1/datasets/${id}/attachments`, opening(bytes, 'after'));
  const { attachment: open } = begun.json as { attachment: string };
  await amend(casesOf(['education']));
  const part = parks.call({
    method: 'PUT',
    path: `/v1/attachments/${open}/parts/0`,
    body: bytes,
    receipt: 'optional',
    headers: { 'content-type': 'application/octet-stream' },
  });
  assert.equal(await reported(part), 'not_the_provider');
  const finish = parks.call({ method: 'POST', path: `/v1/attachments/${open}/finish`, receipt: 'optional' });
  assert.equal(await reported(finish), 'not_the_provider');
});

test('a clerk uploads a photo for their department, and sees pictures as its agreement grants, smaller where they ask', async () => {
  const clerk = await hub.token('photo clerk', ['clerk'], 'education');
  const other = await hub.token('other clerk', ['clerk'], 'pub-security');
  const before = await put(provider, 'before');
  await push([{ case: 'clerk-1', status: 'open', assigned_to: 'education', before, after: [] }]);
  const staff = (token: string, path: string) => {
    const agent = supertest(hub.hub.origins.staff);
    const set = { authorization: `Bearer ${token}` };
    return {
      get: () => agent.get(path).ca(hub.ca).set(set).buffer(true).parse(asBytes),
      put: (bytes: Buffer) =>
        agent
          .put(path)
          .ca(hub.ca)
          .set({ ...set, 'content-type': 'application/octet-stream' })
          .send(bytes),
    };
  };
  const bytes = await photo();
  const opened = (department: string, name: string) =>
    hub.staff(clerk, 'POST', `/v1/datasets/${id}/attachments?department=${department}`, opening(bytes, name));
  assert.equal((await opened('pub-security', 'after')).json['code'], 'not_your_department');
  assert.equal((await opened('education', 'before')).json['code'], 'row_field_not_yours');
  const { json } = await opened('education', 'after');
  const upload = String(json['attachment']);
  assert.equal((await staff(other, `/v1/attachments/${upload}/parts/0`).put(bytes)).status, 403);
  assert.equal((await hub.staff(other, 'POST', `/v1/attachments/${upload}/finish`)).status, 403);
  assert.equal((await staff(clerk, `/v1/attachments/${upload}/parts/0`).put(bytes)).status, 200);
  assert.equal((await hub.staff(clerk, 'POST', `/v1/attachments/${upload}/finish`)).json['state'], 'ready');
  const changed = await hub.staff(clerk, 'POST', `/v1/datasets/${id}/rows/changes?department=education`, {
    key: { case: 'clerk-1' },
    version: 1,
    set: { status: 'done', after: [upload] },
  });
  assert.equal(changed.status, 200, JSON.stringify(changed.json));
  const shown = (token: string, name: string, department: string, more = '') => {
    const asked = `department=${department}&agreement=agr-photos-${department}&purpose=environment-study${more}`;
    return staff(token, `/v1/datasets/${id}/cases/attachments/${name}?${asked}`).get();
  };
  const whole = await shown(clerk, upload, 'education');
  assert.deepEqual([whole.status, sha256(whole.body as Buffer)], [200, sha256(bytes)]);
  const { operation, kind, change: facts } = await lastLeaf(database);
  assert.deepEqual([operation, kind, facts?.['attachment']], ['downloadCaseAttachment', 'release', upload]);
  const small = await shown(clerk, before, 'education', '&edge=320');
  assert.equal(small.status, 200, String(small.body));
  assert.equal(
    (await sharp(small.body as Buffer).metadata()).exif,
    undefined,
    'a smaller picture has no EXIF',
  );
  const former = await shown(other, upload, 'pub-security');
  assert.match(String(former.body), /"not_a_contributor"/, 'it no longer works on the cases');
  const unknown = await shown(other, uuid7(Date.now()), 'pub-security');
  assert.match(String(unknown.body), /"not_a_contributor"/, 'as for one that exists');
  assert.equal((await shown(other, upload, 'education')).status, 403);
  // what a person began ends once the dataset takes signed data only
  const next = String((await opened('education', 'after')).json['attachment']);
  await amend(casesOf(['education']), { signedOnly: true });
  const part = await staff(clerk, `/v1/attachments/${next}/parts/0`).put(bytes);
  assert.equal((part.body as { code: string }).code, 'signed_only');
  const { json: finished } = await hub.staff(clerk, 'POST', `/v1/attachments/${next}/finish`);
  assert.equal(finished['code'], 'signed_only');
});

/** The body of a reply as bytes. */
function asBytes(reply: NodeJS.EventEmitter, done: (error: Error | null, body: Buffer) => void): void {
  const pieces: Buffer[] = [];
  reply.on('data', (piece: Buffer) => pieces.push(piece));
  reply.on('end', () => done(null, Buffer.concat(pieces)));
}

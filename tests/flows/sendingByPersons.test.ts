/** A person sends their department's file in a browser: the intake flow behind another listener. The same pipeline, seal, entry and receipt; no key of the department. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readXlsx } from 'hucre/xlsx';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import type { Role } from '../../hub/domain/permissions.ts';
import { admitPerson } from '../admitPerson.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { samples } from '../hub.ts';
import { commit as signedCommit, sha256, reported, uploaded } from './intakeCalls.ts';
import { newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub(
  { demo: { port: 0 }, jobsByTime: false, strangers: { rate: 1_000, burst: 1_000 } },
  { connections: 8 },
);
const origin = hub.hub.console;
const { identity } = hub.hub.services;
const household = 'pub-security.household';
const sampleMapping = readDocuments(resolve(samples, 'household/dataset.yaml')).find(
  ({ kind }) => kind === 'Mapping',
)?.members['document'] as object;

type Headers = Readonly<Record<string, string>>;
interface Reported {
  readonly status: number;
  readonly code: string;
  readonly json: Record<string, unknown>;
  readonly headers: globalThis.Headers;
  readonly bytes: Uint8Array;
}
const here = { 'sec-fetch-site': 'same-origin' };
async function ask(
  method: string,
  path: string,
  headers: Headers,
  body?: object | Uint8Array,
): Promise<Reported> {
  const raw = body instanceof Uint8Array;
  const type = raw ? 'application/octet-stream' : 'application/json';
  const reply = await fetch(`${origin}${path}`, {
    method,
    headers: { ...here, ...(body === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body: raw ? Buffer.from(body) : JSON.stringify(body) }),
  });
  const bytes = new Uint8Array(await reply.arrayBuffer());
  const isJson = reply.headers.get('content-type')?.includes('json') === true;
  const json = isJson ? (JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>) : {};
  return {
    status: reply.status,
    code: typeof json['code'] === 'string' ? json['code'] : String(reply.status),
    json,
    headers: reply.headers,
    bytes,
  };
}
async function signedIn(
  name: string,
  role: Role,
  department?: string,
): Promise<Headers & { person: string }> {
  const { person } = await admitPerson(identity, name, [{ role, department }]);
  const { headers } = await ask('POST', '/v1/sessions/by-picking', {}, { person });
  return { cookie: (headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '', person };
}
const clerk = await signedIn('报送员', 'clerk', 'pub-security');
const foreign = await signedIn('外局报送员', 'clerk', 'education');
const auditor = await signedIn('本局审计', 'auditor', 'pub-security');
const leader = await signedIn('领导', 'leader');
const officeSteward = await signedIn('主管部门管理员', 'steward');
const leaving = await signedIn('中途离开', 'clerk', 'pub-security');
const steward = await hub.token('han', ['steward'], 'pub-security');

const cookieOf = ({ cookie }: Headers): Headers => ({ cookie: cookie ?? '' });
const open = (who: Headers, dataset = household, more: object = {}): Promise<Reported> =>
  ask('POST', `/v1/datasets/${dataset}/batches`, cookieOf(who), { fileName: '户籍.csv', ...more });
const opened = async (who: Headers, dataset = household): Promise<string> =>
  String((await open(who, dataset)).json['batch']);
const put = (
  who: Headers,
  batch: string,
  at: number,
  bytes: Uint8Array,
  more: Headers = {},
): Promise<Reported> => ask('PUT', `/v1/batches/${batch}/parts/${at}`, { ...cookieOf(who), ...more }, bytes);
const commit = (who: Headers, batch: string, bytes: Uint8Array, sum = sha256(bytes)): Promise<Reported> =>
  ask('POST', `/v1/batches/${batch}/commit`, cookieOf(who), {
    sha256: sum,
    bytes: bytes.length,
    mapping: 'household',
  });
const file = householdFile(1500, 12).bytes;

test('a clerk sends a file by their session: published, with a receipt, and the entry names the clerk, how they signed in and the bytes', async () => {
  const batch = await opened(clerk);
  const half = Math.floor(file.length / 2);
  assert.deepEqual((await put(clerk, batch, 0, file.subarray(0, half))).json, { offset: half });
  assert.deepEqual((await put(clerk, batch, half, file.subarray(half))).json, { offset: file.length });
  const done = await commit(clerk, batch, file);
  assert.equal(done.status, 200, JSON.stringify(done.json));
  assert.equal(done.json['state'], 'published');
  assert.equal(done.json['department'], 'pub-security');
  assert.equal(done.headers.get('signature'), null, 'no key of the hub speaks for a department here');
  assert.match(done.headers.get('datong-receipt') ?? '', /^[\w-]{100,}$/);
  const [leaf] = await newestLeaves(database, 1);
  assert.equal(leaf?.operation, 'commitBatch');
  assert.equal(leaf.kind, 'intake');
  assert.deepEqual(
    [leaf.actor.person, leaf.actor.department, leaf.actor.way, leaf.actor.keyid],
    [clerk.person, 'pub-security', 'demo', undefined],
  );
  assert.equal(leaf.batch?.sha256, sha256(file));
  const shown = await ask('GET', `/v1/batches/${batch}`, cookieOf(clerk));
  assert.match(String(shown.json['receipt']), /^[\w-]{100,}$/);
  const bad = (done.json['counts'] as { bad: number }).bad;
  const returned = await ask('GET', `/v1/batches/${batch}/quarantine`, cookieOf(clerk));
  assert.equal((returned.json['rows'] as unknown[]).length, bad);
  const problems = await ask('GET', `/v1/batches/${batch}/problems`, cookieOf(clerk));
  assert.ok(nonEmpty(problems.json['problems'] as { count: number }[]).every(({ count }) => count > 0));
});

test('the same part twice is one part, other bytes at its place are refused, and so is one that comes too early', async () => {
  const batch = await opened(clerk);
  const part = file.subarray(0, 1000);
  assert.equal((await put(clerk, batch, 0, part)).status, 200);
  assert.deepEqual((await put(clerk, batch, 0, part)).json, { offset: 1000 });
  assert.equal((await put(clerk, batch, 0, file.subarray(1, 1001))).code, 'part_differs');
  assert.equal((await put(clerk, batch, 5000, part)).code, 'part_offset_mismatch');
  assert.equal((await put(clerk, batch, 1000, new Uint8Array(0))).code, 'part_empty');
});

test('another digest than that of the bytes is refused, and nothing becomes visible', async () => {
  const batch = await opened(clerk);
  await put(clerk, batch, 0, file);
  assert.equal((await commit(clerk, batch, file, '0'.repeat(64))).code, 'batch_digest_mismatch');
  assert.equal((await commit(clerk, batch, file.subarray(1))).code, 'batch_incomplete');
});

test('a person of another department or another role sends nothing, reads nothing, and cannot continue what they began', async () => {
  const batch = await opened(clerk);
  for (const who of [foreign, auditor, leader, officeSteward]) {
    assert.match((await open(who)).code, /^(not_your_department|scope_missing)$/);
    assert.match((await put(who, batch, 0, file)).code, /^(not_your_department|scope_missing)$/);
    assert.match((await commit(who, batch, file)).code, /^(not_your_department|scope_missing)$/);
    const rows = await ask('GET', `/v1/batches/${batch}/quarantine`, cookieOf(who));
    assert.match(rows.code, /^(not_your_department|scope_missing)$/);
    assert.equal(rows.json['rows'], undefined);
  }
  const { json } = await ask('GET', `/v1/batches/${batch}`, cookieOf(foreign));
  assert.equal(json['code'], 'batch_unknown');
  const decide = await ask('POST', `/v1/batches/${batch}/release`, cookieOf(clerk), { reason: '自己放行' });
  assert.equal(decide.code, 'scope_missing', 'a clerk decides nothing');
});

test('a session that ended in the middle sends no further part, and the batch continues at its position after a new sign-in', async () => {
  const batch = await opened(leaving);
  await put(leaving, batch, 0, file.subarray(0, 1000));
  await database.owner.query(
    'UPDATE staff_session SET ended_at = now(), ended_by = begun_by WHERE person = $1',
    [leaving.person],
  );
  assert.equal((await put(leaving, batch, 1000, file.subarray(1000))).code, 'session_ended');
  assert.equal((await commit(leaving, batch, file)).code, 'session_ended');
  const { json } = await ask('GET', `/v1/batches/${batch}`, cookieOf(clerk));
  assert.equal(json['offset'], 1000);
  assert.equal((await put(clerk, batch, 1000, file.subarray(1000))).status, 200);
  assert.equal((await commit(clerk, batch, file)).json['state'], 'published');
});

test('no other page makes the person’s browser send: neither a part nor a commit', async () => {
  const batch = await opened(clerk);
  for (const site of ['cross-site', 'same-site', 'none'])
    assert.equal(
      (await put(clerk, batch, 0, file, { 'sec-fetch-site': site })).code,
      'cross_site_call',
      site,
    );
  const bearer = await put(clerk, batch, 0, file, { authorization: `Bearer ${steward}` });
  assert.equal(bearer.code, 'two_credentials');
  const typed = await put(clerk, batch, 0, file, { 'content-type': 'text/plain' });
  assert.equal(typed.code, 'unsupported_media_type');
});

test('a dataset that requires signatures takes no file from a browser, and takes it from the department’s machine', async () => {
  const id = 'pub-security.signed';
  const title = { zh: '只收签名', en: 'signed only' };
  const intake = { signedOnly: true };
  const body = { id, title, schema: 'urn:datong:household:1.0', mode: 'snapshot', intake };
  const made = await hub.staff(city.operator, 'POST', '/v1/datasets', { ...body, sharing: { type: 'none' } });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  const document = { ...sampleMapping, mapping: 'pub-security/household@1' };
  const mapped = await hub.staff(steward, 'POST', `/v1/datasets/${id}/mappings`, { document });
  assert.equal(mapped.status, 201, JSON.stringify(mapped.json));
  assert.equal((await open(clerk, id)).code, 'signed_only');
  const { client } = city.publicSecurity;
  const own = householdFile(1500, 13).bytes;
  const batch = await uploaded(client, id, own);
  assert.equal((await commit(clerk, batch, own)).code, 'signed_only', 'also of what its machine has begun');
  assert.equal(await reported(signedCommit(client, batch, own, 'household')), '200');
});

test('the template has the columns of the mapping, and its codes to choose from', async () => {
  const path = `/v1/datasets/${household}/template?mapping=household`;
  const template = await ask('GET', path, cookieOf(clerk));
  assert.equal(template.status, 200);
  const { sheets } = await readXlsx(template.bytes);
  assert.deepEqual(sheets[0]?.rows[0]?.slice(0, 3), ['公民身份号码', '姓名', '性别']);
  assert.deepEqual(sheets[1]?.rows.slice(0, 3), [
    ['性别', '与户主关系'],
    ['男', '户主'],
    ['女', '配偶'],
  ]);
  const lists = sheets[0].dataValidations?.filter(({ type }) => type === 'list');
  assert.deepEqual(
    lists?.map(({ range, formula1 }) => [range, formula1]),
    [
      ['C2:C50001', "'代码'!$A$2:$A$3"],
      ['F2:F50001', "'代码'!$B$2:$B$10"],
    ],
  );
  assert.equal((await ask('GET', path, cookieOf(foreign))).code, 'not_your_department');
  const source = { format: 'csv', options: { encoding: 'gb18030', separator: ',', headerRows: [1, 2] } };
  const listed = { ...sampleMapping, mapping: 'pub-security/two-lines@1', source };
  const mapped = await hub.staff(steward, 'POST', `/v1/datasets/${household}/mappings`, { document: listed });
  assert.equal(mapped.status, 201, JSON.stringify(mapped.json));
  const none = await ask('GET', `/v1/datasets/${household}/template?mapping=two-lines`, cookieOf(clerk));
  assert.equal(none.code, 'template_not_possible');
});

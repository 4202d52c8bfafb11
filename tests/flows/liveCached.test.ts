/** Answers of a live provider that an agreement lets serve the same question again: who gets them, for how long, and what is done anew. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import type { Answer, QueryAnswer } from '../../clients/sdk/types.ts';
import { CachedParts, receivedPart, type TakenPart } from '../../hub/flows/live/cachedParts.ts';
import type { LivePart } from '../../hub/flows/live/liveQuestion.ts';
import { admitPerson } from '../admitPerson.ts';
import { samples } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { people } from './householdRecords.ts';
import { newestLeaves } from './leaves.ts';
import { testService } from './serviceProvider.ts';
import { householdRow, liveDataset, openings, rowsOf, serve, type Row } from './liveProvider.ts';
import { defined } from '../../terms/defined.ts';
import { cityHub } from '../cityHub.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-cached-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A service of the department, which gives what the connector would. */
const host = 'register.police.example';
const service = await testService(host);
const caFile = join(folder, 'police-ca.pem');
writeFileSync(caFile, service.ca);
const origin = `https://${host}:${service.port}`;
const { database, hub, city } = await cityHub({
  jobsByTime: false,
  resolve: () => Promise.resolve(['127.0.0.1']),
  config: { services: [{ department: 'pub-security', origin, addresses: ['127.0.0.1'], caFile }] },
});
after(async () => {
  await hub.stop();
  service.close();
});
service.server.setSecureContext({ ...service.tls, ca: hub.ca });
await city.apply('household-live/dataset.yaml');
await city.apply('household-live/agreement.yaml', [city.education, city.publicSecurity]);
const [child, sibling] = householdFile(300, 7)
  .good.map(householdRow)
  .filter((row) => row['region_code'] === '990101');
assert.ok(child && sibling);
const personOf = (row: Row): string => String(row['person_id']);

/** What the provider has, how often it was asked, and what was reported of its rows. */
let held: readonly Row[] = [child, sibling];
let requested = 0;
const notified: string[] = [];
const reports = new EventEmitter();
const connection = await serve(
  hub.hub,
  city.publicSecurity,
  (question) => {
    requested += 1;
    return rowsOf(held, question);
  },
  {
    reported: (exchange) => {
      notified.push(exchange);
      reports.emit('report');
    },
  },
);
after(() => connection.close());

const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment-live',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const { client } = city.education;
const about = (row: Row, fields?: readonly string[]): Promise<Answer<QueryAnswer>> =>
  client.query(
    liveDataset,
    {
      filter: [{ field: 'person_id', op: 'eq', value: personOf(row) }],
      ...defined({ fields }),
    },
    context,
  );
/** How often the provider is asked by what is done. */
async function asks(action: () => Promise<unknown>): Promise<number> {
  const before = requested;
  await action();
  return requested - before;
}
const cacheFor = (version: number, cacheSeconds: number): Promise<void> =>
  applyGrant(hub, city, 'household-live/agreement.yaml', version, (grant) => ({
    ...grant,
    limits: { rowsPerCall: 10, callsPerDay: 20_000, cacheSeconds },
    deliveries: undefined,
  }));

test('without an agreed time the provider is queried for each call, and the answer has no age', async () => {
  assert.equal(await asks(() => about(child)), 1);
  assert.equal(await asks(() => about(child)), 1);
  assert.equal((await about(child)).json.asOf, undefined);
});

test('the same question of the same department is answered again; what proves it is the same', async () => {
  await cacheFor(2, 3_600);
  const first = await about(child);
  held = [{ ...child, name: '改名后' }, sibling];
  let second: Answer<QueryAnswer> | undefined;
  assert.equal(await asks(async () => (second = await about(child))), 0);
  assert.ok(second !== undefined);
  assert.deepEqual(second.json.records, first.json.records);
  assert.equal(second.json.asOf, first.json.asOf);
  assert.ok(first.json.asOf !== undefined);
  assert.notEqual(second.exchange, first.exchange);
  const leaves = new Map((await newestLeaves(database, 4)).map((leaf) => [leaf.id, leaf]));
  assert.deepEqual(
    [first, second].map(({ exchange }) => leaves.get(exchange)?.notes),
    [undefined, ['provider-cached']],
  );
  const [statement, again] = await Promise.all(
    [first, second].map(async ({ exchange }) => (await openings(database, exchange))['given']),
  );
  assert.ok(statement !== undefined);
  assert.deepEqual(again, statement);
});

test('another person, other fields and a fact are other questions', async () => {
  assert.equal(await asks(() => about(sibling)), 1);
  assert.equal(await asks(() => about(child, ['name'])), 1);
  const fact = { subject: personOf(child) };
  assert.equal(await asks(() => client.checkFact(liveDataset, 'school-age', fact, context)), 1);
  let answer: Awaited<ReturnType<typeof client.checkFact>> | undefined;
  assert.equal(
    await asks(async () => (answer = await client.checkFact(liveDataset, 'school-age', fact, context))),
    0,
  );
  assert.ok(answer?.json.asOf !== undefined);
});

test('unusable parts of an answer are reported to the provider once, and left out each time', async () => {
  held = [child, { ...sibling, birth_date: 'never' }];
  await cacheFor(3, 3_600);
  notified.length = 0;
  assert.deepEqual((await about(sibling)).json.records, []);
  assert.equal(await asks(async () => assert.deepEqual((await about(sibling)).json.records, [])), 0);
  // of another question, and after any earlier question
  await about(sibling, ['birth_date']);
  while (notified.length < 2) await once(reports, 'report');
  assert.equal(notified.length, 2);
});

test('with another version of the agreement nothing of before is used', async () => {
  held = [{ ...child, name: '李四' }, sibling];
  assert.equal(await asks(() => about(child)), 1);
  await cacheFor(4, 3_600);
  let answer: Answer<QueryAnswer> | undefined;
  assert.equal(await asks(async () => (answer = await about(child))), 1);
  assert.match(String(answer?.json.records[0]?.['name']), /^李/);
});

test('a newer mapping, another template and another code list of the city end what was read by the ones before', async () => {
  const { identity } = hub.hub.services;
  const of = { role: 'steward', department: 'pub-security' } as const;
  const steward = await admitPerson(identity, 'han', [of]);
  const second = await admitPerson(identity, 'tang', [of]);
  const post = async (by: string, path: string, body: object): Promise<Readonly<Record<string, unknown>>> => {
    const { status, json } = await hub.staff(by, 'POST', path, body);
    assert.ok(status < 300, JSON.stringify(json));
    return json;
  };
  /** What one person of a department proposes another accepts, where two are asked. */
  const agreed = async (path: string, document: object): Promise<void> => {
    const { proposal } = await post(steward.token, path, { document });
    if (proposal === undefined) return;
    const { digest } = (await hub.staff(second.token, 'GET', `/v1/proposals/${proposal as string}`)).json;
    await post(second.token, `/v1/proposals/${proposal as string}/acceptance`, { digest });
  };
  const sample = readDocuments(join(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const { fields: steps } = sample?.members['document'] as { fields: Record<string, object> };
  const [cells = []] = people(1, 3).map((one) => one.with(7, '990101'));
  const record = Object.fromEntries(Object.keys(steps).map((field, i) => [field, cells[i]]));
  const mapping = (version: number, name: string): Promise<void> => {
    const fields = Object.entries(steps).map(([field, step]) => [
      field,
      { ...step, from: field === 'name' ? name : field },
    ]);
    const document = {
      mapping: `pub-security/answers@${version}`,
      target: 'household@1',
      source: { format: 'json', options: { rows: '/rows' } },
      fields: Object.fromEntries(fields) as object,
      limits: { maxBad: 10, maxBadRatio: 0.5 },
    };
    return agreed(`/v1/datasets/${liveDataset}/mappings`, document);
  };
  const path = `/v1/datasets/${liveDataset}/service`;
  const serviceWith = (json: object): Promise<void> => {
    const document = { url: `${origin}/person`, json, mapping: 'answers', signs: false };
    return agreed(path, document);
  };
  service.serve = (_request, reply) => {
    requested += 1;
    const rows = [{ ...record, name: '王建国', called: '赵小明' }];
    reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ rows }));
  };
  const nameNow = async (): Promise<string> =>
    String((await about({ person_id: cells[0] })).json.records[0]?.['name']);

  await mapping(1, 'name');
  await serviceWith({ id: '{{person_id}}' });
  assert.equal(await asks(async () => assert.match(await nameNow(), /^王/)), 1);
  assert.equal(await asks(async () => assert.match(await nameNow(), /^王/)), 0);
  await mapping(2, 'called');
  assert.equal(await asks(async () => assert.match(await nameNow(), /^赵/)), 1);
  assert.equal(await asks(nameNow), 0);
  await serviceWith({ id: '{{person_id}}', of: 'register' });
  assert.equal(await asks(nameNow), 1);
  assert.equal(await asks(nameNow), 0);
  const regions = join(folder, 'regions.yaml');
  const newer = [
    ["version: '1'", "version: '2'"],
    ["from: '2026-01-01'", "from: '2026-02-01'"],
    ['Dongxi District', 'Eastern District'],
  ] as const;
  const text = readFileSync(join(samples, 'city/regions.yaml'), 'utf8');
  writeFileSync(
    regions,
    newer.reduce((all, [old, other]) => all.replace(old, other), text),
  );
  await city.apply(regions);
  assert.equal(await asks(nameNow), 1);
  assert.equal(await asks(nameNow), 0);
  await post(steward.token, `${path}/end`, { reason: 'connectors are asked again' });
});

test('a restriction takes it away for every consumer', async () => {
  const file = join(folder, 'restriction.yaml');
  writeFileSync(
    file,
    `kind: Restriction\nid: res-fresh\nversion: 1\nwhen: { dataset: [${liveDataset}] }\nlimits: { cacheSeconds: 0 }\n`,
  );
  await city.apply(file, [await hub.enrol('data-office')]);
  assert.equal(await asks(() => about(child)), 1);
  assert.equal(await asks(() => about(child)), 1);
});

test('for a dataset whose rows are in the hub it is refused: nothing could be used again', async () => {
  const hosted = applyGrant(hub, city, 'household/agreement.yaml', 2, (grant) => ({
    ...grant,
    limits: { cacheSeconds: 60 },
  }));
  await assert.rejects(hosted, /limit_idle|cacheSeconds/);
});

test('an answer serves for so long and no longer, also where the clock is set back', () => {
  const cached = new CachedParts();
  const received = (more: Partial<LivePart> = {}): LivePart => ({
    answer: { rows: [{ id: '1' }], after: ['1'], more: false },
    ...{ behind: undefined, pushed: [], hubOnly: [], failed: [], statements: [], signed: true },
    report: () => undefined,
    ...more,
  });
  const store = (key: string, seconds: number, part: LivePart, at: number): Required<TakenPart> => {
    const { received: given, ...one } = receivedPart(part, at);
    cached.store(key, seconds, one);
    return { ...one, received: given };
  };
  store('a', 60, received(), 1_000_000);
  const found = (seconds: number, now: number): boolean => cached.find('a', seconds, now) !== undefined;
  assert.deepEqual(
    [found(60, 1_000_000), found(60, 1_059_999), found(60, 1_060_000), found(60, 999_999)],
    [true, true, false, false],
  );
  assert.equal(found(5, 1_005_000), false, 'a shorter time applies to what was cached for a longer one');
  const long = 'x'.repeat(1_000_000);
  for (const [key, large] of Object.entries<Partial<LivePart>>({
    rows: { answer: { rows: [{ id: long }], after: ['1'], more: false } },
    statements: { statements: [long] },
  })) {
    store(key, 60, received(large), 0);
    assert.equal(cached.find(key, 60, 1), undefined, key);
  }
  const failed = [{ place: 2, problems: [{ field: 'id', rule: 'type' }], raw: { id: long } }];
  assert.equal(store('failed', 60, received({ failed }), 0).received.failed, failed);
  const one = cached.find('failed', 60, 1);
  assert.equal(one?.failedRows, 1);
  assert.ok(JSON.stringify(one).length < 1_000, 'rows that failed are not cached, only their number');
});

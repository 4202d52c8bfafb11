/** The release walk over real TLS and PostgreSQL: what comes out, what is refused, and what the log says of both. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { signNow } from '../../machine/signNow.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { CallContext, Query } from '../../clients/sdk/types.ts';
import type { Leaf } from '../../log/leaf.ts';
import { testDatabase } from '../database.ts';
import { lastLeaf } from './leaves.ts';
import { rawCall, sampleCity, testHub } from '../hub.ts';

const database = await testDatabase();
const hub = await testHub({ database });
after(() => hub.stop());
const city = await sampleCity(hub);
const transport = await hub.enrol('transport');
const file = householdFile(1500, 7);
const { client } = city.education;
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });

const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
const outside = file.good.find((person) => person.region === '990103');
assert.ok(child && outside);
const dataset = 'pub-security.household';
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const about = (id: string): Query => ({ filter: [{ field: 'person_id', op: 'eq', value: id }] });

async function refused(code: string, ask: () => Promise<unknown>): Promise<Leaf> {
  const problem = await ask().then(
    () => assert.fail(`${code}: was answered`),
    (error: unknown) => error,
  );
  assert.ok(problem instanceof DatongProblem, String(problem));
  assert.equal(problem.code, code);
  const leaf = await lastLeaf(database);
  assert.equal(leaf.id, problem.exchange);
  assert.equal(leaf.decision, 'deny');
  assert.equal(leaf.code, code);
  assert.notEqual(problem.kept?.receipt, undefined);
  return leaf;
}

test('five fields leave, three masked; the entry says which, for whom, and for which case', async () => {
  const answer = await client.query(dataset, about(child.id), context);
  const [record] = answer.json.records;
  assert.deepEqual(Object.keys(record ?? {}).sort(), [
    'birth_date',
    'guardian_id',
    'name',
    'person_id',
    'region_code',
  ]);
  assert.equal(record?.['person_id'], `${child.id.slice(0, 6)}************`);
  assert.equal(record['name'], `${[...child.name][0] ?? ''}**`);
  assert.match(String(record['guardian_id']), /^p1\.[A-Za-z0-9_-]{22}$/);
  assert.equal(Object.keys(answer.json.withheld).length, 7);
  const leaf = await lastLeaf(database);
  assert.equal(leaf.id, answer.exchange);
  assert.equal(leaf.decision, 'allow');
  assert.equal(leaf.matter, 'YX-2026-000123');
  assert.equal(leaf.onBehalfOf, 'official-17');
  assert.equal(leaf.consumer, 'education');
  assert.equal(leaf.provider, 'pub-security');
  assert.equal(leaf.subjects?.count, 1);
  assert.deepEqual(leaf.rows, { delivered: 1, withheld: 0 });
  assert.deepEqual(leaf.fields, {
    person_id: 'idCard',
    name: 'personName',
    guardian_id: 'pseudonym',
    birth_date: 'clear',
    region_code: 'clear',
  });
});

test('nobody, somebody outside the row filter and an unknown number are told alike', async () => {
  const empty = { records: [], rows: { delivered: 0, withheld: 0 } };
  for (const id of [outside.id, '990101201901010017', 'nobody']) {
    const { json } = await client.query(dataset, about(id), context);
    assert.deepEqual({ records: json.records, rows: json.rows }, empty);
  }
  // who was asked for in vain is committed to like whoever is there: the entry does not tell them apart
  assert.equal((await lastLeaf(database)).subjects?.count, 1);
});

test('each thing that was not agreed is refused by its own code, with an entry and a receipt', async () => {
  const leaf = await refused('no_agreement', () =>
    transport.client.query(dataset, {}, { purpose: 'statistics', agreement: 'agr-school-enrolment' }),
  );
  assert.equal(leaf.actor.department, 'transport');
  assert.equal(leaf.dataset, dataset);
  const ask = (query: Query, other: Partial<CallContext> = {}) =>
    client.query(dataset, query, { ...context, ...other });
  await refused('field_not_granted', () => ask({ ...about(child.id), fields: ['name', 'income'] }));
  await refused('unknown_field', () => ask({ ...about(child.id), fields: ['salary'] }));
  await refused('purpose_not_agreed', () => ask(about(child.id), { purpose: 'statistics' }));
  await refused('purpose_unknown', () => ask(about(child.id), { purpose: 'curiosity' }));
  await refused('filter_on_masked_field', () =>
    ask({ filter: [...(about(child.id).filter ?? []), { field: 'name', op: 'eq', value: '王伟' }] }),
  );
  await refused('lookup_missing', () => ask({}));
  await refused('limit_too_high', () => ask({ ...about(child.id), limit: 1000 }));
  await refused('cursor_invalid', () => ask({ ...about(child.id), cursor: 'AAAA' }));
  const { matter: _matter, ...withoutMatter } = context;
  await refused('matter_missing', () => client.query(dataset, about(child.id), withoutMatter));
  const { onBehalfOf: _official, ...withoutOfficial } = context;
  await refused('on_behalf_of_missing', () => client.query(dataset, about(child.id), withoutOfficial));
  const shape = await refused('invalid_request', () =>
    ask({ ...about(child.id), ['__proto__x' as 'limit']: 1 }),
  );
  assert.equal(shape.dataset, dataset);
});

/** A request of 教育局 as it goes over the wire, signed once. */
function signed(query: Query): { path: string; headers: Record<string, string>; body: Buffer } {
  const body = Buffer.from(JSON.stringify(query), 'utf8');
  const path = `/v1/datasets/${dataset}/query`;
  const headers = signNow({
    method: 'POST',
    targetUri: `${hub.hub.origins.exchange}${path}`,
    headers: {
      'content-type': 'application/json',
      'datong-purpose': context.purpose,
      'datong-agreement': context.agreement,
      'datong-on-behalf-of': 'official-17',
      'datong-matter': 'YX-2026-000123',
    },
    body,
    key: city.education.signing,
  });
  return { path, headers, body };
}

test('a replayed request, one changed byte and a foreign certificate are refused and logged by what was proven', async () => {
  const { path, headers, body } = signed(about(child.id));
  const send = (by: typeof city.education, bytes: Buffer) =>
    rawCall(hub.hub.origins.exchange, hub.ca, by.tls, path, headers, bytes);
  assert.equal((await send(city.education, body)).status, 200);
  const replay = await send(city.education, body);
  assert.deepEqual([replay.status, replay.code], [401, 'nonce_replayed']);
  let leaf = await lastLeaf(database);
  assert.equal(leaf.code, 'nonce_replayed');
  assert.equal(leaf.claimedDepartment, 'education');
  assert.equal(leaf.actor.department, undefined);

  const other = signed(about(child.id));
  const changed = Buffer.from(other.body);
  changed[changed.length - 3] = (changed[changed.length - 3] ?? 0) ^ 1;
  const altered = await rawCall(
    hub.hub.origins.exchange,
    hub.ca,
    city.education.tls,
    path,
    other.headers,
    changed,
  );
  assert.deepEqual([altered.status, altered.code], [400, 'digest_mismatch']);

  const stolen = signed(about(child.id));
  const foreign = await rawCall(
    hub.hub.origins.exchange,
    hub.ca,
    transport.tls,
    path,
    stolen.headers,
    stolen.body,
  );
  assert.deepEqual([foreign.status, foreign.code], [403, 'key_department_mismatch']);
  leaf = await lastLeaf(database);
  assert.equal(leaf.claimedDepartment, 'transport');
  assert.equal(leaf.actor.certificate, transport.serial);
});

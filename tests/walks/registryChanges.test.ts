/** No registration, however it is meant, takes the hub from those who use it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { openRegistry } from '../../hub/registry/registry.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, samples, testHub } from '../hub.ts';
import { commit, told } from './intakeCalls.ts';

interface Schema {
  $id: string;
  properties: Record<string, object>;
  required: string[];
}

const database = await testDatabase();
const hub = await testHub({ database });
after(() => hub.stop());
const city = await sampleCity(hub);
const officeSteward = await hub.token('second', ['steward']);
const file = householdFile(1500, 12);
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const [person] = file.good.filter(({ region }) => region === '990101');
assert.ok(person);
const ask = async (): Promise<number> => {
  const { json } = await city.education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: person.id }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'o',
      matter: 'RX-2026-000001',
    },
  );
  return json.records.length;
};
const shared = (): Schema =>
  JSON.parse(readFileSync(new URL('../../schemas/shared/household.json', import.meta.url), 'utf8')) as Schema;

/** Registered, and agreed to by another steward of the data office. */
async function published(document: Schema): Promise<void> {
  const sent = await hub.staff(city.operator, 'POST', '/v1/schemas', { document });
  assert.equal(sent.json['state'], 'inReview', JSON.stringify(sent.json));
  const { digest } = sent.json;
  const path = `/v1/schemas/${document.$id}/decision`;
  const { json } = await hub.staff(officeSteward, 'POST', path, { act: 'publish', digest });
  assert.equal(json['state'], 'published', JSON.stringify(json));
}

test('a schema version without a field that an agreement grants takes nothing from the datasets under the older one', async () => {
  assert.equal(await ask(), 1);
  const broken = shared();
  broken.$id = 'urn:datong:household:1.1';
  delete broken.properties['birth_date'];
  broken.required = broken.required.filter((name) => name !== 'birth_date');
  const steward = await hub.token('steward', ['steward'], 'ecology');
  const foreign = await hub.staff(steward, 'POST', '/v1/schemas', { document: broken });
  assert.deepEqual([foreign.status, foreign.json['code']], [409, 'schema_incompatible'], 'not even proposed');
  const minor = await hub.staff(city.operator, 'POST', '/v1/schemas', { document: broken });
  assert.deepEqual([minor.status, minor.json['code']], [409, 'schema_incompatible']);
  type Touching = { readonly touches?: { readonly consumers: readonly Readonly<Record<string, unknown>>[] } };
  const [broke] = minor.json['findings'] as readonly (Touching & { readonly pointer: string })[];
  assert.equal(broke?.pointer, '/properties/birth_date');
  const { consumers = [], ...things } = broke.touches ?? {};
  assert.deepEqual(things, {
    field: 'birth_date',
    datasets: ['pub-security.household'],
    mappings: ['pub-security/household@1'],
    agreements: ['agr-school-enrolment'],
  });
  const [reader] = consumers;
  assert.deepEqual([reader?.['department'], reader?.['calls']], ['education', 1]);
  assert.ok(Date.parse(String(reader?.['lastCall'])) <= database.now());
  const [told] = foreign.json['findings'] as readonly Touching[];
  assert.equal(told?.touches, undefined, 'who reads what is not told to others');
  broken.$id = 'urn:datong:household:2.0';
  await published(broken);
  assert.equal(await ask(), 1);
  await openRegistry({ database, audit: hub.hub.audit });
});

test('a commit names the version of a mapping, or takes the newest', async () => {
  const document = readDocuments(join(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  )?.members['document'] as Record<string, unknown>;
  const next = { ...document, mapping: 'pub-security/household@2', limits: { maxBad: 0 } };
  const path = '/v1/datasets/pub-security.household/mappings';
  const steward = await hub.token('steward', ['steward'], 'pub-security');
  const { status, json } = await hub.staff(steward, 'POST', path, { document: next });
  assert.equal(status, 201, JSON.stringify(json));
  const { client } = city.publicSecurity;
  const { bytes } = householdFile(1500, 13);
  const sent = (mapping: string) => client.sendFile('pub-security.household', bytes, { mapping });
  assert.equal(await told(sent('household')), 'too_many_bad_rows');
  assert.equal(await told(sent('household@3')), 'mapping_unknown');
  assert.equal((await sent('household@1')).json['mapping'], 'household@1');
  const { batch } = (await sent('pub-security/household@1')).json;
  assert.equal(await told(commit(client, batch, bytes, 'pub-security/household@1')), '200');
  assert.equal(await told(commit(client, batch, bytes, 'household@2')), 'batch_not_open');
  // the first file again: old bytes come in only by a person's word
  const again = client.sendFile('pub-security.household', file.bytes, { mapping: 'household@1' });
  assert.equal(await told(again), 'batch_bytes_before');
  const held = await hub.staff(steward, 'GET', '/v1/batches?dataset=pub-security.household&state=held');
  const [waiting] = held.json['batches'] as readonly { readonly batch: string }[];
  const release = `/v1/batches/${waiting?.batch ?? ''}/release`;
  assert.equal((await hub.staff(steward, 'POST', release, { reason: 'as before' })).status, 200);
});

test('neither does one with a further field', async () => {
  const wider = shared();
  wider.$id = 'urn:datong:household:1.2';
  wider.properties['remark'] = {
    type: ['string', 'null'],
    maxLength: 50,
    'x-title': { zh: '备注', en: 'Remark' },
    'x-sensitivity': 'L1',
  };
  await published(wider);
  assert.equal(await ask(), 1);
});

/** No registration, however it is meant, takes the hub from those who use it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/householdFile.ts';
import { openRegistry } from '../../hub/exchange/registry.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';

interface Schema {
  $id: string;
  properties: Record<string, object>;
  required: string[];
}

const database = await testDatabase();
const hub = await testHub({ database });
after(() => hub.stop());
const city = await sampleCity(hub);
const file = householdFile(1500, 12);
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const [person] = file.good.filter(({ region }) => region === '990101');
assert.ok(person);
const ask = async (): Promise<number> => {
  const { json } = await city.education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: person.id }] },
    { purpose: 'school-enrolment', agreement: 'agr-school-enrolment', onBehalfOf: 'o', matter: 'm' },
  );
  return json.records.length;
};
const shared = (): Schema =>
  JSON.parse(readFileSync(new URL('../../schemas/shared/household.json', import.meta.url), 'utf8')) as Schema;

test('a schema version that breaks an agreement in force is refused, and everybody goes on', async () => {
  assert.equal(await ask(), 1);
  const broken = shared();
  broken.$id = 'urn:datong:household:1.1';
  delete broken.properties['birth_date'];
  broken.required = broken.required.filter((name) => name !== 'birth_date');
  const steward = await hub.token('steward', ['steward'], 'ecology');
  const { status, json } = await hub.staff(steward, 'POST', '/v1/schemas', { document: broken });
  assert.deepEqual([status, json['code']], [422, 'policy_does_not_compile'], JSON.stringify(json));
  assert.equal(await ask(), 1);
  await openRegistry({ database, audit: hub.hub.audit });
});

test('a newer version with one more field changes nothing for the datasets under the older one', async () => {
  const wider = shared();
  wider.$id = 'urn:datong:household:1.1';
  wider.properties['remark'] = {
    type: ['string', 'null'],
    maxLength: 50,
    'x-title': { zh: '备注', en: 'Remark' },
    'x-sensitivity': 'L1',
  };
  const { status, json } = await hub.staff(city.operator, 'POST', '/v1/schemas', { document: wider });
  assert.equal(status, 201, JSON.stringify(json));
  assert.equal(await ask(), 1);
});

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '../../../tests/database.ts';
import { sampleCity, testHub } from '../../../tests/hub.ts';

const hub = await testHub({ database: await testDatabase() });
after(() => hub.stop());
const { operator } = await sampleCity(hub);
const path = (consumer: string, dataset = 'pub-security.household'): string =>
  `/v1/datasets/${dataset}/sample?consumer=${consumer}`;
interface Sample {
  readonly fields: readonly { readonly name: string; readonly value?: string }[];
  readonly received: readonly {
    readonly agreement: string;
    readonly fields: readonly { readonly field: string; readonly mask: string; readonly value?: string }[];
  }[];
}

test('a department sees an invented row as its agreement lets it out, masked, and nothing that is not granted', async () => {
  const education = await hub.token('刘老师', ['steward'], 'education');
  const { status, json } = await hub.staff(education, 'GET', path('education'));
  assert.equal(status, 200, JSON.stringify(json));
  const { fields, received } = json as unknown as Sample;
  const clear = new Map(fields.map(({ name, value }) => [name, value]));
  const [under] = received.filter(({ agreement }) => agreement === 'agr-school-enrolment');
  assert.ok(under !== undefined && under.fields.length > 0 && under.fields.length < fields.length);
  for (const { field, mask, value } of under.fields) {
    if (mask === 'clear') assert.equal(value, clear.get(field), field);
    else assert.notEqual(value, clear.get(field), `${field} ${mask}`);
  }
  assert.ok(under.fields.some(({ mask }) => mask !== 'clear'));
});

test('what another department receives is told to its provider and the office, not to others', async () => {
  const ecology = await hub.token('陈工', ['auditor'], 'ecology');
  const refused = await hub.staff(ecology, 'GET', path('education'));
  assert.equal(refused.json['code'], 'not_your_department');
  const provider = await hub.token('李警官', ['steward'], 'pub-security');
  for (const token of [provider, operator])
    assert.equal((await hub.staff(token, 'GET', path('education'))).status, 200);
  const none = await hub.staff(operator, 'GET', path('ecology'));
  assert.deepEqual((none.json as unknown as Sample).received, []);
  assert.equal((await hub.staff(operator, 'GET', path('nobody'))).json['code'], 'department_unknown');
  assert.equal(
    (await hub.staff(operator, 'GET', path('education', 'education.none'))).json['code'],
    'dataset_unknown',
  );
});

test('persons are told to the office and to their own department', async () => {
  const names = async (token: string): Promise<string> =>
    JSON.stringify((await hub.staff(token, 'GET', '/v1/persons')).json);
  const ecology = await hub.token('周工', ['auditor'], 'ecology');
  await hub.token('王警官', ['steward'], 'pub-security');
  assert.match(await names(operator), /王警官/);
  assert.match(await names(ecology), /周工/);
  assert.doesNotMatch(await names(ecology), /王警官/);
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { components } from '../../../api/openapi.ts';
import { readDocuments } from '../../../clients/cli/apply/readDocuments.ts';
import { testDatabase } from '../../../tests/database.ts';
import { sampleCity, samples, testHub } from '../../../tests/hub.ts';
import { nonEmpty } from '../../../tests/nonEmpty.ts';

const hub = await testHub({ database: await testDatabase() });
after(() => hub.stop());
const { operator } = await sampleCity(hub);
const path = (consumer: string, dataset = 'pub-security.household'): string =>
  `/v1/datasets/${dataset}/sample?consumer=${consumer}`;
type Schemas = components['schemas'];
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

test('masks are tried over an invented row: those that fit a field, what each makes of it, and nothing that is not asked for', async () => {
  const education = await hub.token('马老师', ['steward'], 'education');
  const tried = async (fields: object) =>
    hub.staff(education, 'POST', '/v1/datasets/pub-security.household/mask-trials', { fields });
  const { status, json } = await tried({ name: { mask: 'personName' }, region_code: { mask: 'clear' } });
  assert.equal(status, 200, JSON.stringify(json));
  interface Tried {
    readonly schema: string;
    readonly subject: string;
    readonly fields: readonly {
      readonly name: string;
      readonly value: string;
      readonly masks: readonly { readonly rule: { readonly mask: string }; readonly value: string }[];
    }[];
    readonly row: Readonly<Record<string, string>>;
  }
  const { schema, subject, fields, row } = json as unknown as Tried;
  assert.deepEqual(
    [schema, subject, Object.keys(row).sort()],
    ['household@1', 'person_id', ['name', 'region_code']],
  );
  const [name] = fields.filter((one) => one.name === 'name');
  const masked = (mask: string) => name?.masks.find(({ rule }) => rule.mask === mask)?.value;
  assert.equal(row['name'], masked('personName'));
  assert.equal(masked('clear'), name?.value);
  assert.notEqual(masked('personName'), name?.value);
  assert.equal(masked('dateTrunc'), undefined, 'a name is no date');
  assert.equal((await tried({ name: { mask: 'none' } })).json['code'], 'mask_unknown');
  assert.equal((await tried({ nothing: { mask: 'clear' } })).json['code'], 'masked_row_invalid');
});

test('a schema version is tried as it is typed: what it is refused for, what it changes and whom that reaches; nothing is kept', async () => {
  const education = await hub.token('何老师', ['steward'], 'education');
  const { json: registered } = await hub.staff(operator, 'GET', '/v1/schemas/urn:datong:household:1.0');
  const document = registered['document'] as { readonly properties: Readonly<Record<string, object>> };
  const tried = async (token: string, change: object): Promise<Schemas['SchemaTried']> => {
    const body = { document: { ...document, $id: 'urn:datong:household:1.9', ...change } };
    const { status, json } = await hub.staff(token, 'POST', '/v1/schemas/trials', body);
    assert.equal(status, 200, JSON.stringify(json));
    return json as unknown as Schemas['SchemaTried'];
  };
  const bad = await tried(operator, { 'x-primary-key': ['/nothing'] });
  assert.deepEqual([bad.ok, bad.code], [false, 'schema_invalid']);
  assert.ok(nonEmpty(bad.findings).every(({ message }) => message.zh !== ''));
  const { name: _name, ...fewer } = document.properties;
  const breaking = await tried(operator, { properties: fewer, required: ['person_id'] });
  assert.deepEqual([breaking.ok, breaking.code], [false, 'schema_incompatible']);
  assert.ok(breaking.findings.some(({ witness, against }) => witness !== undefined && against !== undefined));
  const [reached] = breaking.changes.filter(({ pointer }) => pointer === '/properties/name');
  assert.ok(reached?.touches?.agreements.includes('agr-school-enrolment'), JSON.stringify(breaking.changes));
  const others = await tried(education, { properties: fewer, required: ['person_id'] });
  assert.ok(
    others.changes.length > 0 && others.touches === undefined,
    'whom it reaches is the owner’s to know',
  );
  const gone = await hub.staff(operator, 'GET', '/v1/schemas/urn:datong:household:1.9');
  assert.equal(gone.json['code'], 'not_found');
});

test('a policy document is tried: who would see more, before anybody signs; and who sees a field now is listed', async () => {
  const education = await hub.token('罗老师', ['steward'], 'education');
  const ecology = await hub.token('吴工', ['steward'], 'ecology');
  const [document] = readDocuments(join(samples, 'household/agreement.yaml'));
  const { grants } = document?.members as { readonly grants: readonly { readonly fields: object }[] };
  const wider = {
    ...{ kind: 'Agreement', ...document?.members, version: 2 },
    grants: grants.map((grant) => ({ ...grant, fields: { ...grant.fields, name: { mask: 'clear' } } })),
  };
  const tried = await hub.staff(education, 'POST', '/v1/policy/trials', { document: wider });
  assert.equal(tried.status, 200, JSON.stringify(tried.json));
  const { loosens, tightening } = tried.json as unknown as Schemas['PolicyTried'];
  assert.deepEqual([...new Set(loosens.map(({ cell }) => cell))], ['name']);
  assert.equal(tightening, false);
  const strange = await hub.staff(ecology, 'POST', '/v1/policy/trials', { document: wider });
  assert.equal(strange.json['code'], 'not_your_department');
  const visible = async (token: string, query: string) =>
    (await hub.staff(token, 'GET', `/v1/policy/visibility?${query}`))
      .json as unknown as Schemas['VisibleList'];
  const who = await visible(operator, 'dataset=pub-security.household&field=name');
  assert.ok(
    who.cells.some(
      ({ consumer, access, mask }) =>
        consumer === 'education' && access === 'read' && mask.startsWith('personName'),
    ),
  );
  const all = (await visible(education, 'limit=200')).cells;
  assert.ok(
    all.length > 3 && all.every(({ provider, consumer }) => [provider, consumer].includes('education')),
  );
  const first = await visible(education, 'limit=2');
  const second = await visible(education, `limit=2&cursor=${first.nextCursor ?? ''}`);
  assert.deepEqual([...first.cells, ...second.cells], all.slice(0, 4));
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

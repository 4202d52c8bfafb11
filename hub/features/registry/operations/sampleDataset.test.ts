import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import request from 'supertest';
import type { components } from '../../../../api/openapi.ts';
import { householdFile } from '../../../../clients/cli/demo/files/householdFile.ts';
import { readDocuments } from '../../../../clients/cli/apply/readDocuments.ts';
import { typedDatong } from '../../../../tests/typedDatong.ts';
import { writeDemoState } from '../../../../tests/demoState.ts';
import { samples } from '../../../../tests/hub.ts';
import { nonEmpty } from '../../../../tests/nonEmpty.ts';
import { newestLeaves } from '../../../../tests/flows/leaves.ts';
import { cityHub } from '../../../../tests/cityHub.ts';
import { validTerm } from '../../../../tests/newYear.ts';

const { hub, city } = await cityHub();
const { operator } = city;
const stewards = {
  education: await hub.token('高老师', ['steward'], 'education'),
  ecology: await hub.token('郑工', ['steward'], 'ecology'),
};
const household = 'pub-security.household';
/** The second version of the households' agreement, with these fields in addition to or in place of its own. */
function nextVersion(fields: object, more: object = {}): object {
  const [document] = readDocuments(join(samples, 'household/agreement.yaml'));
  const { grants } = document?.members as { readonly grants: readonly { readonly fields: object }[] };
  return {
    kind: 'Agreement',
    ...document?.members,
    version: 2,
    grants: grants.map((grant) => ({ ...grant, fields: { ...grant.fields, ...fields } })),
    ...more,
  };
}
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

test('what another department receives is shown to its provider and the office, not to others', async () => {
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

test('a schema version is tried as it is typed: why it is refused, what it changes and the parties affected; nothing is stored', async () => {
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

test('a policy document is tried: who would see more, before it is signed; and who sees a field now is listed', async () => {
  const education = await hub.token('罗老师', ['steward'], 'education');
  const ecology = await hub.token('吴工', ['steward'], 'ecology');
  const wider = nextVersion({ name: { mask: 'clear' } });
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

const simulate = (token: string, body: object) => hub.staff(token, 'POST', '/v1/policy/simulations', body);
const simulated = async (token: string, body: object): Promise<Schemas['PolicySimulated']> => {
  const { status, json } = await simulate(token, body);
  assert.equal(status, 200, JSON.stringify(json));
  return json as unknown as Schemas['PolicySimulated'];
};
const floor = {
  kind: 'Restriction',
  id: 'res-all',
  version: 1,
  when: { field: ['name'] },
  floor: { mask: 'drop' },
};
const airStudy = {
  kind: 'Agreement',
  id: 'agr-air-study',
  version: 1,
  provider: 'ecology',
  consumer: 'education',
  purposes: ['school-enrolment'],
  basis: { type: 'statutory', reference: '环境保护法', clause: '第五十三条' },
  valid: validTerm,
  grants: [
    {
      dataset: 'ecology.air-quality-hourly',
      schema: 'air-quality-hourly@1',
      fields: { pm25: { mask: 'clear' } },
    },
  ],
};

test('a document is simulated over the calls of the last days: what would differ', async () => {
  const { education } = stewards;
  const file = householdFile(1500, 7);
  await city.publicSecurity.client.sendFile(household, file.bytes, { mapping: 'household' });
  const child = file.good.find(({ region }) => region !== '990103')?.id ?? '';
  const context = {
    purpose: 'school-enrolment',
    agreement: 'agr-school-enrolment',
    onBehalfOf: 'official-17',
  };
  const ask = (more: object) =>
    city.education.client.query(
      household,
      { filter: [{ field: 'person_id', op: 'eq', value: child }] },
      { ...context, ...more },
    );
  for (const _ of [1, 2]) await ask({ matter: 'RX-2026-000451' });
  await assert.rejects(ask({}), { code: 'matter_missing' });
  const clear = await simulated(education, { document: nextVersion({ name: { mask: 'clear' } }) });
  assert.deepEqual(
    [clear.counts, clear.tightening],
    [{ added: 0, loosened: 1, tightened: 0, removed: 0 }, false],
  );
  const [named, refused] = clear.decisions.changes;
  assert.deepEqual(
    [named?.kind, named?.change, named?.count, named?.exchanges.length],
    ['changed', 'field name: personName(fixed=false) → clear', 2, 2],
  );
  // which fields were refused is in no entry
  assert.deepEqual([refused?.kind, refused?.change], ['open', 'matter_missing']);
  const { calls, same, different, open } = clear.decisions;
  assert.deepEqual({ calls, same, different, open }, { calls: 3, same: 0, different: 2, open: 1 });
  assert.equal(clear.decisions.days, 7, 'unless said');
  assert.doesNotMatch(JSON.stringify(clear), new RegExp(child), 'no person is named');
  const stopped = nextVersion({}, { purposes: ['public-service'] });
  const withdrawn = await simulated(operator, { document: stopped });
  assert.deepEqual(
    withdrawn.decisions.changes.map(({ kind, change, count }) => [kind, change, count]).slice(0, 1),
    [['refused', 'allow → deny purpose_not_agreed', 2]],
  );
  const cut = (await simulated(operator, { document: stopped, most: 1 })).decisions;
  assert.deepEqual([cut.calls, typeof cut.cutAt], [1, 'string']);
  assert.ok(!cut.changes.some(({ kind }) => kind === 'refused'), 'the newest, which was denied, comes first');
  const entries = await hub.staff(operator, 'GET', '/v1/policy/documents?id=agr-school-enrolment');
  assert.equal((entries.json['documents'] as object[]).length, 1, 'nothing is kept');

  await newestSimulationIs('agr-school-enrolment@2', 1);
  await asVerb(education, nextVersion({ name: { mask: 'clear' } }), named?.exchanges[0] ?? '-');
  assert.equal((await simulated(operator, { document: floor })).decisions.different, 2);
});

async function newestSimulationIs(document: string, calls: number): Promise<void> {
  const [entry] = (await newestLeaves(hub.hub.database, 20)).filter(
    ({ operation }) => operation === 'simulatePolicy',
  );
  assert.deepEqual(
    [entry?.kind, entry?.change?.['calls'], entry?.change?.['document']],
    ['inspect', calls, document],
  );
}

test('a simulation is shown to the parties of the document only', async () => {
  const { ecology } = stewards;
  const foreign = { document: nextVersion({ name: { mask: 'clear' } }) };
  assert.equal((await simulate(ecology, foreign)).json['code'], 'not_your_department');
  const air = readDocuments(join(samples, 'air-quality/agreement.yaml'));
  assert.ok(air.length > 0);
  const mine = await simulated(ecology, { document: airStudy, days: 31 });
  assert.ok(mine.counts.added > 0);
  assert.equal(mine.decisions.calls, 0);
  assert.doesNotMatch(JSON.stringify(mine), /household|pub-security/);
  assert.equal(
    (await simulate(ecology, { document: { ...airStudy, id: 'agr-school-enrolment' } })).json['code'],
    'parties_differ',
  );
  assert.equal((await simulate(ecology, { document: floor })).json['code'], 'not_your_department');
});

test('two simulations at once of a person, four of a department; the place is free again after any end', async () => {
  const { ecology } = stewards;
  const { simulations } = hub.hub.services;
  const by = (person: string, department?: string) =>
    simulations.begin({ person, grants: department === undefined ? [] : [{ department }] });
  const ends = ['a', 'a', 'b', 'b'].map((person) => by(person, 'ecology'));
  const crowded = await request(hub.hub.origins.staff)
    .post('/v1/policy/simulations')
    .ca(hub.ca)
    .set('authorization', `Bearer ${ecology}`)
    .send({ document: airStudy });
  const { code } = crowded.body as { code: string };
  assert.deepEqual(
    [crowded.status, code, crowded.headers['retry-after']],
    [429, 'simulations_too_many', '5'],
  );
  const denied = await newestLeaves(hub.hub.database, 1);
  assert.deepEqual([denied[0]?.operation, denied[0]?.code], ['simulatePolicy', 'simulations_too_many']);
  assert.equal((await simulate(operator, { document: airStudy })).status, 200, 'others go on');
  assert.throws(() => by('a', 'education'), { code: 'simulations_too_many' });
  for (const end of ends.slice(1)) end();
  for (const end of ends.slice(1)) end();
  const again = ['c', 'd', 'e'].map((person) => by(person, 'ecology'));
  assert.throws(() => by('f', 'ecology'), { code: 'simulations_too_many' }, 'given back once');
  again[0]?.();
  for (const _ of [1, 2]) {
    assert.equal((await simulate(ecology, { document: airStudy, days: 1 })).status, 200);
    assert.equal(
      (await simulate(ecology, { document: { ...airStudy, id: '' } })).json['code'],
      'policy_invalid',
    );
  }
  for (const end of [...ends, ...again]) end();
});

test('a simulation of what does not compile or is too much is refused', async () => {
  const { education } = stewards;
  const document = nextVersion({ name: { mask: 'clear' } });
  const unknown = nextVersion({ nothing: { mask: 'clear' } });
  assert.equal((await simulate(education, { document: unknown })).json['code'], 'policy_does_not_compile');
  for (const wrong of [{ days: 32 }, { days: 0 }, { most: 20_001 }])
    assert.equal((await simulate(education, { document, ...wrong })).json['code'], 'invalid_request');
  const huge = nextVersion({}, { title: { zh: '大'.repeat(3_000_000), en: 'huge' } });
  assert.equal((await simulate(education, { document: huge })).json['code'], 'body_too_large');
});

/** The same at the command line, and who sees a field of what is in force. */
async function asVerb(token: string, document: object, exchange: string): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'datong-simulate-'));
  after(() => rmSync(home, { recursive: true, force: true }));
  const [state, file] = [join(home, 'demo.json'), join(home, 'agreement.json')];
  const { exchange: exchanges, open, staff } = hub.hub.origins;
  writeDemoState(state, { exchange: exchanges, open, staff, ca: hub.ca, keys: [] }, { mine: token });
  writeFileSync(file, JSON.stringify(document));
  const datong = (...args: string[]) =>
    typedDatong(['policy', ...args], { cwd: home, env: { DATONG_STATE: state } });
  const field = ['--dataset', household, '--field', 'name'];
  const [simulated, cut, seen, both] = await Promise.all([
    datong('simulate', file, '--as', 'mine', '--days', '31'),
    datong('simulate', file, '--as', 'mine', '--most', '1', '--json'),
    datong('visibility', '--hub', '--as', 'mine', ...field),
    datong('visibility', home, '--hub', ...field),
  ]);
  assert.equal(simulated.code, 1, simulated.stderr);
  assert.match(simulated.stdout, /^loosened {2}education {2}pub-security.household .* name {2}personName/m);
  assert.match(simulated.stdout, /^3 calls of the last 31 days: 0 the same, 2 different, 1 open$/m);
  const line = simulated.stdout.split('\n').find((one) => one.includes('would get another answer'));
  assert.ok(line?.includes('→ clear') === true && line.includes(exchange), line);
  assert.equal(typeof (JSON.parse(cut.stdout) as Schemas['PolicySimulated']).decisions.cutAt, 'string');
  assert.equal(seen.code, 0, seen.stderr);
  assert.match(seen.stdout, /education {2}reads .*household name {2}personName.*agr-school-enrolment@1/);
  assert.equal(both.code, 2, 'a folder or the hub, not both');
}

test('persons are shown to the office and to their own department', async () => {
  const names = async (token: string): Promise<string> =>
    JSON.stringify((await hub.staff(token, 'GET', '/v1/persons')).json);
  const ecology = await hub.token('周工', ['auditor'], 'ecology');
  await hub.token('王警官', ['steward'], 'pub-security');
  assert.match(await names(operator), /王警官/);
  assert.match(await names(ecology), /周工/);
  assert.doesNotMatch(await names(ecology), /王警官/);
});

test('a trial names an agreement that takes a field only to know the guardian, and not one that does not use it', async () => {
  await city.apply('school-meals/notice.yaml');
  await city.apply('school-meals/agreement.yaml', [city.education, city.publicSecurity]);
  const { json } = await hub.staff(operator, 'GET', '/v1/schemas/urn:datong:household:1.0');
  const document = json['document'] as { readonly properties: Readonly<Record<string, object>> };
  const agreementsWithout = async (field: string): Promise<readonly string[]> => {
    const properties = Object.fromEntries(
      Object.entries(document.properties).filter(([name]) => name !== field),
    );
    const changed = { ...document, $id: 'urn:datong:household:1.9', properties, required: ['person_id'] };
    const tried = await hub.staff(operator, 'POST', '/v1/schemas/trials', { document: changed });
    const { changes } = tried.json as unknown as Schemas['SchemaTried'];
    return changes.find(({ pointer }) => pointer === `/properties/${field}`)?.touches?.agreements ?? [];
  };
  assert.ok((await agreementsWithout('guardian_id')).includes('agr-school-meals'));
  assert.ok(!(await agreementsWithout('region_code')).includes('agr-school-meals'));
});

/** A version that breaks earlier ones is published knowingly: three persons read what stored rows say to it, and no value leaves. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { typedDatong } from '../typedDatong.ts';
import { writeDemoState } from '../demoState.ts';
import { registerTogether } from '../secondPerson.ts';
import { leavesWhere } from '../leafTexts.ts';
import { defined } from '../../terms/defined.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const second = await hub.token('second', ['steward']);
const officer = await hub.token('officer', ['security']);
const provider = await hub.token('provider', ['steward'], 'pub-security');

interface Schema {
  $id: string;
  properties: Record<string, Record<string, unknown>>;
}
const text = readFileSync(new URL('../../schemas/shared/household.json', import.meta.url), 'utf8');
function version(minor: number, change: (schema: Schema) => void = () => undefined): Schema {
  const schema = JSON.parse(text) as Schema;
  schema.$id = `urn:datong:household:1.${minor}`;
  change(schema);
  return schema;
}
const withRemark = ({ properties }: Schema): void => {
  const titled = { 'x-title': { zh: '备注', en: 'Remark' }, 'x-sensitivity': 'L1' };
  properties['remark'] = { type: ['string', 'null'], maxLength: 50, ...titled };
};
const shortNames = (schema: Schema): void => {
  withRemark(schema);
  schema.properties['name'] = { ...schema.properties['name'], maxLength: 2 };
};

const send = (seed: number, rows: number) =>
  city.publicSecurity.client.sendFile('pub-security.household', householdFile(rows, seed).bytes, {
    mapping: 'household',
  });
const tooLong = (seed: number, rows: number): number =>
  householdFile(rows, seed).good.filter(({ name }) => [...name].length > 2).length;
const about = '/v1/datasets/pub-security.household';

const home = mkdtempSync(join(tmpdir(), 'datong-waivers-'));
after(() => rmSync(home, { recursive: true, force: true }));
const state = join(home, 'demo.json');
const at = { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } };
writeDemoState(state, at, { operator: city.operator, provider });
const datong = (...words: string[]) =>
  typedDatong(words, { cwd: home, env: { DATONG_STATE: state, LANG: 'en_US.UTF-8' } });

type Reply = Readonly<Record<string, unknown>> & {
  readonly waiver?: { readonly evidence: readonly Readonly<Record<string, unknown>>[] };
  readonly witnesses?: readonly { readonly against: string; readonly witness: string }[];
};
const submit = async (document: Schema, waiver?: object): Promise<[number, Reply]> => {
  const body = { document, ...defined({ waiver }) };
  const { status, json } = await hub.staff(city.operator, 'POST', '/v1/schemas', body);
  return [status, json];
};
const impact = async (urn: string): Promise<Reply> =>
  (await hub.staff(second, 'GET', `/v1/schemas/${urn}/impact`)).json;
async function decide(token: string, urn: string, body: object): Promise<unknown> {
  const { json } = await hub.staff(token, 'POST', `/v1/schemas/${urn}/decision`, body);
  return json['state'] ?? json['code'];
}
const agree = async (token: string, urn: string): Promise<unknown> =>
  decide(token, urn, { act: 'publish', digest: (await impact(urn))['digest'] });
const move = (urn: string) => hub.staff(provider, 'POST', `${about}/schema`, { schema: urn });

await send(12, 1500);
const added = await submit(version(1, withRemark));
assert.equal(added[1]['state'], 'inReview', JSON.stringify(added));
assert.equal(await agree(second, 'urn:datong:household:1.1'), 'published');
assert.equal((await move('urn:datong:household:1.1')).status, 200);

test('a version that breaks nothing waives nothing', async () => {
  const further = version(2, (schema) => {
    withRemark(schema);
    schema.properties['further'] = { ...schema.properties['remark'] };
  });
  const [status, { code }] = await submit(further, { reason: 'in any case' });
  assert.deepEqual([status, code], [422, 'waiver_idle']);
});

test('what breaks is refused, and goes on by three persons who read how many stored rows fail; where more fail by then, it is read again', async () => {
  const urn = 'urn:datong:household:1.2';
  assert.equal((await submit(version(2, shortNames)))[1]['code'], 'schema_incompatible');
  const waiver = { reason: 'names are cut by statute from now on' };
  const [status, sent] = await submit(version(2, shortNames), waiver);
  assert.deepEqual([status, sent['state']], [202, 'inReview']);
  const shown = await impact(urn);
  const failing = tooLong(12, 1500);
  assert.ok(failing > 0 && failing < householdFile(1500, 12).good.length, 'some of the names are longer');
  const problems = [{ pointer: '/name', rule: 'maxLength', rows: failing }];
  const rows = householdFile(1500, 12).good.length;
  assert.deepEqual(shown.waiver?.evidence, [
    { dataset: 'pub-security.household', rows, whole: true, failing, problems },
  ]);
  // what shows that it breaks them is made up: a name longer than the new limit, of each version that it breaks
  const witnesses = shown.witnesses ?? [];
  assert.deepEqual(
    witnesses.map(({ against }) => against),
    ['urn:datong:household:1.0', 'urn:datong:household:1.1'],
  );
  for (const { witness } of witnesses)
    assert.ok((JSON.parse(witness) as { name: string }).name.length > 2, witness);
  const alone = { act: 'publish', digest: sent['digest'] };
  assert.equal(await decide(second, urn, alone), 'version_exists', 'the text alone is not what is agreed to');
  await send(13, 2000);
  assert.ok(tooLong(13, 2000) > failing);
  assert.equal(await agree(second, urn), 'waiver_outgrown');
  assert.equal(await decide(second, urn, { act: 'return', reason: 'more rows by now' }), 'draft');
  assert.equal((await submit(version(2, shortNames), waiver))[0], 202);
  assert.equal(await agree(second, urn), 'inReview');
  assert.equal(await agree(second, urn), 'four_eyes');
  assert.equal(await agree(officer, urn), 'published');
  const reported = (await leavesWhere(database)).findLast(({ change }) => change?.['state'] === 'published');
  const { waived, examined, failing: wrong } = reported?.change ?? {};
  const all = householdFile(2000, 13).good.length;
  assert.deepEqual([waived, examined, wrong], [2, all, tooLong(13, 2000)], 'of 1.0 and of 1.1');
});

test('a dataset goes over only once its own rows are all valid, and the number of the others is shown', async () => {
  const refused = await move('urn:datong:household:1.2');
  assert.equal(refused.json['code'], 'rebind_unfit');
  const [finding] = refused.json['findings'] as readonly Readonly<Record<string, unknown>>[];
  assert.deepEqual([finding?.['pointer'], finding?.['code']], ['/name', 'maxLength']);
  const path = `${about}/examination?schema=urn:datong:household:1.2&limit=100`;
  const { status, json } = await hub.staff(provider, 'GET', path);
  assert.equal(status, 200, JSON.stringify(json));
  assert.deepEqual([json['rows'], json['whole']], [100, false]);
  assert.ok(Number(json['failing']) > 0, JSON.stringify(json));
  const reported = JSON.stringify(json) + JSON.stringify(refused.json);
  assert.equal(
    householdFile(2000, 13).good.some(({ name, id }) => reported.includes(name) || reported.includes(id)),
    false,
    'no value',
  );
  const [name = ''] = about.split('/').slice(-1);
  const ran = await datong('dataset', 'examine', name, '--rows', '100', '--as', 'provider');
  assert.equal(ran.stdout, `${name}  100 rows examined (not all), 0 not valid\n`, ran.stderr);
  const now = await hub.staff(provider, 'GET', `${about}/examination`);
  assert.deepEqual([now.json['failing'], now.json['whole']], [0, true], 'under the version they lie under');
  const foreign = await hub.staff(provider, 'GET', `${about}/examination?schema=urn:datong:enterprise:1.0`);
  assert.equal(foreign.json['code'], 'unknown_reference');
});

test('rows whose code a list has lost since are reported, and once the list has it again none are', async () => {
  const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };
  const both = { author: city.operator, second };
  const lists = '/v1/code-lists';
  const divisions = {
    id: 'demo.region',
    version: '2',
    from: '2026-01-02',
    supplements: 'gbt2260',
    title: { zh: '虚构的行政区划', en: 'Invented divisions' },
    entries: ['990100', '990101', '990102'].map((code) => ({ code, zh: code })),
  };
  const lost = await registerTogether(listener, both, lists, divisions);
  assert.equal(lost.status, 201, JSON.stringify(lost.body));
  const elsewhere = householdFile(2000, 13).good.filter(({ region }) => region === '990103').length;
  assert.ok(elsewhere > 0, 'persons live in the county that the list lost');
  const examine = () => datong('dataset', 'examine', 'pub-security.household', '--as', 'provider');
  const rows = householdFile(2000, 13).good.length;
  assert.equal(
    (await examine()).stdout,
    `pub-security.household  ${rows} rows examined, ${elsewhere} not valid\n  /region_code  x-code  ${elsewhere}\n`,
  );
  const withdrawal = `${lists}/demo.region/versions/2/withdrawal`;
  const back = await registerTogether(listener, both, withdrawal, { reason: '错发' });
  assert.equal(back.body['changed'], true, JSON.stringify(back.body));
  assert.equal((await examine()).stdout, `pub-security.household  ${rows} rows examined, 0 not valid\n`);
});

test('a further version is not held once more against what was broken knowingly', async () => {
  const wider = version(3, (schema) => {
    shortNames(schema);
    schema.properties['remark'] = { ...schema.properties['remark'], maxLength: 60 };
  });
  assert.equal((await submit(wider))[1]['state'], 'inReview');
  assert.equal(await agree(second, wider.$id), 'published');
  const narrower = version(4, (schema) => {
    shortNames(schema);
    schema.properties['remark'] = { ...schema.properties['remark'], maxLength: 10 };
  });
  assert.equal(
    (await submit(narrower))[1]['code'],
    'schema_incompatible',
    'what it breaks itself is refused',
  );
});

test('a bad version is taken back by a new one with the text of an earlier one, to which datasets go over', async () => {
  const restores = 'urn:datong:household:1.0';
  const waiver = { reason: 'the remark was a mistake', restores };
  const other = await submit(version(4, withRemark), waiver);
  assert.deepEqual([other[0], other[1]['code']], [422, 'waiver_not_restored']);
  const unknown = await submit(version(4), { ...waiver, restores: 'urn:datong:household:1.9' });
  assert.equal(unknown[1]['code'], 'unknown_reference');
  const urn = 'urn:datong:household:1.4';
  const ran = await datong('schema', 'restore', restores, '--reason', waiver.reason, '--as', 'operator');
  assert.deepEqual([ran.code, ran.stdout], [0, `${urn}  inReview\n`], ran.stderr);
  assert.equal(await agree(second, urn), 'inReview');
  assert.equal(await agree(officer, urn), 'published');
  const moved = await move(urn);
  assert.equal(moved.status, 200, JSON.stringify(moved.json));
  assert.equal((await send(14, 1500)).json.state, 'published');
  const again = version(5, ({ properties }) => {
    const titled = { 'x-title': { zh: '备注', en: 'Remark' }, 'x-sensitivity': 'L1' };
    properties['remark'] = { type: ['integer', 'null'], ...titled };
  });
  assert.equal((await submit(again))[1]['state'], 'inReview', 'the remark is forgotten');
  assert.equal(await agree(second, again.$id), 'published');
  const retyped = await move(again.$id);
  assert.deepEqual(retyped.json['findings'], [{ pointer: '/properties/remark', code: 'column_retyped' }]);
});

test('where a restriction would stop biting, the officer is shown the agreement that reveals more', async () => {
  const file = join(home, 'restriction.yaml');
  const when = '{ sensitivity: [L2], field: [birth_date, household_no], dataset: [pub-security.household] }';
  writeFileSync(
    file,
    `kind: Restriction\nid: res-most-guarded\nversion: 1\nwhen: ${when}\nlimits: { callsPerDay: 50 }\n`,
  );
  await city.apply(file, [await hub.enrol('data-office')]);
  const urn = 'urn:datong:household:1.6';
  const lower = version(6, ({ properties }) => {
    properties['birth_date'] = { ...properties['birth_date'], 'x-sensitivity': 'L1' };
  });
  const sent = await submit(lower, { reason: 'lowered by a decree' });
  assert.equal(sent[1]['state'] ?? sent[1]['code'], 'inReview');
  assert.equal(await agree(second, urn), 'inReview');
  assert.equal(await agree(officer, urn), 'published');
  const verb = ['dataset', 'move', 'pub-security.household', '--to', urn, '--as', 'provider'];
  const requested = await datong(...verb, '--json');
  assert.equal(requested.code, 0, requested.stderr);
  const { proposal } = JSON.parse(requested.stdout) as { proposal: string };
  const again = await datong(...verb);
  assert.match(again.stdout, /urn:datong:household:1\.6 {2}waiting$/m);
  assert.match(again.stderr, /the security officer .* datong review approve/);
  const path = `/v1/proposals/${proposal}`;
  const shown = (await hub.staff(officer, 'GET', path)).json;
  const { loosens } = shown['body'] as { loosens: readonly Readonly<Record<string, unknown>>[] };
  const agreements = loosens.filter(({ pointer }) => pointer === '(limits)');
  assert.deepEqual(agreements, [
    {
      pointer: '(limits)',
      code: 'loosened',
      from: 'callsPerDay 50',
      to: 'callsPerDay 20000',
      against: 'agr-school-enrolment education school-enrolment',
    },
  ]);
  assert.ok(loosens.some(({ pointer }) => pointer === '/properties/birth_date/x-sensitivity'));
  const accepted = await hub.staff(officer, 'POST', `${path}/acceptance`, { digest: shown['digest'] });
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
});

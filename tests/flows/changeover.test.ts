/** A dataset goes over to a new major version: its rows are made next to those that readers see, and one entry switches. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { uuid7 } from '../../machine/uuid7.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { fillChangeovers } from '../../hub/flows/intake/rebind/fillChangeovers.ts';
import { intakeServices } from '../../hub/flows/intake/services.ts';
import { batchPeriod } from '../../hub/flows/intake/store/profiles.ts';
import { typedDatong } from '../typedDatong.ts';
import { writeDemoState } from '../demoState.ts';
import { samples, type StaffAnswer } from '../hub.ts';
import {
  householdText,
  mapping,
  mappingOf,
  mergedPeople,
  rowsMappingOf,
  schemaOf,
  type Schema,
} from './householdVersions.ts';
import { staysUnderHold } from './backUnderHold.ts';
import {
  commit,
  currentBatch,
  formerBatch,
  open,
  post,
  put,
  reported,
  stateOf,
  tables,
} from './intakeCalls.ts';
import { changesOf, newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const dataset = 'pub-security.household';
const about = `/v1/datasets/${dataset}`;
const { database, hub, city } = await cityHub({ jobsByTime: false });
const office = await hub.token('office', ['steward']);
const officer = await hub.token('officer', ['security']);
const author = await hub.token('author', ['steward'], 'pub-security');
const second = await hub.token('second', ['steward'], 'pub-security');
const consumer = await hub.token('consumer', ['steward'], 'education');
const dataOffice = await hub.enrol('data-office');
const home = mkdtempSync(join(tmpdir(), 'datong-changeover-'));
after(() => rmSync(home, { recursive: true, force: true }));

async function published(document: Schema): Promise<void> {
  const sent = await hub.staff(city.operator, 'POST', '/v1/schemas', { document });
  const path = `/v1/schemas/${document.$id}/decision`;
  for (const token of sent.json['state'] === 'published' ? [] : [office, officer]) {
    const decided = await hub.staff(token, 'POST', path, { act: 'publish', digest: sent.json['digest'] });
    if (decided.json['state'] === 'published') return;
  }
  assert.fail(JSON.stringify(sent.json));
}

const begin = (token: string, major: number, mappings: readonly object[]): Promise<StaffAnswer> =>
  hub.staff(token, 'POST', `${about}/changeover`, {
    schema: `urn:datong:household:${major}.0`,
    mappings,
    reason: '电话号码不再采集',
  });
type Shown = Readonly<Record<string, unknown>> & {
  readonly digest?: string;
  readonly stops: readonly { readonly agreement: string; readonly consumer: string }[];
};
const show = async (): Promise<Shown> => {
  const { status, json } = await hub.staff(author, 'GET', `${about}/changeover`);
  assert.equal(status, 200, JSON.stringify(json));
  return json as Shown;
};
const decide = (token: string, body: object): Promise<StaffAnswer> =>
  hub.staff(token, 'POST', `${about}/changeover/decision`, body);
/** As a reader who reads the current state, and acknowledges all of it. */
async function agree(token: string): Promise<StaffAnswer> {
  const { digest = 'a'.repeat(64), stops } = await show();
  return decide(token, { act: 'switch', digest, stops: stops.map(({ agreement }) => agreement) });
}
const codeOf = ({ json }: StaffAnswer): unknown => json['code'];
async function fillAll(): Promise<void> {
  // one step a run: a batch is begun, then its bytes are taken over and read
  for (let i = 0; i < 2; i += 1) assert.equal(await hub.hub.runner.run('fillChangeovers'), 'ok');
}

const { client } = city.publicSecurity;
const first = householdFile(1500, 12);
await client.sendFile(dataset, first.bytes, { mapping: 'household' });
const [person] = first.good.filter(({ region }) => region === '990101');
assert.ok(person);
const query = (id: string) =>
  city.education.client.query(
    dataset,
    { filter: [{ field: 'person_id', op: 'eq', value: id }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'o',
      matter: 'RX-2026-000001',
    },
  );
const found = async (id: string): Promise<number> => (await query(id)).json.records.length;
/** The agreement as it was, over the version that came. */
async function renewed(version: number, major: number): Promise<void> {
  const file = join(home, `agreement${version}.yaml`);
  const old = readFileSync(join(samples, 'household/agreement.yaml'), 'utf8');
  writeFileSync(
    file,
    old.replace('version: 1\n', `version: ${version}\n`).replace('household@1', `household@${major}`),
  );
  await city.apply(file, [city.education, city.publicSecurity]);
}
const switches = (): Promise<number> => changesOf(database, dataset, 'switch');
await published(schemaOf(2));

const state = join(home, 'demo.json');
writeDemoState(
  state,
  { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
  { operator: city.operator, author, second },
);
const datong = (...words: string[]) =>
  typedDatong(words, { cwd: home, env: { DATONG_STATE: state, LANG: 'en_US.UTF-8' } });

/** What the data office signs and puts in force. */
async function restricted(version: number, field: string): Promise<void> {
  const file = join(home, `restriction${version}.yaml`);
  writeFileSync(
    file,
    `kind: Restriction\nid: res-changeover\nversion: ${version}\nwhen: { field: [${field}], dataset: [${dataset}] }\nrequires: [matter]\n`,
  );
  await city.apply(file, [dataOffice]);
}

test('it begins once, by a steward of the dataset, and names at once which agreements will stop', async () => {
  assert.equal(codeOf(await hub.staff(author, 'GET', `${about}/changeover`)), 'changeover_unknown');
  assert.equal(codeOf(await begin(consumer, 2, [mappingOf(2, 2)])), 'not_your_department');
  assert.equal(codeOf(await begin(author, 7, [mappingOf(2, 2)])), 'unknown_reference');
  assert.equal(codeOf(await begin(author, 1, [mappingOf(1, 2)])), 'changeover_unfit');
  assert.equal(codeOf(await begin(author, 2, [mappingOf(2, 3)])), 'version_not_next');
  assert.equal(codeOf(await begin(author, 2, [mappingOf(2, 2), mappingOf(2, 2)])), 'invalid_request');
  for (const name of ['upsert', 'empty', 'live']) {
    const [id, mode] = [`pub-security.${name}`, name === 'live' ? name : 'upsert'];
    const [title, sharing] = [{ zh: '户籍', en: 'Household' }, { type: 'unconditional' }];
    const made = { id, title, schema: 'urn:datong:household:1.0', mode, sharing };
    assert.equal((await hub.staff(city.operator, 'POST', '/v1/datasets', made)).status, 201, mode);
    const other = await hub.staff(author, 'POST', `/v1/datasets/${id}/changeover`, {
      schema: 'urn:datong:household:2.0',
      mappings: [mappingOf(2, 2)],
      reason: '电话号码不再采集',
    });
    assert.equal(codeOf(other), 'changeover_unfit', mode);
  }
  const document = { ...mapping, mapping: 'pub-security/phones@1' };
  assert.equal((await hub.staff(author, 'POST', `${about}/mappings`, { document })).status, 201);
  assert.equal(codeOf(await begin(author, 2, [mappingOf(1, 2)])), 'mapping_invalid');
  const both = await Promise.all([begin(author, 2, [mappingOf(2, 2)]), begin(author, 2, [mappingOf(2, 2)])]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [202, 409]);
  assert.equal(
    both.map(codeOf).find((code) => code !== undefined),
    'changeover_under_way',
  );
  const shown = await show();
  assert.deepEqual(
    [shown['stage'], shown['left']],
    ['waiting', ['pub-security/phones']],
    'it does not go along',
  );
  assert.deepEqual(shown.stops, [{ agreement: 'agr-school-enrolment@1', consumer: 'education' }]);
  assert.equal(codeOf(await agree(second)), 'changeover_not_ready');
  const move = await hub.staff(author, 'POST', `${about}/schema`, { schema: 'urn:datong:household:1.0' });
  assert.equal(move.status, 200, 'the version that it is bound to already');
  const minor = JSON.parse(householdText) as Schema;
  const [remark, ofRemark] = [{ zh: '备注', en: 'Remark' }, { 'x-sensitivity': 'L1' }];
  minor.$id = 'urn:datong:household:1.1';
  minor.properties['remark'] = { type: ['string', 'null'], maxLength: 50, 'x-title': remark, ...ofRemark };
  await published(minor);
  const elsewhere = await hub.staff(author, 'POST', `${about}/schema`, { schema: minor.$id });
  assert.equal(codeOf(elsewhere), 'changeover_under_way');
  const other = await hub.staff(author, 'POST', `${about}/mappings`, { document: mappingOf(1, 2) });
  assert.ok(other.json['code'] === 'mapping_invalid' || other.json['code'] === 'changeover_under_way');
  const own = { ...mapping, mapping: 'pub-security/household@2', limits: { maxBad: 3 } };
  assert.equal(
    codeOf(await hub.staff(author, 'POST', `${about}/mappings`, { document: own })),
    'changeover_under_way',
  );
  const { json } = await hub.staff(consumer, 'GET', '/v1/inbox');
  const [{ due, since, provisional } = {}] = json['changeovers'] as readonly Record<string, unknown>[];
  assert.ok(String(due) > String(since));
  const titled = json['agreements'] as readonly {
    readonly agreement: string;
    readonly title: { readonly en: string };
  }[];
  const stopped = titled.find(({ agreement }) => agreement === 'agr-school-enrolment');
  assert.equal(stopped?.title.en, 'Household data for school enrolment', 'named without its version');
  assert.deepEqual(json['changeovers'], [
    {
      dataset,
      department: 'pub-security',
      as: 'consumer',
      stops: ['agr-school-enrolment'],
      from: 'urn:datong:household:1.0',
      to: 'urn:datong:household:2.0',
      since,
      due,
      provisional,
      overdue: false,
    },
  ]);
  assert.equal(await found(person.id), 1);
  // a machine hears of it with each answer; no day was agreed
  const { headers } = await query(person.id);
  assert.match(headers.get('deprecation') ?? '', /^@\d{10}$/);
  assert.equal(headers.get('sunset'), undefined);
  const reported = city.education.client.deprecations.all().map((one) => [one.dataset, one.sunset]);
  assert.deepEqual(reported, [[dataset, undefined]]);
});

test('rows are made of the stored bytes while readers go on; a batch that comes meanwhile is published, and they are made anew', async () => {
  await fillAll();
  const ready = await show();
  assert.deepEqual(
    [ready['stage'], ready['rows'], ready['bad'], ready['rowsNow']],
    ['ready', first.good.length, first.bytes.length > 0 ? (await counts()).bad : 0, first.good.length],
  );
  assert.equal(ready['bytes'], ready['ofBytes']);
  assert.equal(await found(person.id), 1);
  const shown = await hub.staff(author, 'GET', about);
  assert.deepEqual(shown.json['changeover'], { to: 'urn:datong:household:2.0', stage: 'ready' });
  assert.equal((shown.json['dataset'] as { schema: string }).schema, 'urn:datong:household:1.0');
  const next = householdFile(1600, 13);
  assert.equal(
    (await client.sendFile(dataset, next.bytes, { mapping: 'household' })).json.state,
    'published',
  );
  assert.equal((await show())['stage'], 'outdated');
  assert.equal(codeOf(await agree(second)), 'changeover_not_ready');
  await fillAll();
  const anew = await show();
  assert.deepEqual([anew['stage'], anew['rows']], ['ready', next.good.length]);
  assert.notEqual(anew['batch'], ready['batch']);
  assert.equal((await stateOf(database, String(ready['batch']))).state, 'dropped');
  assert.equal(
    codeOf(await decide(second, { act: 'switch', digest: ready.digest, stops: [] })),
    'changeover_read_anew',
    'what was read before is not what stands there',
  );
});

async function counts(): Promise<{ readonly bad: number }> {
  const { rows } = await database.app.query<{ bad: string }>(
    "SELECT rows_bad AS bad FROM batch WHERE dataset = $1 AND state = 'published'",
    [dataset],
  );
  return { bad: Number(rows[0]?.bad) };
}

test('a second person switches once each agreement that stops is acknowledged by its name: in one entry, or not at all', async () => {
  assert.equal(codeOf(await agree(author)), 'four_eyes');
  assert.equal(codeOf(await agree(consumer)), 'not_your_department');
  const { digest } = await show();
  const unread = await decide(second, { act: 'switch', digest, stops: [] });
  assert.equal(codeOf(unread), 'stops_unacknowledged');
  assert.deepEqual(unread.json['findings'], [{ agreement: 'agr-school-enrolment@1', consumer: 'education' }]);
  const inbox = await hub.staff(second, 'GET', '/v1/inbox');
  const [waits] = inbox.json['changeovers'] as readonly { readonly as: string }[];
  assert.equal(waits?.as, 'approver');
  const before = (await tables(database)).length;
  const stops = ['agr-school-enrolment@1'];
  // a restriction of a field that the new version does not have could not go on
  await restricted(1, 'mobile');
  assert.equal(codeOf(await decide(second, { act: 'switch', digest, stops })), 'policy_does_not_compile');
  assert.equal(await switches(), 0);
  await restricted(2, 'income');
  const twice = await Promise.all([1, 2].map(() => decide(second, { act: 'switch', digest, stops })));
  const [refused, accepted] = twice.map((answer) => String(answer.json['state'] ?? codeOf(answer))).sort();
  assert.equal(accepted, 'switched');
  assert.ok(refused === 'changeover_unknown' || refused === 'changeover_read_anew', refused);
  assert.equal(await switches(), 1);
  const seen = await currentBatch(database, dataset);
  assert.deepEqual([seen.schema, seen.state], ['urn:datong:household:2.0', 'published']);
  assert.equal(await hub.hub.runner.run('resumeBatches'), 'ok');
  const retained = await tables(database);
  assert.ok(retained.includes(seen.batch) && retained.length <= before, 'that of the batch before is kept');
  assert.notEqual(await reported(query(person.id)), '200', 'the agreement names the version that was left');
  await renewed(2, 2);
  const next = householdFile(1600, 13).good.find(({ region }) => region === '990101');
  assert.equal(await found(next?.id ?? ''), 1);
});

test('after the switch, files for the version that was left are rejected and those for the new one accepted; its batch is not restored', async () => {
  const file = householdFile(1550, 14).bytes;
  assert.equal(await reported(client.sendFile(dataset, file, { mapping: 'household@1' })), 'mapping_unknown');
  const sent = await client.sendFile(dataset, file, { mapping: 'household' });
  assert.deepEqual([sent.json.state, sent.json['mapping']], ['published', 'household@2']);
  const ready = await hub.hub.services.readiness?.['registry']?.();
  assert.ok(ready === undefined || ready === 'ok', String(ready));
  const restored = await hub.staff(
    author,
    'POST',
    `/v1/batches/${await formerBatch(database, dataset, schemaOf(1).$id)}/restoration`,
    {
      reason: 'sent by mistake',
    },
  );
  assert.equal(restored.json['code'], 'batch_outdated');
});

test('the raw bytes of the version that was left are destroyed like those of every former batch, with an entry', async () => {
  const left = await formerBatch(database, dataset, schemaOf(1).$id);
  // its bytes were answered for longer than its own time: as the batch that the switch brought, until the file after it
  const period = await batchPeriod(database.app, left);
  const made = await batchPeriod(database.app, await formerBatch(database, dataset, schemaOf(2).$id));
  assert.ok(period?.until && period.until === made?.until && Number(period.from) < Number(made.from));
  const parts = async (): Promise<number> => {
    const retained = await database.app.query<{ bytes: string }>(
      'SELECT coalesce(sum(bytes), 0) AS bytes FROM batch_part WHERE batch = $1',
      [left],
    );
    return Number(retained.rows[0]?.bytes);
  };
  const bytes = await parts();
  assert.ok(bytes > 0);
  assert.equal(await hub.hub.runner.run('destroyRaw'), 'ok');
  assert.equal(await parts(), bytes, 'its days run from the switch on');
  await database.app.query(
    `UPDATE batch SET superseded_at = superseded_at - interval '31 days', finished_at = finished_at - interval '40 days' WHERE id = $1`,
    [left],
  );
  assert.equal(await hub.hub.runner.run('destroyRaw'), 'ok');
  assert.equal(await parts(), 0);
  const gone = (await newestLeaves(database, 5)).find(({ change }) => change?.['batch'] === left);
  assert.deepEqual(
    [gone?.kind, gone?.operation, gone?.dataset, gone?.change?.['bytes']],
    ['retire', 'destroyRaw', dataset, bytes],
  );
});

test('where the version changes a meaning, the security officer agrees too; its rows may be those of a file that is sent for it', async () => {
  const schema = schemaOf(3);
  schema.properties['address'] = { ...schema.properties['address'], 'x-sensitivity': 'L1' };
  const lowered = await hub.staff(city.operator, 'POST', '/v1/schemas', { document: schema });
  if (lowered.status >= 400) schema.properties['income'] = { ...schema.properties['income'], 'x-unit': 'm' };
  await published(schema);
  assert.equal((await begin(author, 3, [mappingOf(3, 3)])).status, 202);
  const bad = householdFile(300, 20).bytes.subarray(0, 200);
  const ruined = await reported(client.sendFile(dataset, bad, { mapping: 'household@3' }));
  assert.notEqual(ruined, '200');
  const file = householdFile(1580, 15);
  const sent = await client.sendFile(dataset, file.bytes, { mapping: 'household@3' });
  assert.equal(sent.json.state, 'prepared');
  const shown = await show();
  assert.deepEqual([shown['stage'], shown['rows'], shown['needsOfficer']], ['ready', file.good.length, true]);
  assert.equal(await hub.hub.runner.run('fillChangeovers'), 'ok');
  assert.equal((await show())['batch'], shown['batch'], 'what was sent stands');
  const once = await agree(second);
  assert.deepEqual([once.status, once.json['state']], [200, 'open'], JSON.stringify(once.json));
  assert.equal(codeOf(await agree(second)), 'four_eyes');
  // other lists count: it is read once more, and no one has agreed to that
  await database.app.query("UPDATE changeover SET lists = 'others' WHERE state = 'open'");
  assert.equal((await show())['stage'], 'outdated');
  await fillAll();
  const again = await show();
  assert.deepEqual(
    [again['stage'], again['rows'], again['approver']],
    ['ready', file.good.length, undefined],
  );
  assert.equal((await agree(officer)).json['state'], 'open', 'in whatever order');
  const named = (await show()).stops.map(({ agreement }) => agreement).join(',');
  const words = ['dataset', 'switch', dataset, '--digest', (await show()).digest ?? '', '--stops', named];
  const switched = await datong(...words, '--as', 'second');
  assert.equal(switched.code, 0, switched.stderr);
  assert.match(switched.stdout, /household:2\.0 → urn:datong:household:3\.0 {2}switched/);
  await renewed(3, 3);
  assert.equal(await found(file.good.find(({ region }) => region === '990101')?.id ?? ''), 1);
});

test('a hub that ends half-way goes on from where it was; what cannot be made stops and says why, and is given up by one person', async () => {
  await published(schemaOf(4));
  // a file of several parts is current
  const file = householdFile(1590, 16);
  const batch = await open(client, dataset);
  const size = Math.ceil(file.bytes.length / 4);
  for (let at = 0; at < file.bytes.length; at += size)
    await put(client, batch, at, file.bytes.subarray(at, at + size));
  assert.equal(await reported(commit(client, batch, file.bytes, 'household')), '200');
  assert.equal((await begin(author, 4, [mappingOf(4, 4)])).status, 202);
  assert.equal(await hub.hub.runner.run('fillChangeovers'), 'ok');
  const { services } = hub.hub;
  const intake = intakeServices(services);
  let looks = 0;
  const broken = {
    now: () => database.now(),
    signal: Object.defineProperty(new AbortController().signal, 'aborted', { get: () => (looks += 1) > 3 }),
    act: () => Promise.reject(new Error('nothing is told half-way')),
  };
  assert.deepEqual(await fillChangeovers(intake, broken), { more: false, failures: [] });
  const half = await show();
  assert.deepEqual([half['stage'], half['bytes'], half['ofBytes']], ['copying', 2 * size, file.bytes.length]);
  // as a hub leaves it that is killed while it reads
  await hub.hub.runner.run('fillChangeovers');
  assert.equal((await show())['stage'], 'ready');
  const filled = String((await show())['batch']);
  await database.app.query(
    "UPDATE batch SET state = 'checking', lease_owner = gen_random_uuid(), lease_until = now() - interval '1 s' WHERE id = $1",
    [filled],
  );
  assert.equal((await show())['stage'], 'checking');
  assert.equal(await hub.hub.runner.run('resumeBatches'), 'ok');
  const resumed = await show();
  assert.deepEqual(
    [resumed['stage'], resumed['rows'], resumed['batch']],
    ['ready', file.good.length, filled],
  );
  const given = await decide(author, { act: 'abandon', reason: 'not this year' });
  assert.deepEqual([given.status, given.json['state']], [200, 'abandoned']);
  assert.equal(await hub.hub.runner.run('resumeBatches'), 'ok');
  assert.equal((await tables(database)).includes(filled), false, 'its table goes');
  assert.equal((await stateOf(database, filled)).state, 'dropped');
  // a mapping under which most rows are bad
  const wrong = mappingOf(4, 4, {
    fields: { ...mapping.fields, mobile: undefined, sex: { from: '姓名', code: { 男: '1', 女: '2' } } },
  });
  const mappingFile = join(home, 'mapping.yaml');
  writeFileSync(mappingFile, `kind: Mapping\ndocument: ${JSON.stringify(wrong)}\n`);
  const to = ['--to', 'urn:datong:household:4.0', '--mapping', mappingFile, '--reason', 'no telephones'];
  const begun = await datong('dataset', 'changeover', dataset, ...to, '--as', 'author');
  assert.equal(begun.code, 0, begun.stderr);
  assert.match(begun.stdout, /stops {2}agr-school-enrolment@3 {2}education\n/);
  await fillAll();
  const stopped = await show();
  assert.deepEqual([stopped['stage'], stopped['problem']], ['stopped', 'too_many_bad_rows']);
  assert.equal((await decide(second, { act: 'abandon', reason: 'wrong mapping' })).status, 200);
  // stored bytes that are gone
  await database.app.query('DELETE FROM batch_part WHERE batch = $1 AND at > 0', [batch]);
  assert.equal((await begin(author, 4, [mappingOf(4, 4)])).status, 202);
  await fillAll();
  const gone = await show();
  assert.deepEqual([gone['stage'], gone['problem']], ['stopped', 'raw_bytes_gone']);
  const reader = file.good.find(({ region }) => region === '990101')?.id ?? '';
  assert.equal(await found(reader), 1, 'readers go on');
  // mended rows alone are no whole file
  await database.app.query('UPDATE batch SET corrects = id WHERE id = $1', [batch]);
  assert.equal((await decide(author, { act: 'abandon', reason: 'send it anew' })).status, 200);
  assert.equal((await begin(author, 4, [mappingOf(4, 4)])).status, 202);
  assert.equal(await hub.hub.runner.run('fillChangeovers'), 'ok');
  const ran = await datong('dataset', 'changeover', dataset, '--as', 'author');
  assert.match(ran.stdout, /household:3\.0 → urn:datong:household:4\.0 .*bytes_of_correction\n/, ran.stderr);
  assert.match(ran.stdout, /stops {2}agr-school-enrolment@3 {2}education\n/);
  const left = await datong('dataset', 'abandon', dataset, '--reason', 'send it anew', '--as', 'author');
  assert.deepEqual([left.code, left.stdout.includes('abandoned')], [0, true], left.stderr);
  const { rows } = await database.app.query(
    "SELECT 1 FROM batch WHERE state IN ('checking', 'prepared') OR id IN (SELECT batch FROM changeover) AND state NOT IN ('published', 'superseded', 'dropped', 'rejected')",
  );
  assert.equal(rows.length, 0, 'nothing half done stays');
});

test('every reply states the day up to which the present version answers, and nothing switches earlier', async () => {
  const file = householdFile(1600, 17);
  assert.equal(
    (await client.sendFile(dataset, file.bytes, { mapping: 'household' })).json.state,
    'published',
  );
  const [child] = file.good.filter(({ region }) => region === '990101');
  const said = async (): Promise<readonly (string | undefined)[]> => {
    const { headers } = await query(child?.id ?? '');
    return ['deprecation', 'sunset'].map((name) => headers.get(name));
  };
  assert.deepEqual(await said(), [undefined, undefined], 'none is under way');
  const ending = (sunset: string) =>
    hub.staff(author, 'POST', `${about}/changeover`, {
      schema: 'urn:datong:household:4.0',
      mappings: [mappingOf(4, 4)],
      reason: '电话号码不再采集',
      sunset,
    });
  const inChina = (days: number): string =>
    new Date(database.now() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
  assert.equal(codeOf(await ending(inChina(-1))), 'sunset_too_soon');
  assert.equal(codeOf(await ending('2026-02-31')), 'invalid_request');
  const day = inChina(40);
  const began = await ending(day);
  assert.deepEqual([began.status, began.json['sunset']], [202, day], JSON.stringify(began.json));
  const end = new Date(Date.parse(`${day}T00:00:00+08:00`) + 86_400_000).toUTCString();
  const [since, sunset] = await said();
  assert.ok(Math.abs(Number(since?.slice(1)) * 1000 - database.now()) < 3_600_000, since);
  assert.equal(sunset, end, 'the end of that day in China');
  const reported = city.education.client.deprecations.all().find((one) => one.dataset === dataset);
  assert.equal(reported?.sunset, new Date(end).toISOString());
  const { tls, signing } = city.education;
  const profile = {
    v: 1,
    department: 'education',
    tls,
    signingKey: signing.privateKey.export({ format: 'jwk' }),
    hub: { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
  };
  writeFileSync(join(home, 'education.json'), JSON.stringify(profile), { mode: 0o600 });
  const why = ['--purpose', 'school-enrolment', '--agreement', 'agr-school-enrolment', '--on-behalf-of', 'o'];
  const fetched = await datong(
    ...['fetch', dataset, '--profile', join(home, 'education.json'), ...why, '--matter', 'RX-2026-000001'],
    ...['--filter', `person_id=${child?.id ?? ''}`],
  );
  assert.match(fetched.stderr, new RegExp(`its last day is ${day}`), fetched.stderr);
  await fillAll();
  assert.match(
    (await datong('dataset', 'changeover', dataset, '--as', 'author')).stdout,
    new RegExp(`today +${day}`),
  );
  assert.equal(codeOf(await agree(second)), 'sunset_ahead');
  assert.equal(await switches(), 2, 'the two before');
  await assert.rejects(database.app.query('UPDATE changeover SET sunset = NULL'), /permission denied/);
  await database.owner.query("UPDATE changeover SET sunset = sunset - 41 WHERE state = 'open'");
  assert.equal((await agree(second)).json['state'], 'switched');
  const answered = await query(child?.id ?? '').catch(() => undefined);
  assert.equal(answered?.headers.get('deprecation'), undefined, 'another version answers');
});

test('rows that are merged by key are taken over as they are: what was deleted does not come back, whenever it went', async () => {
  const merged = 'pub-security.upsert';
  const { app } = database;
  const path = `/v1/datasets/${merged}`;
  const limits = { maxBad: 100 };
  const whole = { ...mapping, mapping: 'pub-security/people@1', limits };
  assert.equal((await hub.staff(author, 'POST', `${path}/mappings`, { document: whole })).status, 201);
  const files = [householdFile(40, 31), householdFile(50, 32)];
  for (const { bytes } of files)
    assert.equal((await client.sendFile(merged, bytes, { mapping: 'people' })).json.state, 'published');
  const people = [...new Set(files.flatMap(({ good }) => good.map(({ id }) => id)))];
  const gone = async (id: string | undefined): Promise<void> => {
    const deletion = { keys: [{ person_id: id ?? '' }], reason: '销户' };
    assert.equal(await reported(post(client, `${path}/deletions`, deletion)), '200');
  };
  const rows = (major: number): Promise<string[]> => mergedPeople(database, merged, major);
  await gone(people[0]);
  // bytes of what came before are needed no more
  await app.query(`DELETE FROM batch_part WHERE batch IN (SELECT id FROM batch WHERE dataset = '${merged}')`);

  const rowsBy = rowsMappingOf(2, 'pub-security/rows@1');
  const files2 = mappingOf(2, 2, { mapping: 'pub-security/people@2', limits });
  const start = (more: object, mappings: readonly object[] = [files2, rowsBy]): Promise<StaffAnswer> =>
    hub.staff(author, 'POST', `${path}/changeover`, {
      schema: 'urn:datong:household:2.0',
      mappings,
      reason: '电话号码不再采集',
      ...more,
    });
  assert.equal(codeOf(await start({ rowsBy: 'pub-security/others' })), 'unknown_reference');
  assert.equal(codeOf(await start({ rowsBy: 'pub-security/people' })), 'changeover_unfit', 'it reads CSV');
  assert.equal((await start({ rowsBy: 'pub-security/rows' })).status, 202);
  const shown = async (): Promise<Shown> =>
    (await hub.staff(author, 'GET', `${path}/changeover`)).json as Shown;
  await fillAll();
  assert.deepEqual([(await shown())['stage'], (await shown())['rows']], ['ready', people.length - 1]);
  // a file for the new version is not all of the rows
  assert.equal(
    await reported(client.sendFile(merged, files[0]?.bytes ?? new Uint8Array(), { mapping: 'people@2' })),
    'changeover_under_way',
  );
  // rows deleted or merged during the changeover are taken over anew; no one agrees to what was there before
  const { digest } = await shown();
  await gone(people[1]);
  assert.equal((await shown())['stage'], 'outdated');
  const word = { act: 'switch', digest, stops: [] };
  const stale = await hub.staff(second, 'POST', `${path}/changeover/decision`, word);
  assert.equal(codeOf(stale), 'changeover_not_ready');
  const third = householdFile(20, 33);
  await client.sendFile(merged, third.bytes, { mapping: 'people' });
  for (const { id } of third.good) if (!people.includes(id)) people.push(id);
  await fillAll();
  const left = people.slice(2).sort();
  assert.deepEqual([(await shown())['stage'], (await shown())['rows']], ['ready', left.length]);
  // half of the bytes lie there when a hub ends: they are written anew
  await app.query('UPDATE changeover SET over = NULL WHERE dataset = $1', [merged]);
  assert.equal(await hub.hub.runner.run('fillChangeovers'), 'ok');
  const half = (await shown())['batch'];
  await app.query("UPDATE batch SET bytes = 7 WHERE id = $1 AND state = 'receiving'", [half]);
  await fillAll();
  const ready = await shown();
  assert.deepEqual([ready['stage'], ready['rows'], ready['bad']], ['ready', left.length, 0]);
  assert.ok(half !== undefined && ready['batch'] !== half);
  assert.deepEqual(await rows(1), left, 'readers go on');
  const agreed = { ...word, digest: ready.digest };
  const switched = await hub.staff(second, 'POST', `${path}/changeover/decision`, agreed);
  assert.equal(switched.json['state'], 'switched', JSON.stringify(switched.json));
  assert.deepEqual(await rows(2), left);
  // it goes on being merged, and deleted from, under the new version
  const fourth = householdFile(30, 34);
  assert.equal((await client.sendFile(merged, fourth.bytes, { mapping: 'people' })).json.state, 'published');
  await gone(left[0]);
  const now = [...new Set([...left, ...fourth.good.map(({ id }) => id)])].filter((id) => id !== left[0]);
  assert.deepEqual(await rows(2), now.sort());
  await staysUnderHold({ hub, merged, author, second, officer, start, fillAll, shown, rows, word, limits });
  // the table that was left goes a day after the switch
  assert.equal(await hub.hub.runner.run('fillChangeovers'), 'ok');
  assert.deepEqual(await rows(1), left, 'not at once');
  // the dataset left the same version once before
  await database.owner.query(
    `INSERT INTO changeover SELECT (jsonb_populate_record(c, jsonb_build_object('id', $2::text, 'ended_by', $3::text))).*
       FROM changeover AS c WHERE dataset = $1 AND state = 'switched' AND from_schema = 'urn:datong:household:1.0' ORDER BY id LIMIT 1`,
    [merged, uuid7(database.now() - 180_000_000), uuid7(database.now() - 90_000_000)],
  );
  assert.equal(await hub.hub.runner.run('fillChangeovers'), 'ok');
  assert.deepEqual(await rows(1), left, 'the last switch counts');
  await database.owner.query(
    "UPDATE changeover SET ended_by = $2 WHERE dataset = $1 AND state = 'switched'",
    [merged, uuid7(database.now() - 90_000_000)],
  );
  assert.equal(await hub.hub.runner.run('fillChangeovers'), 'ok');
  await assert.rejects(rows(1), /does not exist/);
  assert.deepEqual(await rows(2), now);
});

test('a dataset that is merged by key and holds no row goes over too: before its first file, and after its last row went', async () => {
  const empty = 'pub-security.empty';
  const path = `/v1/datasets/${empty}`;
  const goneOver = async (major: number): Promise<void> => {
    // a file of lines, and one that is an array, hold no row in their own ways
    const layout = major === 2 ? {} : { layout: 'lines' };
    const rowsBy = rowsMappingOf(major, `pub-security/empty-rows@${major - 1}`, layout);
    const files = mappingOf(major, major - 1, { mapping: `pub-security/empty@${major - 1}` });
    const begun = await hub.staff(author, 'POST', `${path}/changeover`, {
      schema: `urn:datong:household:${major}.0`,
      mappings: [files, rowsBy],
      rowsBy: 'pub-security/empty-rows',
      reason: '尚无数据',
    });
    assert.equal(begun.status, 202, JSON.stringify(begun.json));
    await fillAll();
    const { json } = await hub.staff(author, 'GET', `${path}/changeover`);
    assert.deepEqual([json['stage'], json['rows'], json['bad']], ['ready', 0, 0], JSON.stringify(json));
    const word = { act: 'switch', digest: json['digest'], stops: [] };
    let { json: done } = await hub.staff(second, 'POST', `${path}/changeover/decision`, word);
    if (done['state'] === 'open')
      ({ json: done } = await hub.staff(officer, 'POST', `${path}/changeover/decision`, word));
    assert.equal(done['state'], 'switched', JSON.stringify(done));
    assert.deepEqual(await mergedPeople(database, empty, major), []);
  };
  const standing = async (): Promise<unknown> => {
    const { dataset } = (await hub.staff(author, 'GET', path)).json as { dataset: Record<string, unknown> };
    return dataset['standing'];
  };
  await goneOver(2);
  assert.equal(await standing(), 'registered', 'a batch without a row is no data');
  const people = householdFile(3, 41);
  assert.equal((await client.sendFile(empty, people.bytes, { mapping: 'empty' })).json.state, 'published');
  assert.equal(await standing(), 'published');
  const ids = people.good.map(({ id }) => id).sort();
  assert.deepEqual(await mergedPeople(database, empty, 2), ids);
  const deletion = { keys: ids.map((person_id) => ({ person_id })), reason: '销户' };
  assert.equal(await reported(post(client, `${path}/deletions`, deletion)), '200');
  await goneOver(3);
});

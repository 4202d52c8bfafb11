/** No registration, however it is meant, takes the hub from those who use it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { openRegistry } from '../../hub/registry/registry.ts';
import { admitPerson } from '../admitPerson.ts';
import { samples } from '../hub.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { commit, stateOf, bytesAwaited, reported, uploaded, whileHeld } from './intakeCalls.ts';
import { newestLeaves } from './leaves.ts';
import { replayEntry } from '../../policies/questions/replayEntry.ts';
import { leavesWhere } from '../leafTexts.ts';
import { cityHub } from '../cityHub.ts';

interface Schema {
  $id: string;
  properties: Record<string, object>;
  required: string[];
}

const { database, hub, city } = await cityHub({ jobsByTime: false });
const officeSteward = await hub.token('second', ['steward']);
const provider = await hub.token('provider', ['steward'], 'pub-security');
const providerSecond = await hub.token('provider second', ['steward'], 'pub-security');
const file = householdFile(1500, 12);
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const [person] = file.good.filter(({ region }) => region === '990101');
assert.ok(person);
const enrolment = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'o',
  matter: 'RX-2026-000001',
};
const query = () =>
  city.education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: person.id }] },
    enrolment,
  );
const ask = async (): Promise<number> => (await query()).json.records.length;
/** Invented rows, as a stranger is shown them. */
const asTwin = () => city.ecology.client.sandbox.query('pub-security.household', { limit: 3 });
const twin = async () => (await asTwin()).json;
const twinRows = async (): Promise<number> =>
  (await database.app.query("SELECT 1 FROM twin_row WHERE dataset = 'pub-security.household'")).rows.length;
const shared = (): Schema =>
  JSON.parse(readFileSync(new URL('../../schemas/shared/household.json', import.meta.url), 'utf8')) as Schema;

/** What a call is refused with. */
async function refusedWith(work: Promise<unknown>): Promise<DatongProblem> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  assert.ok(error instanceof DatongProblem, String(error));
  return error;
}

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
  await city.education.client.sandbox.describe('pub-security.household');
  const broken = shared();
  broken.$id = 'urn:datong:household:1.1';
  delete broken.properties['birth_date'];
  broken.required = broken.required.filter((name) => name !== 'birth_date');
  const steward = await hub.token('steward', ['steward'], 'ecology');
  // the contacts of the consumer: its stewards, and no one else of it or of another department
  await hub.token('教育专员', ['steward'], 'education');
  await hub.token('教育报送员', ['clerk'], 'education');
  const foreign = await hub.staff(steward, 'POST', '/v1/schemas', { document: broken });
  assert.deepEqual([foreign.status, foreign.json['code']], [409, 'schema_incompatible'], 'not even proposed');
  const minor = await hub.staff(city.operator, 'POST', '/v1/schemas', { document: broken });
  assert.deepEqual([minor.status, minor.json['code']], [409, 'schema_incompatible']);
  type Touching = { readonly touches?: { readonly consumers: readonly Readonly<Record<string, unknown>>[] } };
  const [broke] = minor.json['findings'] as readonly (Touching & { readonly pointer: string })[];
  assert.equal(broke?.pointer, '/properties/birth_date');
  const { consumers = [], ...items } = broke.touches ?? {};
  assert.deepEqual(items, {
    field: 'birth_date',
    datasets: ['pub-security.household'],
    mappings: ['pub-security/household@1'],
    agreements: ['agr-school-enrolment'],
  });
  const [reader] = consumers;
  assert.deepEqual(
    [reader?.['department'], reader?.['calls'], reader?.['contacts'], consumers.length],
    ['education', 1, ['教育专员'], 1],
    'invented rows are no call',
  );
  assert.deepEqual(reader?.['name'], { zh: '云栖市教育局', en: 'Yunqi Education Bureau' });
  assert.ok(Date.parse(String(reader['lastCall'])) <= database.now());
  const [reported] = foreign.json['findings'] as readonly Touching[];
  assert.equal(reported?.touches, undefined, 'who reads what is not told to others');
  broken.$id = 'urn:datong:household:2.0';
  await published(broken);
  assert.equal(await ask(), 1);
  await openRegistry({ database, audit: hub.hub.audit });
});

test('what an entry would share no more is named with the agreements in force, and only once they are suspended it is', async () => {
  const entry = (sharing: object): object => ({
    id: 'pub-security.population',
    title: { zh: '人口', en: 'People' },
    abstract: { zh: '户籍人口', en: 'residents' },
    category: '1/1',
    openness: 'closed',
    sourceSystem: '人口系统',
    updateFrequency: 'monthly',
    office: '人口处',
    contact: '0000-1',
    dataClass: 'general',
    datasets: ['pub-security.household'],
    sharing,
  });
  const guard = await hub.token('防护', ['security'], 'pub-security');
  const put = async (sharing: object, by: string) => {
    const requested = await hub.staff(provider, 'POST', '/v1/catalogue', entry(sharing));
    if (requested.status !== 202) return requested;
    const path = `/v1/proposals/${String(requested.json['proposal'])}`;
    const { digest } = (await hub.staff(by, 'GET', path)).json;
    return hub.staff(by, 'POST', `${path}/acceptance`, { digest });
  };
  const closed = { type: 'none', basis: '某法', manner: 'interface' };
  const refused = await put(closed, providerSecond);
  assert.deepEqual(
    [refused.status, refused.json['code'], refused.json['findings']],
    [409, 'entry_stops_agreements', [{ agreement: 'agr-school-enrolment', consumer: 'education' }]],
  );
  assert.equal(await ask(), 1, 'nothing was changed');
  const stop = (act: string, by = city.security) =>
    hub.staff(by, 'POST', `/v1/policy/documents/agr-school-enrolment/${act}`, { reason: 'test' });
  assert.equal((await stop('suspension')).status, 200);
  const accepted = await put(closed, providerSecond);
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
  const answers = async () => [await reported(query()), await reported(asTwin())];
  assert.deepEqual(await answers(), ['sharing_refused', 'sharing_refused']);
  const { who, text } = await refusedWith(query());
  assert.deepEqual([who, text.en], ['provider', 'dataset pub-security.household is not shared']);
  const { code } = await refusedWith(city.ecology.client.query('pub-security.household', {}, enrolment));
  assert.equal(code, 'no_agreement', 'who holds none');
  const reads = await hub.token('is told why', ['steward'], 'education');
  const inbox = (await hub.staff(reads, 'GET', '/v1/inbox')).json['stops'] as readonly {
    readonly reasons: readonly { readonly side: string; readonly reason?: string }[];
  }[];
  assert.deepEqual(
    inbox.map(({ reasons }) => reasons.map(({ side, reason }) => [side, reason])),
    [[['security', 'test']]],
    'the consumer still reads the reason, after the entry has changed',
  );
  const back = await stop('resumption');
  assert.deepEqual(
    [back.status, back.json['code']],
    [422, 'sharing_refused'],
    'lifting the last stop is refused: nothing would be answered',
  );
  // the last stop is a provider's, and its days are over
  assert.equal((await stop('suspension', provider)).status, 200);
  assert.equal((await stop('resumption')).status, 200);
  const passed = (days: number) =>
    database.owner.query('UPDATE provider_stop SET first = first - make_interval(days => $1)', [days]);
  await passed(25);
  assert.equal(await hub.hub.runner.run('lapseStops'), 'ok');
  await passed(9);
  assert.deepEqual(
    await answers(),
    ['sharing_refused', 'sharing_refused'],
    'no agreement gives what is not shared',
  );
  const [leaf] = (await newestLeaves(database, 4)).filter(({ operation }) => operation === 'queryDataset');
  assert.ok(leaf !== undefined);
  assert.deepEqual(replayEntry(leaf, hub.hub.services.registry.current.plans), { outcome: 'possible' });
  const open = {
    type: 'conditional',
    conditions: '仅限法定职责所需；须载明经办人和办件号',
    manner: 'interface',
  };
  const revived = await put(open, guard);
  assert.deepEqual(
    [revived.status, revived.json['code'], revived.json['findings']],
    [409, 'entry_revives_agreements', [{ agreement: 'agr-school-enrolment', consumer: 'education' }]],
    'no agreement is revived that the officer was not shown',
  );
  assert.equal((await stop('suspension')).status, 200);
  const again = await put(open, guard);
  assert.equal(again.status, 201, JSON.stringify(again.json));
  const refusal = async () => {
    const { code, who, findings, next } = await refusedWith(query());
    return [code, who, findings, next.en.includes('the provider')];
  };
  const explained = async () =>
    (
      (await city.education.client.explain('pub-security.household', {}, enrolment)).json as {
        whatWouldPermit: readonly { readonly who: string }[];
      }
    ).whatWouldPermit.map(({ who }) => who);
  assert.deepEqual(await refusal(), ['agreement_suspended', 'data-office', [{ by: 'security' }], false]);
  assert.deepEqual(await explained(), ['data-office']);
  assert.equal((await stop('suspension', provider)).status, 200);
  const both = [{ by: 'provider' }, { by: 'security' }];
  assert.deepEqual(await refusal(), ['agreement_suspended', 'data-office', both, true]);
  assert.equal((await stop('resumption')).status, 200);
  assert.deepEqual(await refusal(), ['agreement_suspended', 'provider', [{ by: 'provider' }], true]);
  assert.deepEqual(await explained(), ['provider']);
  assert.equal((await stop('resumption', provider)).status, 200);
  assert.equal(await ask(), 1);
});

test('a commit names the version of a mapping, or takes the newest', async () => {
  const document = readDocuments(join(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  )?.members['document'] as Record<string, unknown>;
  const next = { ...document, mapping: 'pub-security/household@2', limits: { maxBad: 0 } };
  const path = '/v1/datasets/pub-security.household/mappings';
  const steward = await hub.token('steward', ['steward'], 'pub-security');
  const second = await hub.token('second', ['steward'], 'pub-security');
  const proposed = await hub.staff(steward, 'POST', path, { document: next });
  assert.equal(proposed.status, 202, 'another person looks at what would come of the same files');
  const proposal = `/v1/proposals/${String(proposed.json['proposal'])}`;
  const { digest } = (await hub.staff(second, 'GET', proposal)).json;
  const alone = await hub.staff(steward, 'POST', `${proposal}/acceptance`, { digest });
  assert.equal(alone.json['code'], 'four_eyes');
  const accepted = await hub.staff(second, 'POST', `${proposal}/acceptance`, { digest });
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
  const { client } = city.publicSecurity;
  const { bytes } = householdFile(1500, 13);
  const sent = (mapping: string) => client.sendFile('pub-security.household', bytes, { mapping });
  assert.equal(await reported(sent('household')), 'too_many_bad_rows');
  assert.equal(await reported(sent('household@3')), 'mapping_unknown');
  assert.equal((await sent('household@1')).json['mapping'], 'household@1');
  const { batch } = (await sent('pub-security/household@1')).json;
  assert.equal(await reported(commit(client, batch, bytes, 'pub-security/household@1')), '200');
  assert.equal(await reported(commit(client, batch, bytes, 'household@2')), 'batch_not_open');
  // the first file again: old bytes come in only by a person's word
  const again = client.sendFile('pub-security.household', file.bytes, { mapping: 'household@1' });
  assert.equal(await reported(again), 'batch_bytes_before');
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

const about = '/v1/datasets/pub-security.household';
const decide = async (token: string, act: string, more: object = {}): Promise<unknown[]> => {
  const body = { act, reason: '核查', ...more };
  const { status, json } = await hub.staff(token, 'POST', `${about}/decision`, body);
  return [status, json['state'] ?? json['code']];
};

test('a dataset goes over to a version with a further field while calls run; what could not go on is named and nothing moves', async () => {
  const move = (minor: string) =>
    hub.staff(provider, 'POST', `${about}/schema`, { schema: `urn:datong:household:${minor}` });
  const major = await move('2.0');
  assert.deepEqual(
    [major.status, major.json['code'], major.json['findings']],
    [409, 'rebind_unfit', [{ pointer: 'urn:datong:household:2.0', code: 'major_changed' }]],
  );
  assert.equal((await move('1.9')).json['code'], 'unknown_reference');
  const invented = await twin();
  assert.equal(invented.synthetic.schema, 'urn:datong:household:1.0');
  assert.ok(nonEmpty(invented.records).every((record) => !('remark' in record)));
  const calls = Array.from({ length: 10 }, ask);
  // a file whose rows are being read under the version that is left
  const late = householdFile(1500, 15).bytes;
  const sender = city.publicSecurity.client;
  const batch = await uploaded(sender, 'pub-security.household', late);
  let committed: Promise<string> | undefined;
  let moved: Awaited<ReturnType<typeof move>> | undefined;
  await whileHeld(database, 'batch_part', async () => {
    committed = reported(commit(sender, batch, late, 'household@1'));
    await bytesAwaited(database, batch);
    moved = await move('1.2');
  });
  assert.equal(await committed, 'batch_outdated');
  assert.equal((await stateOf(database, batch)).state, 'rejected');
  assert.ok(moved);
  assert.deepEqual([moved.status, moved.json['added'], moved.json['changed']], [200, ['remark'], true]);
  assert.deepEqual(
    await Promise.all(calls),
    Array.from({ length: 10 }, () => 1),
  );
  assert.equal(await ask(), 1);
  const anew = await twin();
  assert.equal(anew.synthetic.schema, 'urn:datong:household:1.2');
  assert.ok(
    nonEmpty(anew.records).every((record) => 'remark' in record),
    'the twin is made anew',
  );
  assert.equal(await twinRows(), 200, 'and nothing is left of the one before');
  assert.equal((await move('1.2')).json['changed'], false);
  const shown = await hub.staff(provider, 'GET', about);
  assert.equal((shown.json['dataset'] as { schema: string }).schema, 'urn:datong:household:1.2');
  const mine = readDocuments(join(samples, 'household/dataset.yaml')).find(({ kind }) => kind === 'Dataset');
  const file = { ...mine?.members, schema: 'urn:datong:household:1.2' };
  assert.equal((await hub.staff(city.operator, 'POST', '/v1/datasets', file)).json['changed'], false);
  // submissions go on, and bring the field as soon as a mapping does
  const { bytes } = householdFile(1500, 14);
  const sent = await city.publicSecurity.client.sendFile('pub-security.household', bytes, {
    mapping: 'household@1',
  });
  assert.equal(sent.json.state, 'published');
  // what was checked under the version before does not come back under this one
  const { rows } = await database.app.query<{ id: string }>(
    "SELECT id FROM batch WHERE dataset = 'pub-security.household' AND state = 'superseded' ORDER BY id DESC LIMIT 1",
  );
  const restored = await hub.staff(provider, 'POST', `/v1/batches/${rows[0]?.id ?? ''}/restoration`, {
    reason: 'sent by mistake',
  });
  assert.equal(restored.json['code'], 'batch_outdated');
});

test('a suspended dataset is refused from the next call on, and the data office’s stop is lifted by the data office', async () => {
  const stopped = async (token: string): Promise<unknown> =>
    ((await hub.staff(token, 'GET', '/v1/inbox')).json['stops'] as readonly Record<string, unknown>[]).map(
      ({ agreement, dataset, sides, since: at, reasons }) => [agreement, dataset, sides, at, reasons],
    );
  const reads = await hub.token('reads it', ['steward'], 'education');
  const other = await hub.token('reads it not', ['steward'], 'ecology');
  assert.deepEqual(await stopped(reads), []);
  const before = Date.now();
  assert.deepEqual(await decide(provider, 'suspend'), [200, 'suspended']);
  const { code, findings, text, who } = await refusedWith(query());
  const [{ since, ...rest } = {}] = findings as readonly Record<string, unknown>[];
  assert.deepEqual([code, rest], ['dataset_unavailable', { state: 'suspended', by: 'provider' }]);
  assert.equal(who, 'provider');
  assert.ok(Math.abs(Date.parse(String(since)) - before) < 3_600_000, String(since));
  assert.match(text.zh, /自 \d{4}-\d\d-\d\d 起，由提供部门暂停/);
  assert.equal(await reported(asTwin()), 'dataset_unavailable');
  // the holder of an agreement over it finds it in the inbox, and no one else does
  const [[agreement, ...stop] = []] = (await stopped(reads)) as readonly unknown[][];
  assert.match(String(agreement), /^agr-school-enrolment@\d+$/);
  assert.deepEqual(stop, [
    'pub-security.household',
    ['provider'],
    since,
    [{ side: 'provider', since, reason: '核查' }],
  ]);
  assert.deepEqual([await stopped(other), await stopped(provider)], [[], await stopped(reads)]);
  assert.deepEqual(await decide(provider, 'suspend'), [409, 'transition_not_allowed']);
  assert.deepEqual(await decide(provider, 'resume'), [200, 'published']);
  assert.deepEqual(await stopped(reads), []);
  // the office takes over a suspension of the department, once
  assert.deepEqual(await decide(provider, 'suspend'), [200, 'suspended']);
  assert.deepEqual(await decide(officeSteward, 'suspend'), [200, 'suspended']);
  assert.deepEqual(await decide(officeSteward, 'suspend'), [409, 'transition_not_allowed']);
  assert.deepEqual(await decide(provider, 'suspend'), [409, 'transition_not_allowed']);
  assert.deepEqual(await decide(provider, 'resume'), [403, 'owner_decides']);
  assert.deepEqual(await decide(officeSteward, 'resume'), [200, 'published']);
  assert.deepEqual(await decide(officeSteward, 'suspend'), [200, 'suspended']);
  const office = await refusedWith(query());
  assert.equal((office.findings as readonly { by: string }[])[0]?.by, 'office');
  assert.equal(office.who, 'data-office', 'the side that stopped it can resume it');
  assert.deepEqual(await decide(provider, 'resume'), [403, 'owner_decides']);
  const roles = [{ role: 'steward', department: 'pub-security' }, { role: 'clerk' }] as const;
  const both = await admitPerson(hub.hub.services.identity, 'steward here, clerk of the office', roles);
  assert.deepEqual(await decide(both.token, 'resume'), [403, 'owner_decides']);
  assert.deepEqual(await decide(officeSteward, 'resume'), [200, 'published']);
});

test('two persons retire a dataset: nothing answers, and an entry records how much was destroyed', async () => {
  assert.deepEqual(await decide(provider, 'keep'), [409, 'transition_not_allowed'], 'no retirement is open');
  for (const by of [provider, providerSecond]) {
    assert.deepEqual(await decide(provider, 'retire'), [202, 'published']);
    const waits = async (): Promise<unknown> =>
      ((await hub.staff(providerSecond, 'GET', '/v1/inbox')).json['retirements'] as unknown[]).length;
    assert.equal(await waits(), 1);
    assert.deepEqual(await decide(await hub.token('外部', ['steward'], 'education'), 'keep'), [
      403,
      'not_your_department',
    ]);
    assert.deepEqual(
      await decide(by, 'keep'),
      [200, 'published'],
      'the same person, or another person of the department',
    );
    assert.equal(await waits(), 0);
    assert.equal(
      (await newestLeaves(database, 20)).some(({ change }) => change?.['act'] === 'keep'),
      true,
    );
  }
  assert.deepEqual(await decide(provider, 'retire'), [202, 'published']);
  assert.deepEqual(await decide(provider, 'retire'), [202, 'published'], 'one person is not two');
  assert.deepEqual(await decide(providerSecond, 'retire'), [409, 'retirement_read_anew'], 'nothing was read');
  const requested = async (token: string): Promise<Readonly<Record<string, unknown>> | undefined> =>
    ((await hub.staff(token, 'GET', '/v1/inbox')).json['retirements'] as Record<string, unknown>[])[0];
  const shown = async () =>
    (await hub.staff(providerSecond, 'GET', about)).json['retirement'] as Record<string, unknown> | undefined;
  const first = await shown();
  const counts = { rows: householdFile(1500, 14).good.length, agreements: ['agr-school-enrolment'] };
  const { digest, due, reason, rows: going, agreements } = first ?? {};
  assert.deepEqual([{ rows: going, agreements }, reason], [counts, '核查']);
  assert.equal((await requested(providerSecond))?.['digest'], digest);
  assert.equal(await requested(provider), undefined, 'not to the first one');
  const readerToken = await hub.token('reader', ['steward'], 'education');
  const reader = (await requested(readerToken)) ?? assert.fail('nothing waits for the reader');
  assert.deepEqual(
    [reader['as'], reader['due'], reader['agreements'], reader['digest']],
    ['consumer', due, counts.agreements, undefined],
  );
  // the view of the dataset answers every caller: a reader sees their own agreements, others none
  const reportedOfIt = async (token: string): Promise<unknown> => {
    const { retirement, retirementAhead } = (await hub.staff(token, 'GET', about)).json;
    return { retirement, retirementAhead };
  };
  const ahead = { retirement: undefined, retirementAhead: { due, agreements: counts.agreements } };
  const nothing = { retirement: undefined, retirementAhead: undefined };
  assert.deepEqual(await reportedOfIt(readerToken), ahead);
  assert.deepEqual(
    await reportedOfIt(await hub.token('stranger', ['steward', 'security'], 'ecology')),
    nothing,
  );
  assert.deepEqual(
    await reportedOfIt(await hub.token('own operator', ['operator'], 'pub-security')),
    nothing,
  );
  assert.deepEqual(await reportedOfIt(await hub.token('auditor', ['auditor'])), nothing);
  // it lapses by itself, and what is agreed to too late is asked for anew
  const over = "UPDATE dataset SET ending_until = '2026-01-01' WHERE ending_by IS NOT NULL";
  await database.owner.query(over);
  assert.deepEqual(await decide(providerSecond, 'retire', { digest }), [202, 'published']);
  assert.equal(await hub.hub.runner.run('lapseRetirements'), 'ok');
  assert.notEqual(await shown(), undefined, 'its days are not over');
  await database.owner.query(over);
  assert.equal(await hub.hub.runner.run('lapseRetirements'), 'ok');
  const [leaf] = await newestLeaves(database, 1);
  assert.equal(await shown(), undefined);
  assert.deepEqual([leaf?.operation, leaf?.dataset], ['lapseRetirements', 'pub-security.household']);
  // other rows than those that the first one was shown
  assert.deepEqual(await decide(provider, 'retire'), [202, 'published']);
  const fresh = householdFile(1500, 16);
  const sent = await city.publicSecurity.client.sendFile('pub-security.household', fresh.bytes, {
    mapping: 'household@1',
  });
  assert.equal(sent.json.state, 'published');
  assert.deepEqual(await decide(providerSecond, 'retire', { digest }), [409, 'retirement_read_anew']);
  const now = await shown();
  assert.equal(now?.['rows'], fresh.good.length, 'the first word stands, and what would go is shown');
  const bound = (await database.owner.query("SELECT schema FROM dataset WHERE id = 'pub-security.household'"))
    .rows as { schema: string }[];
  const bind = (urn: string) =>
    database.owner.query("UPDATE dataset SET schema = $1 WHERE id = 'pub-security.household'", [urn]);
  await bind('urn:datong:household:1.0');
  assert.equal(await shown(), undefined, 'it is of the version that stood');
  await bind(bound[0]?.schema ?? '');
  assert.deepEqual(await decide(provider, 'retire', { digest: now['digest'] }), [202, 'published']);
  assert.deepEqual(await decide(providerSecond, 'retire', { digest: now['digest'] }), [200, 'retired']);
  const {
    code,
    findings: [gone],
    kept: stored,
    who,
  } = await refusedWith(query());
  const { state, since, by } = gone as Record<string, unknown>;
  assert.deepEqual([code, state, by, who], ['dataset_unavailable', 'retired', undefined, 'data-office']);
  assert.ok(stored?.reply.rawHeaders.includes(new Date(String(since)).toUTCString()), 'Sunset, RFC 8594');
  const left = async (): Promise<readonly boolean[]> => {
    assert.equal(await hub.hub.runner.run('retireRows'), 'ok');
    const tables = await database.owner.query(
      "SELECT 1 FROM pg_class AS c JOIN batch AS b ON c.relname = 'b_' || replace(b.id::text, '-', '') WHERE b.dataset = 'pub-security.household'",
    );
    const stored = await database.app.query(
      "SELECT 1 FROM batch_part AS p JOIN batch AS b ON b.id = p.batch WHERE b.dataset = 'pub-security.household'",
    );
    return [tables.rows.length > 0, stored.rows.length > 0];
  };
  const held = await hub.staff(await hub.token('保全', ['security']), 'POST', '/v1/legal-holds', {
    on: { dataset: 'pub-security.household' },
    reason: '诉讼',
    case: 'SS-2026-0007',
    until: new Date(hub.hub.database.now() + 86_400_000).toISOString(),
  });
  assert.equal(held.status, 202, JSON.stringify(held.json));
  assert.deepEqual(await left(), [true, true], 'under legal hold it stays');
  const refusal = `/v1/proposals/${String(held.json['proposal'])}/refusal`;
  assert.equal((await hub.staff(officeSteward, 'POST', refusal, { reason: '不成立' })).status, 200);
  assert.deepEqual(await left(), [false, false]);
  assert.equal(await twinRows(), 0, 'the twin goes with it');
  assert.equal(await reported(asTwin()), 'dataset_unavailable');
  const retired = (await leavesWhere(database, "dataset = 'pub-security.household'")).filter(
    ({ kind }) => kind === 'retire',
  );
  assert.equal(retired.length, 1);
  const { change = {} } = retired[0] ?? {};
  assert.equal(change['rows'], fresh.good.length);
  assert.ok(Number(change['bytes']) > 0);
  assert.equal(await hub.hub.runner.run('retireRows'), 'ok', 'a second time there is nothing to tell');
  assert.deepEqual(await decide(officeSteward, 'resume'), [409, 'transition_not_allowed']);
  // its id is not given to another, nor to itself
  for (const title of ['户籍人口', '另一个']) {
    const again = await hub.staff(city.operator, 'POST', '/v1/datasets', {
      id: 'pub-security.household',
      title: { zh: title, en: 'Household members' },
      schema: 'urn:datong:household:1.0',
      mode: 'snapshot',
      sharing: { type: 'unconditional' },
    });
    assert.deepEqual([again.status, again.json['code']], [409, 'dataset_id_used_up'], title);
  }
});

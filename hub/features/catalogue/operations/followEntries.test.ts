/** Datasets follow the entries of the catalogue that link them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  code,
  dataset,
  elsewhere,
  entry,
  hub,
  office,
  operator,
  post,
  registered,
  schema,
  second,
  steward,
} from '../../../../tests/catalogueHub.ts';
import { acceptAs, staffCall, type StaffReply } from '../../../../tests/secondPerson.ts';

test('one fact has one source: datasets are shared as their entry says, and an entry says nothing that its datasets deny', async () => {
  const officer = await hub.token(['security'], 'civil');
  await dataset(steward, 'civil.follow', 'follow');
  const shared = async (): Promise<unknown> =>
    (
      (await staffCall(hub, steward, 'GET', '/v1/datasets/civil.follow')).body['dataset'] as {
        sharing: unknown;
      }
    ).sharing;
  const digest = async (): Promise<unknown> =>
    (
      (await staffCall(hub, steward, 'GET', '/v1/datasets/civil.follow')).body['dataset'] as {
        digest: unknown;
      }
    ).digest;
  const before = await digest();
  const of = (id: string, more: object = {}): object =>
    entry(id, { datasets: ['civil.follow'], sameData: '试验', ...more });
  const conditional = { type: 'conditional', conditions: '仅限救助', manner: 'interface' };
  // other words may be looser: no text can be proven stricter than another, so the security officer agrees to each
  const reworded = await post(steward, '/v1/catalogue', of('civil.follow', { sharing: conditional }));
  assert.equal(code(await acceptAs(hub, second, reworded)), 'officer_decides');
  assert.deepEqual(await shared(), { type: 'conditional', conditions: '法定职责' });
  assert.equal((await acceptAs(hub, officer, reworded)).status, 201);
  assert.deepEqual(await shared(), { type: 'conditional', conditions: '仅限救助' });
  // other spaces are the same words
  const spaced = { ...conditional, conditions: '仅限\u3000救助' };
  assert.equal((await registered(of('civil.follow', { sharing: spaced }))).status, 201);
  assert.deepEqual(await shared(), { type: 'conditional', conditions: spaced.conditions });
  assert.equal((await registered(of('civil.follow', { sharing: conditional }))).status, 201);
  // the file that registered it once names what it says otherwise, and what changes that
  const file = {
    id: 'civil.follow',
    title: { zh: '救助对象', en: 'Relief' },
    schema: 'urn:datong:follow:1.0',
    mode: 'snapshot',
  };
  const again = (more: object): Promise<StaffReply> => post(steward, '/v1/datasets', { ...file, ...more });
  const old = await again({ sharing: { type: 'conditional', conditions: '法定职责' } });
  assert.deepEqual([old.status, code(old)], [409, 'dataset_differs']);
  assert.deepEqual(old.body['findings'], [
    {
      pointer: '/body/sharing',
      code: 'differs',
      message: {
        zh: '现为 conditional（仅限救助），文件为 conditional（法定职责）；由链接它的目录条目（CatalogueEntry）规定，以条目的修订更改',
        en: 'is registered as conditional（仅限救助）, the file has conditional（法定职责）; it is ruled by the catalogue entry (CatalogueEntry) that links it, and changed by its next revision',
      },
    },
  ]);
  const followed = { type: 'conditional', conditions: '仅限救助' };
  const many = await again({
    sharing: followed,
    mode: 'upsert',
    retention: { rawDays: 30 },
    intake: { mayShrink: 0.2 },
    title: { zh: '别名', en: 'Other' },
    schema: 'urn:datong:relief:1.0',
  });
  assert.deepEqual(
    (many.body['findings'] as { pointer: string }[]).map(({ pointer }) => pointer).sort(),
    ['intake', 'mode', 'retention', 'schema', 'title'].map((name) => `/body/${name}`),
  );
  const same = await again({ sharing: followed, intake: { mayShrink: 0.5 } });
  assert.deepEqual([same.status, same.body['changed'], same.body['digest']], [200, false, await digest()]);
  assert.notEqual(await digest(), before);
  // a second entry says the same of it, or nothing
  const other = await post(steward, '/v1/catalogue', of('civil.follow-other'));
  assert.deepEqual([other.status, code(other)], [422, 'entry_contradicts']);
  assert.deepEqual(other.body['findings'], [{ entry: 'civil.follow' }]);
  // both at once: each is compared with what the other becomes, not with what it is
  assert.equal(
    (
      await registered(
        of('civil.follow-other', { sharing: conditional, title: { zh: '另一条', en: 'Another' } }),
      )
    ).status,
    201,
  );
  const both = await post(steward, '/v1/catalogue/imports', {
    department: 'civil',
    entries: ['civil.follow', 'civil.follow-other'].map((id) =>
      of(id, { sharing: { ...conditional, conditions: '仅限救助和核对' } }),
    ),
  });
  assert.equal(code(await acceptAs(hub, second, both)), 'officer_decides');
  assert.equal((await acceptAs(hub, officer, both)).status, 201);
  assert.deepEqual(await shared(), { type: 'conditional', conditions: '仅限救助和核对' });
  const alone = await post(steward, '/v1/catalogue', of('civil.follow-other', { sharing: conditional }));
  assert.deepEqual([alone.status, code(alone)], [422, 'entry_contradicts']);
  assert.equal(
    (await registered(of('civil.follow-other', { datasets: [], sharing: conditional }))).status,
    201,
  );
  // less: by a steward; more: by the security officer
  const closed = { type: 'none', basis: '某法', manner: 'interface' };
  assert.equal((await registered(of('civil.follow', { sharing: closed }))).status, 201);
  assert.deepEqual(await shared(), { type: 'none' });
  const free = await post(
    steward,
    '/v1/catalogue',
    of('civil.follow', { sharing: { type: 'unconditional', manner: 'interface' } }),
  );
  assert.equal(code(await acceptAs(hub, second, free)), 'officer_decides');
  assert.deepEqual(await shared(), { type: 'none' });
  assert.equal((await acceptAs(hub, officer, free)).status, 201);
  assert.deepEqual(await shared(), { type: 'unconditional' });
  // what did not share more when it was proposed, and does by now, needs the officer's approval too
  const freely = await post(
    steward,
    '/v1/catalogue',
    of('civil.follow', { sharing: { type: 'unconditional', manner: 'file' } }),
  );
  await registered(of('civil.follow', { sharing: closed }));
  assert.equal(code(await acceptAs(hub, second, freely)), 'officer_decides');
  // the schema says the class, and who is named
  const refused = async (more: object): Promise<unknown[]> => {
    const { body } = await post(steward, '/v1/catalogue', of('civil.follow', more));
    return [body['code'], body['at']];
  };
  const open = { openness: 'open' };
  assert.deepEqual(await refused({ ...open, sharing: conditional }), ['entry_contradicts', '/body/openness']);
  assert.deepEqual(await refused({ ...open, sharing: closed }), ['entry_contradicts', '/body/openness']);
  const important = { ...schema('heavy'), 'x-class': 'important' };
  await dataset(steward, 'civil.heavy', 'heavy', important);
  assert.deepEqual(await refused({ datasets: ['civil.heavy'] }), ['entry_contradicts', '/body/dataClass']);
  // an object states nothing of its content
  const place = {
    'x-title': { zh: '位置', en: 'Place' },
    'x-sensitivity': 'L3',
    type: ['string', 'null'],
    maxLength: 20,
  };
  const deep = {
    ...schema('deep'),
    required: ['no'],
    'x-primary-key': ['/no'],
    properties: {
      no: { 'x-title': { zh: '编号', en: 'Number' }, 'x-sensitivity': 'L1', type: 'string', maxLength: 20 },
      mark: {
        'x-title': { zh: '标识', en: 'Mark' },
        'x-sensitivity': 'L3',
        type: ['object', 'null'],
        additionalProperties: false,
        properties: { place: { ...place, 'x-class': 'important' } },
      },
    },
  };
  await dataset(steward, 'civil.deep', 'deep', deep);
  assert.deepEqual(await refused({ datasets: ['civil.deep'] }), ['entry_contradicts', '/body/dataClass']);
});

test('a dataset that is shared otherwise than its entry states, from before it followed, is reported; the entry again corrects it', async () => {
  const reported = async (token: string): Promise<unknown> =>
    ((await staffCall(hub, token, 'GET', '/v1/inbox')).body['catalogue'] as Record<string, unknown>[])
      .filter(({ clock }) => clock === 'contradicted')
      .map(({ name, dataset: id, overdue }) => [name, id, overdue]);
  await dataset(steward, 'civil.astray', 'astray');
  const body = entry('civil.astray-entry', { datasets: ['civil.astray'], sameData: '试验' });
  assert.equal((await registered(body)).status, 201);
  assert.deepEqual(await reported(steward), []);
  assert.equal((await post(steward, '/v1/catalogue', body)).status, 200, 'the same again is nothing');
  await hub.database.owner.query(
    "UPDATE dataset SET sharing = 'unconditional', conditions = '' WHERE id = 'civil.astray'",
  );
  assert.deepEqual(await reported(steward), [['civil.astray-entry', 'civil.astray', false]]);
  // the dataset states so itself, to any reader, with what the entry states
  const seen = async (): Promise<unknown[]> => {
    const { body: shown } = await staffCall(hub, elsewhere, 'GET', '/v1/datasets/civil.astray');
    const { opened, entries } = shown['dataset'] as { opened: unknown; entries: unknown };
    return [opened, entries];
  };
  const linking = {
    id: 'civil.astray-entry',
    sharing: { type: 'conditional', conditions: '法定职责' },
    contradicted: true,
    updateFrequency: 'monthly',
    office: '社会救助处',
    contact: '0000-12345',
  };
  assert.deepEqual(await seen(), [false, [linking]]);
  assert.deepEqual([await reported(office), await reported(elsewhere)], [[], []]);
  await hub.database.owner.query(
    "UPDATE catalogue_entry SET registered_at = now() - interval '200 days' WHERE id = 'civil.astray-entry'",
  );
  assert.deepEqual(await reported(office), [['civil.astray-entry', 'civil.astray', true]]);
  // every process reads its registries again with the next registration
  await dataset(steward, 'civil.next', 'next');
  const revised = await registered(body);
  assert.deepEqual([revised.status, revised.body['version']], [201, '2'], JSON.stringify(revised.body));
  const { body: now } = await staffCall(hub, steward, 'GET', '/v1/datasets/civil.astray');
  assert.deepEqual((now['dataset'] as { sharing: unknown }).sharing, {
    type: 'conditional',
    conditions: '法定职责',
  });
  assert.deepEqual([await reported(steward), await reported(office)], [[], []]);
  assert.deepEqual(await seen(), [false, [{ ...linking, contradicted: false }]]);
});

test('what was stopped is read once for an entry, however many datasets it closes', async () => {
  const many = ['civil.many-a', 'civil.many-b', 'civil.many-c'];
  for (const id of many) await dataset(steward, id, id.replace('civil.', ''));
  const read = hub.database.app.query.bind(hub.database.app);
  let requested = 0;
  hub.database.app.query = ((text: string, values: unknown[]) => {
    if (text.includes('provider_stop')) requested += 1;
    return read(text, values);
  }) as typeof hub.database.app.query;
  try {
    const sharing = { type: 'none', basis: '某法', manner: 'file' };
    const body = entry('civil.many', { datasets: many, sameData: '试验', sharing });
    const proposed = await post(steward, '/v1/catalogue', body);
    assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
    assert.equal(requested, 1);
  } finally {
    hub.database.app.query = read;
  }
});

test('no single person opens data to everyone: what a steward registers as shared unconditionally is so once an entry states it, by two persons', async () => {
  const officer = await hub.token(['security'], 'civil');
  await post(operator, '/v1/departments', {
    code: 'study',
    name: { zh: '研究院', en: 'Institute' },
    kind: 'government',
  });
  const purpose = { code: 'open-study', title: { zh: '研究', en: 'Study' } };
  assert.equal((await acceptAs(hub, office, await post(operator, '/v1/purposes', purpose))).status, 201);
  const document = {
    ...(schema('places') as { properties: object }),
    'x-primary-key': ['/place'],
    required: ['place'],
    properties: {
      place: { type: 'string', maxLength: 20, 'x-title': { zh: '地点', en: 'Place' }, 'x-sensitivity': 'L1' },
    },
  };
  await dataset(steward, 'civil.places', 'places', document, { type: 'unconditional' });
  await dataset(steward, 'civil.beside', 'beside', { ...document, $id: 'urn:datong:beside:1.0' });
  // a name that begins anew reaches no dataset of another: no visible record rests on its first version
  const moved = await post(steward, '/v1/datasets/civil.places/schema', { schema: 'urn:datong:beside:1.0' });
  assert.equal(code(moved), 'unknown_reference');
  const asks = await hub.token(['steward'], 'study');
  const valid = { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' };
  const automatic = { dataset: 'civil.places', consumer: 'study', purpose: 'open-study', valid };
  const papers = { reason: '研究', commitment: 'a'.repeat(64), basisText: 'b'.repeat(64) };
  const both = async (): Promise<unknown[]> => [
    code(await post(asks, '/v1/policy/documents', { automatic })),
    code(await post(asks, '/v1/requests', { automatic, papers })),
  ];
  const refused = ['sharing_without_entry', 'sharing_without_entry'];
  const words = (id: string, more: object = {}): object =>
    entry(id, { sharing: { type: 'unconditional', manner: 'interface' }, ...more });
  assert.deepEqual(await both(), refused, 'no entry');
  // the consumer is shown so too: it requests an agreement, as of what is shared on conditions
  await hub.services.registry.refresh();
  assert.deepEqual(hub.services.registry.current.plans.sharing.get('civil.places'), { type: 'conditional' });
  const of = { datasets: ['civil.places'] };
  const proposed = await post(steward, '/v1/catalogue', words('civil.places', of));
  assert.equal(proposed.status, 202);
  assert.deepEqual(await both(), refused, 'an entry that waits');
  assert.equal(code(await acceptAs(hub, steward, proposed)), 'four_eyes');
  assert.equal(code(await acceptAs(hub, second, proposed)), 'officer_decides', 'as if it were conditional');
  assert.deepEqual(await both(), refused, 'an entry that one person wants');
  // another dataset is opened by its own entry
  const otherEntry = await post(
    steward,
    '/v1/catalogue',
    words('civil.beside', { datasets: ['civil.beside'] }),
  );
  assert.equal((await acceptAs(hub, officer, otherEntry)).status, 201);
  assert.deepEqual(await both(), refused, 'an entry of another dataset');
  // a dataset that is edited in the database opens nothing
  const edited = (sharing: string): Promise<unknown> =>
    hub.database.owner.query("UPDATE dataset SET sharing = $1 WHERE id = 'civil.places'", [sharing]);
  const closed = entry('civil.places', of);
  assert.equal((await registered(closed)).status, 201);
  assert.equal(code(await post(asks, '/v1/policy/documents', { automatic })), 'sharing_not_unconditional');
  await edited('unconditional');
  assert.deepEqual(await both(), refused, 'an entry that says conditional');
  await edited('conditional');
  const opens = await post(steward, '/v1/catalogue', words('civil.places', of));
  assert.equal((await acceptAs(hub, officer, opens)).status, 201);
  // it is linked no longer: nothing says so any more
  const emptied = words('civil.places', { datasets: [] });
  assert.equal((await registered(emptied)).status, 201);
  assert.deepEqual(await both(), refused, 'an entry that links it no longer');
  const again = await post(steward, '/v1/catalogue', words('civil.places', of));
  assert.equal(code(await acceptAs(hub, second, again)), 'officer_decides', 'opened anew');
  assert.equal((await acceptAs(hub, officer, again)).status, 201);
  // what is open remains so without the officer
  const reworded = words('civil.places', { ...of, office: '另一处' });
  assert.equal((await registered(reworded)).status, 201);
  await hub.services.registry.refresh();
  assert.deepEqual(hub.services.registry.current.plans.sharing.get('civil.places'), {
    type: 'unconditional',
  });
  const granted = await post(asks, '/v1/policy/documents', { automatic });
  assert.deepEqual([granted.status, granted.body['state']], [201, 'active'], JSON.stringify(granted.body));
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));

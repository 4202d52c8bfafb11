/** The catalogue: registered by two, found in both languages, with fields that are not typed by hand. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { uuid7 } from '../../../../machine/uuid7.ts';
import {
  code,
  dataset,
  elsewhere,
  entry,
  hub,
  office,
  post,
  registered,
  schema,
  second,
  steward,
} from '../../../../tests/catalogueHub.ts';
import { acceptAs, staffCall, type StaffReply } from '../../../../tests/secondPerson.ts';
import { defined } from '../../../../terms/defined.ts';

const officeSecond = await hub.token(['steward']);
const elsewhereSecond = await hub.token(['security'], 'housing');
await dataset(steward, 'civil.relief', 'relief');
await dataset(elsewhere, 'housing.relief', 'relief-housing');

const found = async (query: string, token = elsewhere): Promise<unknown[]> => {
  const { status, body } = await staffCall(hub, token, 'GET', `/v1/catalogue?${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return (body['entries'] as { id: string }[]).map(({ id }) => id);
};
const requested = (q: string): string => `q=${encodeURIComponent(q)}`;

test('an entry takes two persons of the department; a change of it is a revision that waits next to the live one', async () => {
  /** by which it is found further down */
  const words = { keywords: ['低保'], category: '1/12/3', dataClass: 'general' };
  const first = await registered(entry('civil.relief-entry', { ...words, datasets: ['civil.relief'] }));
  assert.deepEqual([first.status, first.body['version']], [201, '1']);
  const daily = { ...words, updateFrequency: 'daily' };
  const revised = entry('civil.relief-entry', { ...daily, datasets: ['civil.relief'] });
  const proposed = await post(steward, '/v1/catalogue', revised);
  const live = async (): Promise<unknown> => {
    const { body } = await staffCall(hub, elsewhere, 'GET', '/v1/catalogue/civil.relief-entry');
    return [body['revision'], (body['entry'] as { updateFrequency: string }).updateFrequency];
  };
  assert.deepEqual(await live(), [1, 'monthly']);
  const waiting = async (token: string): Promise<unknown> =>
    (await staffCall(hub, token, 'GET', '/v1/catalogue/civil.relief-entry')).body['waiting'];
  const { proposal, digest } = proposed.body;
  assert.ok(digest);
  const [reported] = (await waiting(second)) as { proposal: unknown }[];
  assert.equal(reported?.proposal, proposal);
  assert.deepEqual(await waiting(office), await waiting(second));
  assert.equal(await waiting(elsewhere), undefined, 'not to another department');
  assert.equal(code(await acceptAs(hub, steward, proposed)), 'four_eyes');
  assert.equal((await acceptAs(hub, second, proposed)).body['version'], '2');
  assert.deepEqual(await live(), [2, 'daily']);
  assert.equal(await waiting(second), undefined);
  assert.equal((await post(steward, '/v1/catalogue', revised)).status, 200, 'the same again changes nothing');
});

test('its fields are those of its datasets', async () => {
  const { body } = await staffCall(hub, elsewhere, 'GET', '/v1/catalogue/civil.relief-entry');
  const [shown] = body['datasets'] as { dataset: string; schema: string; fields: object[] }[];
  assert.deepEqual([shown?.dataset, shown?.schema], ['civil.relief', 'urn:datong:relief:1.0']);
  assert.deepEqual(shown?.fields[0], {
    name: 'person_id',
    type: 'string',
    title: { zh: '公民身份号码', en: 'Citizen ID' },
    sensitivity: 'L3',
    semantic: 'cn.resident-id',
  });
});

test('it is found in Chinese and English: by title, field, department, class, tag; the best first, by pages', async () => {
  const closed = { type: 'none', basis: '《档案法》第三十条', manner: 'file' };
  const archive = { title: { zh: '历史档案', en: 'Archive' }, category: '1/2', sharing: closed };
  await registered(
    entry('civil.archive', {
      ...archive,
      abstract: { zh: '含低保档案', en: 'with relief files' },
      keywords: ['卷宗'],
      dataClass: 'important',
      updateFrequency: 'yearly',
    }),
  );
  for (const q of [
    '低保',
    '低保救助',
    'RELIEF',
    '救助 低保',
    '身份号码',
    'person_id',
    '民政',
    'ｒｅｌｉｅｆ',
    '保',
  ])
    assert.ok((await found(requested(q))).includes('civil.relief-entry'), q);
  assert.deepEqual(
    await found(requested('低保')),
    ['civil.relief-entry', 'civil.archive'],
    'in the title comes first',
  );
  assert.deepEqual(
    await found(requested('卷宗')),
    ['civil.archive'],
    'a word that stands among its keywords alone',
  );
  assert.deepEqual(await found(requested('低救')), [], 'neighbours, not letters anywhere');
  assert.deepEqual(await found(requested('%_')), []);
  assert.deepEqual(await found('tag=cn.mobile'), ['civil.relief-entry']);
  assert.deepEqual(await found('category=1/12'), ['civil.relief-entry']);
  assert.deepEqual(await found('category=1/1'), [], 'a class, not letters of its code');
  assert.deepEqual(await found('sharing=none&department=civil'), ['civil.archive']);
  const unshared = await staffCall(hub, elsewhere, 'GET', '/v1/catalogue?department=civil');
  assert.deepEqual(
    (unshared.body['entries'] as { id: string; basis?: string }[]).map(({ id, basis }) => [id, basis]),
    [
      ['civil.archive', closed.basis],
      ['civil.relief-entry', undefined],
    ],
    'a result says why it is not shared',
  );
  assert.deepEqual(await found('frequency=daily'), ['civil.relief-entry']);
  assert.deepEqual(await found('frequency=yearly'), ['civil.archive']);
  assert.deepEqual(await found('frequency=weekly'), []);
  assert.deepEqual(await found('class=important'), ['civil.archive']);
  assert.deepEqual(await found('class=general'), ['civil.relief-entry']);
  assert.deepEqual(await found('since=2026-01-01'), [], 'no data came yet');
  const page = await staffCall(hub, elsewhere, 'GET', `/v1/catalogue?limit=1&${requested('低保')}`);
  assert.deepEqual(await found(`limit=1&${requested('低保')}&cursor=${String(page.body['nextCursor'])}`), [
    'civil.archive',
  ]);
  assert.equal(code(await staffCall(hub, elsewhere, 'GET', '/v1/catalogue?cursor=bm8')), 'cursor_invalid');
  // the first entry has the words in its title (rank 3); a page continues at each rank, and at no other
  const following = async (place: string): Promise<unknown> =>
    code(
      await staffCall(
        hub,
        elsewhere,
        'GET',
        `/v1/catalogue?${requested('低保')}&cursor=${Buffer.from(place).toString('base64url')}`,
      ),
    );
  assert.match(
    Buffer.from(String(page.body['nextCursor']), 'base64url').toString(),
    /^3~civil\.relief-entry$/,
  );
  for (const rank of [0, 1, 2, 3]) assert.equal(await following(`${rank}~civil.relief-entry`), undefined);
  for (const place of ['4~civil.relief-entry', '-1~civil.relief-entry', '3~', '3civil.relief-entry'])
    assert.equal(await following(place), 'cursor_invalid', place);
  const shown = await staffCall(hub, elsewhere, 'GET', '/v1/catalogue/civil.archive');
  assert.deepEqual(
    (shown.body['entry'] as { sharing: object }).sharing,
    closed,
    'why it is not shared is told',
  );
});

test('schemas are found by their content: a title, a field, a tag', async () => {
  const named = async (q: string): Promise<unknown[]> => {
    const { body } = await staffCall(hub, elsewhere, 'GET', `/v1/schemas?q=${encodeURIComponent(q)}`);
    return (body['schemas'] as { urn: string }[]).map(({ urn }) => urn);
  };
  const both = ['urn:datong:relief:1.0', 'urn:datong:relief-housing:1.0'];
  for (const q of ['手机号码', 'cn.mobile', 'PERSON_ID']) assert.deepEqual(await named(q), both, q);
  assert.deepEqual(await named('gbt2260'), []);
});

const shippedSexes = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../../schemas/codelists/data/gbt2261.json'), 'utf8'),
) as { title: unknown; entries: unknown[] };

test('the places of an element or a code list are shown with its datasets, by pages', async () => {
  const used = (what: string, query = ''): Promise<StaffReply> =>
    staffCall(hub, elsewhere, 'GET', `/v1/uses/${what}${query}`);
  const { body } = await used('element/cn.mobile', '?limit=1');
  const nothing = { mappings: [], agreements: [], requests: [], restrictions: [] };
  const first = { schema: 'urn:datong:relief:1.0', state: 'published', places: ['/properties/mobile'] };
  assert.deepEqual(body['uses'], [{ ...first, datasets: ['civil.relief'], ...nothing }]);
  const next = await used('element/cn.mobile', `?cursor=${String(body['nextCursor'])}`);
  assert.deepEqual(
    (next.body['uses'] as { schema: string; datasets: unknown }[]).map(({ schema: urn, datasets }) => [
      urn,
      datasets,
    ]),
    [['urn:datong:relief-housing:1.0', ['housing.relief']]],
  );
  const list = 'urn:datong:code:gbt2261';
  const { properties, ...rest } = schema('coded') as { properties: object };
  const sex = { type: 'string', maxLength: 1, 'x-title': { zh: '性别', en: 'Sex' }, 'x-sensitivity': 'L2' };
  const coded = { ...rest, properties: { ...properties, sex: { ...sex, 'x-code': { list, ever: true } } } };
  assert.equal((await post(elsewhere, '/v1/schemas', { document: coded })).status, 201);
  assert.deepEqual((await used('code-list/gbt2261')).body['uses'], [
    {
      schema: 'urn:datong:coded:1.0',
      state: 'published',
      places: ['/properties/sex'],
      datasets: [],
      ...nothing,
    },
  ]);
  assert.deepEqual((await used('code-list/gbt226')).body['uses'], [], 'its whole name, not a part of it');
  const lists = async (query: string): Promise<unknown> =>
    (await staffCall(hub, elsewhere, 'GET', `/v1/code-lists${query}`)).body;
  assert.deepEqual(await lists('?id=gbt2261'), {
    codeLists: [],
    shipped: [
      {
        id: 'gbt2261',
        version: '2003',
        codes: shippedSexes.entries.length,
        title: shippedSexes.title,
      },
    ],
  });
  assert.deepEqual(
    ((await lists('')) as { shipped: { id: string }[] }).shipped.map(({ id }) => id),
    ['gbt2260', 'gbt2261', 'gbt3304', 'gbt4754', 'search-synonyms'],
  );
  assert.deepEqual(await lists('?id=gbt226'), { codeLists: [], shipped: [] });
  const further = `?cursor=${Buffer.from('a@1').toString('base64url')}`;
  assert.ok(!('shipped' in ((await lists(further)) as object)), 'once, on the first page');
  assert.equal((await used('table/gbt2261')).status, 400);
  // a shared schema: what is bound to a version of it, and where others take it or a part of it
  const address = {
    $ref: 'urn:datong:relief:1.0#/properties/mobile',
    'x-title': { zh: '电话', en: 'Phone' },
  };
  const { properties: own, ...whole } = schema('sharing') as { properties: object };
  const sharing = { ...whole, properties: { ...own, other: { ...address, 'x-sensitivity': 'L3' } } };
  const made = await post(elsewhere, '/v1/schemas', { document: sharing });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual((await used('schema/relief')).body['uses'], [
    {
      schema: 'urn:datong:relief:1.0',
      state: 'published',
      places: [],
      datasets: ['civil.relief'],
      ...nothing,
    },
    {
      schema: 'urn:datong:sharing:1.0',
      state: 'published',
      places: ['/properties/other'],
      datasets: [],
      ...nothing,
    },
  ]);
  // a list of words: what supplements it, what it supplements, which mappings read words by it
  const more = {
    id: 'own-sex-more',
    version: '2026',
    from: '2020-01-01',
    title: { zh: '性别补充', en: 'Sex, more' },
    supplements: 'own-sex',
    entries: [{ code: '8', zh: '其他' }],
  };
  const base = { id: 'own-sex', version: '2026', from: '2020-01-01', title: { zh: '性别', en: 'Sex' } };
  for (const body of [{ ...base, entries: [{ code: '1', zh: '男' }] }, more]) {
    const proposed = await post(office, '/v1/code-lists', body);
    assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
    assert.equal((await acceptAs(hub, officeSecond, proposed)).status, 201);
  }
  const besides = async (id: string): Promise<unknown> => {
    const { supplements, supplementTo, mappings } = (await used(`code-list/${id}`)).body;
    return { supplements, supplementTo, mappings };
  };
  assert.deepEqual(await besides('own-sex'), {
    supplements: ['own-sex-more@2026'],
    supplementTo: [],
    mappings: [],
  });
  assert.deepEqual(await besides('own-sex-more'), {
    supplements: [],
    supplementTo: ['own-sex'],
    mappings: [],
  });
  const mapping = {
    mapping: 'civil/relief@1',
    target: 'relief@1',
    source: { format: 'csv' },
    fields: {
      person_id: { from: '身份证' },
      mobile: {
        when: [{ from: '种类', is: '1', use: { from: '手机', code: 'own-sex@2026' } }],
        else: { from: '手机' },
      },
    },
  };
  const sent = await post(steward, '/v1/datasets/civil.relief/mappings', { document: mapping });
  assert.equal(sent.status, 201, JSON.stringify(sent.body));
  assert.deepEqual(await besides('own-sex'), {
    supplements: ['own-sex-more@2026'],
    supplementTo: [],
    mappings: ['civil.relief civil/relief@1'],
  });
  const uses = (await used('element/cn.mobile')).body['uses'] as { schema: string; mappings: unknown }[];
  const bound = uses.find((use) => use.schema === 'urn:datong:relief:1.0');
  assert.deepEqual(bound?.mappings, ['civil.relief civil/relief@1']);

  assert.deepEqual((await used('schema/reli')).body['uses'], [], 'its whole name, not a part of it');
});

test('what another version takes by `$ref` is listed there too, over however many steps, and of other parts nothing', async () => {
  const used = (what: string): Promise<StaffReply> => staffCall(hub, elsewhere, 'GET', `/v1/uses/${what}`);
  const phone = {
    $ref: 'urn:datong:sharing:1.0#/properties/other',
    'x-title': { zh: '电话', en: 'Phone' },
    'x-sensitivity': 'L3',
  };
  const { properties, ...whole } = schema('taking') as { properties: Readonly<Record<string, object>> };
  const taking = (name: string, fields: object): object => ({
    ...whole,
    $id: `urn:datong:${name}:1.0`,
    properties: { person_id: properties['person_id'], ...fields },
  });
  const sexed = { $ref: 'urn:datong:coded:1.0#/properties/sex' };
  const reported = { 'x-title': { zh: '其他', en: 'Other' }, 'x-sensitivity': 'L2' };
  for (const document of [
    taking('through', { phone }),
    taking('aside', { sex: { ...sexed, ...reported } }),
  ]) {
    const sent = await post(elsewhere, '/v1/schemas', { document });
    assert.equal(sent.status, 201, JSON.stringify(sent.body));
  }
  const bound = {
    id: 'housing.through',
    title: { zh: '电话', en: 'Phones' },
    schema: 'urn:datong:through:1.0',
    mode: 'snapshot',
    sharing: { type: 'conditional', conditions: '法定职责' },
  };
  assert.equal((await post(elsewhere, '/v1/datasets', bound)).status, 201);
  const usesOf = async (what: string): Promise<unknown> =>
    ((await used(what)).body['uses'] as { schema: string; places: unknown; datasets: unknown }[]).flatMap(
      ({ schema: urn, places, datasets }) =>
        /:(through|aside|sharing):/.test(urn) ? [[urn, places, datasets]] : [],
    );
  const through = ['urn:datong:through:1.0', ['/properties/phone'], ['housing.through']];
  assert.deepEqual(await usesOf('element/cn.mobile'), [
    ['urn:datong:sharing:1.0', ['/properties/mobile', '/properties/other'], []],
    through,
  ]);
  const own = (name: string, datasets: readonly string[]): unknown[] => [
    ...[`urn:datong:${name}:1.0`, ['/properties/person_id'], datasets],
  ];
  assert.deepEqual(await usesOf('element/cn.resident-id'), [
    ...[own('aside', []), own('sharing', []), own('through', ['housing.through'])],
  ]);
  assert.deepEqual(await usesOf('schema/sharing'), [['urn:datong:sharing:1.0', [], []], through]);
  assert.deepEqual(await usesOf('code-list/gbt2261'), [['urn:datong:aside:1.0', ['/properties/sex'], []]]);
  // a page is full of those that take that part, however many take another one of the same versions before them
  await hub.database.owner.query(
    `INSERT INTO schema_version (urn, name, major, minor, document, digest, state, owner, registered_by)
       SELECT 'urn:datong:aside:2.' || n, name, 2, n, document, digest, 'draft', owner, registered_by
         FROM schema_version, generate_series(1, 60) AS n WHERE urn = 'urn:datong:aside:1.0'`,
  );
  const paged: string[] = [];
  for (let cursor = ''; ;) {
    const { body } = await used(`element/cn.mobile?limit=2${cursor}`);
    paged.push((body['uses'] as { schema: string }[]).map(({ schema: urn }) => urn.slice(11)).join(' '));
    const next = body['nextCursor'] as string | undefined;
    if (next === undefined) break;
    cursor = `&cursor=${next}`;
  }
  assert.deepEqual(paged, ['coded:1.0 relief:1.0', 'relief-housing:1.0 sharing:1.0', 'through:1.0']);
  await hub.database.owner.query("DELETE FROM schema_version WHERE name = 'aside' AND state = 'draft'");
  // what is about to be published is shown like the rest, to its owner alone
  const coming = await post(elsewhere, '/v1/schemas', { document: taking('coming', { phone }), draft: true });
  assert.deepEqual([coming.status, coming.body['state']], [201, 'draft'], JSON.stringify(coming.body));
  const drafted = async (token: string): Promise<unknown> =>
    (
      (await staffCall(hub, token, 'GET', '/v1/uses/element/cn.mobile')).body['uses'] as {
        schema: string;
        state: string;
        places: unknown;
      }[]
    ).flatMap((use) => (use.state === 'draft' ? [[use.schema, use.places]] : []));
  assert.deepEqual(await drafted(elsewhere), [['urn:datong:coming:1.0', ['/properties/phone']]]);
  assert.deepEqual(await drafted(steward), []);
});

test('secrets are not registered, unshared data names its law, and data that others offer already needs a reason', async () => {
  const refused = async (more: object): Promise<unknown> =>
    code(await post(steward, '/v1/catalogue', entry('civil.other', more)));
  assert.equal(await refused({ dataClass: 'state-secret' }), 'catalogue_secret');
  assert.equal(await refused({ dataClass: 'core' }), 'catalogue_secret');
  assert.equal(await refused({ sharing: { type: 'none', manner: 'file' } }), 'sharing_basis');
  assert.equal(await refused({ sharing: { type: 'conditional', manner: 'file' } }), 'sharing_conditions');
  const free = { type: 'unconditional', conditions: '法定职责', manner: 'file' };
  assert.equal(await refused({ sharing: free }), 'sharing_conditions', 'conditions of what has none');
  assert.equal(await refused({ datasets: ['housing.relief'] }), 'unknown_reference', 'another department’s');
  const same = entry('housing.relief-entry', { datasets: ['housing.relief'] });
  const doubled = await post(elsewhere, '/v1/catalogue', same);
  assert.deepEqual(
    [code(doubled), doubled.body['findings']],
    ['catalogue_duplicate', [{ id: 'civil.relief-entry', department: 'civil' }]],
  );
  const reasoned = { ...same, sameData: '保障性住房的救助对象口径不同' };
  assert.equal((await registered(reasoned, elsewhere, elsewhereSecond)).status, 201);
  assert.equal(code(await post(office, '/v1/catalogue', same)), 'catalogue_duplicate');
});

test('an element comes from the department that two persons of the data office named: another one offers it by their decision alone', async () => {
  const path = '/v1/element-sources';
  const mobile = { element: 'cn.mobile', department: 'civil', reason: '数源清单第 3 项' };
  const decided = async (more: object = {}): Promise<StaffReply> =>
    acceptAs(hub, officeSecond, await post(office, path, { ...mobile, ...more }));
  for (const [body, why] of [
    [{ element: 'cn.shoe-size' }, 'unknown_reference'],
    [{ department: 'nowhere' }, 'department_unknown'],
    [{ also: [{ department: 'civil', reason: 'x' }] }, 'element_source_own'],
  ] as const)
    assert.equal(code(await post(office, path, { ...mobile, ...body })), why);
  const same = entry('housing.relief-entry', { datasets: ['housing.relief'], sameData: '口径不同' });
  const offered = async (body: object = same): Promise<unknown> => {
    const reply = await post(elsewhere, '/v1/catalogue', body);
    return code(reply) ?? reply.status;
  };
  const proposed = await post(elsewhere, path, { ...mobile, reason: 'as usual' });
  assert.deepEqual(
    [proposed.status, proposed.body['owner']],
    [202, undefined],
    'it waits for the data office',
  );
  assert.equal(await offered(), 202, 'what waits decides nothing');
  const alone = await post(office, path, mobile);
  assert.equal(code(await acceptAs(hub, office, alone)), 'four_eyes');
  assert.equal((await decided()).status, 201);
  const refused = await post(elsewhere, '/v1/catalogue', same);
  assert.deepEqual(
    [code(refused), refused.body['findings']],
    ['element_source', [{ element: 'cn.mobile', department: 'civil' }]],
    'the resident id only names whom a row is about',
  );
  const own = entry('civil.relief-entry', {
    datasets: ['civil.relief'],
    updateFrequency: 'weekly',
    sameData: '数源部门',
  });
  assert.equal((await post(steward, '/v1/catalogue', own)).status, 202, 'the source itself');
  const taken = schema('relief-taken') as { properties: { mobile: object } };
  const marked = { ...taken.properties, mobile: { ...taken.properties.mobile, 'x-source': 'civil' } };
  await dataset(elsewhere, 'housing.taken', 'relief-taken', { ...taken, properties: marked });
  const copied = entry('housing.taken-entry', { datasets: ['housing.taken'], sameData: '取自民政局' });
  assert.equal(await offered(copied), 202, 'it says that it was taken from there');
  // stated for a shared definition, or for what contains the field, it holds for the field; the nearest statement counts
  const title = { 'x-title': { zh: '电话', en: 'Phone' }, 'x-sensitivity': 'L3', 'x-personal': 'personal' };
  const phone = { ...title, type: 'string', format: 'cn-mobile', maxLength: 11, 'x-semantic': 'cn.mobile' };
  const inside = (of: object, more: object = {}): object => ({
    'x-title': title['x-title'],
    'x-sensitivity': 'L3',
    type: 'object',
    additionalProperties: false,
    properties: { number: of },
    ...more,
  });
  const from = { 'x-source': 'civil' };
  for (const [name, mobileField, $defs, wanted] of [
    ['by-reference', { $ref: '#/$defs/phone', ...title }, { phone: { ...phone, ...from } }, 202],
    ['of-object', inside(phone, from), undefined, 202],
    ['of-referred-object', { $ref: '#/$defs/home' }, { home: inside(phone, from) }, 202],
    ['beside-reference', { $ref: '#/$defs/phone', ...title, ...from }, { phone }, 202],
    ['nearer', inside({ ...phone, 'x-source': 'housing' }, from), undefined, 'element_source'],
    [
      'beside-wins',
      { $ref: '#/$defs/phone', 'x-source': 'housing' },
      { phone: { ...phone, ...from } },
      'element_source',
    ],
    ['not-said', inside(phone), undefined, 'element_source'],
  ] as const) {
    const whole = schema(`relief-${name}`) as { properties: object };
    const document = {
      ...whole,
      properties: { ...whole.properties, mobile: mobileField },
      ...defined({ $defs }),
    };
    await dataset(elsewhere, `housing.${name}`, `relief-${name}`, document);
    const reported = entry(`housing.${name}-entry`, {
      datasets: [`housing.${name}`],
      sameData: '取自民政局',
    });
    assert.equal(await offered(reported), wanted, name);
  }
  const also = [{ department: 'housing', reason: '保障性住房另行核实' }];
  assert.equal((await decided({ also })).body['version'], '2');
  assert.equal(await offered(), 202);
  const { body } = await staffCall(hub, elsewhere, 'GET', `${path}?department=civil`);
  const [{ registeredAt, ...shown }] = body['sources'] as [Record<string, unknown>];
  assert.deepEqual(shown, { ...mobile, also, revision: 2 });
  assert.ok(Date.parse(String(registeredAt)) > 0, 'when');
  assert.deepEqual((await staffCall(hub, elsewhere, 'GET', `${path}?element=cn.uscc`)).body['sources'], []);
});

test('a dataset does not come to offer another department’s element by going over to another version, however deep it lies', async () => {
  const { properties, ...rest } = schema('relief-housing') as { properties: object };
  const titled = { 'x-title': { zh: '住址', en: 'Address' }, 'x-sensitivity': 'L3' };
  const address = { type: 'string', maxLength: 100, 'x-personal': 'personal', 'x-semantic': 'address.full' };
  const home = {
    ...titled,
    type: 'object',
    additionalProperties: false,
    properties: { address: { ...titled, ...address } },
  };
  const document = {
    ...rest,
    $id: 'urn:datong:relief-housing:1.1',
    properties: { ...properties, home },
  };
  const submitted = await post(elsewhere, '/v1/schemas', { document });
  const agreed = await acceptAs(hub, elsewhereSecond, submitted);
  assert.equal(agreed.body['state'], 'published', JSON.stringify(submitted.body));
  const source = { element: 'address.full', department: 'civil', reason: '数源清单第 4 项' };
  const decided = async (more: object = {}): Promise<void> => {
    const reply = await acceptAs(
      hub,
      officeSecond,
      await post(office, '/v1/element-sources', { ...source, ...more }),
    );
    assert.equal(reply.status, 201);
  };
  const move = () =>
    post(elsewhere, '/v1/datasets/housing.relief/schema', { schema: 'urn:datong:relief-housing:1.1' });
  await decided();
  const refused = await move();
  assert.deepEqual(
    [code(refused), refused.body['findings']],
    ['element_source', [{ element: 'address.full', department: 'civil' }]],
  );
  await decided({ also: [{ department: 'housing', reason: '保障性住房另行核实' }] });
  const moved = await move();
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
});

test('once a dataset goes over to a version with a further field, its entry is found by that field', async () => {
  const { properties, ...rest } = schema('relief') as { properties: object };
  const wider = {
    ...rest,
    $id: 'urn:datong:relief:1.1',
    properties: {
      ...properties,
      granted_on: {
        type: 'string',
        format: 'date',
        maxLength: 10,
        'x-title': { zh: '核准日期', en: 'Granted' },
        'x-sensitivity': 'L1',
      },
    },
  };
  const submitted = await post(steward, '/v1/schemas', { document: wider });
  assert.equal(
    (await acceptAs(hub, second, submitted)).body['state'],
    'published',
    JSON.stringify(submitted.body),
  );
  assert.deepEqual(await found(requested('核准日期')), []);
  const moved = await post(steward, '/v1/datasets/civil.relief/schema', { schema: 'urn:datong:relief:1.1' });
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  assert.deepEqual(await found(requested('核准日期')), ['civil.relief-entry']);
});

test('a change that waits beyond ten working days, or the city’s limit, is shown to the department and the data office', async () => {
  const reported = async (token: string): Promise<Record<string, unknown>[]> =>
    (await staffCall(hub, token, 'GET', '/v1/inbox')).body['catalogue'] as Record<string, unknown>[];
  const { body } = await post(steward, '/v1/catalogue', entry('civil.slow'));
  const { proposal } = body;
  assert.deepEqual(await reported(second), [], 'it is young');
  const setBack = async (days: number): Promise<unknown> =>
    hub.database.owner.query(
      `UPDATE proposal SET proposed_at = now() - $2::integer * interval '1 day' WHERE id = $1`,
      [proposal, days],
    );
  await setBack(40);
  const [late, ...others] = await reported(second);
  const { clock, name, department, overdue } = late ?? {};
  assert.deepEqual([clock, name, department, overdue], ['revision', 'civil.slow@1', 'civil', true]);
  assert.equal(late?.['proposal'], proposal);
  assert.deepEqual(others, []);
  assert.deepEqual(await reported(office), [late]);
  assert.deepEqual(await reported(elsewhere), [], 'not before another department');
  const stage = {
    code: 'decide',
    title: { zh: '审定', en: 'decision' },
    by: 'provider',
    role: 'steward',
    days: 10,
  };
  const procedure = {
    id: 'slow-city',
    version: 1,
    title: { zh: '办理流程', en: 'procedure' },
    stages: [stage],
    unconditional: [],
    clock: { answerDays: 10, extensionDays: 10, escalateDays: 2, returnStops: false, catalogueDays: 60 },
  };
  assert.equal((await post(office, '/v1/procedures', procedure)).status, 201);
  assert.deepEqual(
    [await reported(second), await reported(office)],
    [[], []],
    'the city gives it sixty days',
  );
  await setBack(200);
  assert.deepEqual(
    (await reported(office)).map((one) => one['name']),
    ['civil.slow@1'],
  );
  const path = `/v1/proposals/${String(proposal)}`;
  const { digest } = (await staffCall(hub, second, 'GET', path)).body;
  assert.equal((await post(second, `${path}/acceptance`, { digest })).status, 201);
  assert.deepEqual([await reported(second), await reported(office)], [[], []], 'it is decided');
});

test('an entry that names a retired dataset is to be revised; once revised it is shown to no one', async () => {
  const reported = async (token: string): Promise<unknown> =>
    ((await staffCall(hub, token, 'GET', '/v1/inbox')).body['catalogue'] as Record<string, unknown>[]).map(
      ({ clock, name, dataset: id, overdue }) => [clock, name, id, overdue],
    );
  const decision = '/v1/datasets/civil.relief/decision';
  // one after the other: two that call at once are each the first of two persons
  let digest: unknown;
  for (const [token, status] of [
    [steward, 202],
    [second, 200],
  ] as const) {
    const named = digest === undefined ? {} : { digest };
    const reply = await post(token, decision, { act: 'retire', reason: '机构改革', ...named });
    ({ digest } = reply.body);
    assert.equal(reply.status, status, JSON.stringify(reply.body));
  }
  assert.deepEqual(await reported(steward), [['retired', 'civil.relief-entry', 'civil.relief', false]]);
  assert.deepEqual(
    [await reported(office), await reported(elsewhere)],
    [[], []],
    'the department still has its days',
  );
  await hub.database.owner.query('UPDATE dataset SET decided_by = $1 WHERE id = $2', [
    uuid7(Date.now() - 200 * 86_400_000),
    'civil.relief',
  ]);
  assert.deepEqual(await reported(office), [['retired', 'civil.relief-entry', 'civil.relief', true]]);
  const revised = await registered(entry('civil.relief-entry', { office: '救助二处' }));
  assert.equal(revised.status, 201, JSON.stringify(revised.body));
  assert.deepEqual([await reported(steward), await reported(office)], [[], []]);
});

test('a dataset without an entry is found by the same search: by title, field, pinyin; an entry ends that', async () => {
  await dataset(steward, 'civil.apart', 'apart');
  const unlisted = async (query: string): Promise<unknown> => {
    const { body } = await staffCall(hub, elsewhere, 'GET', `/v1/catalogue?${query}`);
    return ((body['unlisted'] ?? []) as { dataset: string }[]).map((one) => one.dataset);
  };
  assert.deepEqual(await unlisted(requested('civil.apart')), ['civil.apart']);
  assert.deepEqual(await unlisted(`${requested('civil.apart')}&department=housing`), []);
  assert.deepEqual(await unlisted(`${requested('civil.apart')}&linking=linked`), []);
  assert.deepEqual(await unlisted(requested('nothing of this kind')), []);
  assert.deepEqual(await unlisted('department=civil'), [], 'without words there is no search');
  // both entries of the department match, one on each page
  const both = `${requested('civil')}&limit=1`;
  const cursor = async (query: string, name: 'nextCursor' | 'previousCursor'): Promise<string> =>
    String((await staffCall(hub, elsewhere, 'GET', `/v1/catalogue?${query}`)).body[name]);
  const later = `${both}&cursor=${await cursor(both, 'nextCursor')}`;
  assert.deepEqual(await unlisted(both), ['civil.apart']);
  assert.deepEqual(await unlisted(later), [], 'the first page alone has them');
  const back = `${both}&cursor=${await cursor(later, 'previousCursor')}`;
  assert.deepEqual(await found(back), await found(both));
  assert.deepEqual(await unlisted(back), ['civil.apart'], 'also when a reader returns to it');
  assert.equal(
    (await registered(entry('civil.apart-entry', { datasets: ['civil.apart'], sameData: '口径不同' })))
      .status,
    201,
  );
  assert.deepEqual(await unlisted(requested('civil.apart')), []);
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));

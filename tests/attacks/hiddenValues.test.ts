/** What a consumer may not read in clear is not found by asking either: moments, orders, versions and identifiers disclose no hidden value. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { CallContext, Query } from '../../clients/sdk/types.ts';
import { timePattern, timeText } from '../../hub/domain/timeField.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { pointForm } from '../../schemas/places/point.ts';
import { leafTexts } from '../leafTexts.ts';
import { cityHub } from '../cityHub.ts';
import { post, reported } from '../flows/intakeCalls.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { client: sender } = city.ecology;
const { client: reader } = city.education;

type Row = Readonly<Record<string, unknown>>;

const field = (type: unknown, more: object = {}): object => ({
  type,
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const name = field('string', { maxLength: 40 });
const time = field('string', { format: 'date-time', pattern: timePattern });
const level = field(['number', 'null']);
const schema = (urn: string, key: readonly string[], properties: object, required = key): object => ({
  kind: 'Schema',
  document: {
    ...{
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:datong:${urn}:1.0`,
      type: 'object',
    },
    'x-title': { zh: '读数', en: 'Readings' },
    'x-class': 'general',
    'x-primary-key': key.map((one) => `/${one}`),
    additionalProperties: false,
    ...{ required, properties },
  },
});
const dataset = (urn: string, intake: object): object => ({
  kind: 'Dataset',
  id: `ecology.${urn}`,
  title: { zh: '水位', en: 'Levels' },
  schema: `urn:datong:${urn}:1.0`,
  mode: 'upsert',
  ...{ intake, sharing: { type: 'conditional', conditions: '示例' } },
});
const agreement = (id: string, urn: string, grant: object, more: object = {}): object => ({
  ...{ kind: 'Agreement', id, version: 1, title: { zh: '水位', en: 'Levels' } },
  ...{ provider: 'ecology', consumer: 'education', purposes: ['environment-study'] },
  basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
  grants: [
    {
      ...{ dataset: `ecology.${urn}`, schema: `${urn}@1`, requires: ['on-behalf-of'] },
      limits: { rowsPerCall: 1000, callsPerDay: 5000 },
      ...grant,
    },
  ],
  ...more,
});
const clear = (...names: readonly string[]): object =>
  Object.fromEntries(names.map((one) => [one, { mask: 'clear' }]));
const apply = (documents: readonly object[]): Promise<void> =>
  city.apply(documents, [city.education, city.ecology]);
const under = (id: string): CallContext => ({
  purpose: 'environment-study',
  agreement: id,
  onBehalfOf: 'official-1',
});
const ask = async (urn: string, query: Query, id = `agr-${urn}`) =>
  (await reader.query(`ecology.${urn}`, query, under(id))).json;
const refusal = (urn: string, query: Query, id = `agr-${urn}`): Promise<unknown> =>
  reported(reader.query(`ecology.${urn}`, query, under(id)));
async function all(urn: string, query: Query, id = `agr-${urn}`): Promise<readonly Row[]> {
  const found: Row[] = [];
  for await (const page of reader.queryPages(`ecology.${urn}`, query, under(id)))
    found.push(...page.json.records);
  return found;
}
const send = (urn: string, rows: readonly Row[]): Promise<unknown> =>
  sender.call({
    method: 'POST',
    path: `/v1/datasets/ecology.${urn}/rows`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(rows), 'utf8'),
    receipt: 'optional',
  });
const at = (minute: number): string => timeText(Date.UTC(2026, 8, 1) + minute * 60_000);

describe('series whose key is not released in clear', () => {
  const series = { byCall: {}, timeField: 'time' };
  const latest = (fields: object): object => ({ deliveries: ['latest'], fields });
  const stations = Array.from({ length: 12 }, (_, i) => String.fromCharCode(97 + i));
  before(async () => {
    await apply([
      schema('series', ['station', 'time'], { station: name, time, level }),
      dataset('series', series),
      agreement(
        'agr-month',
        'series',
        latest({ ...clear('level'), time: { mask: 'dateTrunc', to: 'month' } }),
      ),
      agreement('agr-level', 'series', latest(clear('level'))),
      agreement('agr-time', 'series', latest(clear('time', 'level'))),
      agreement('agr-presence', 'series', latest({ ...clear('level'), station: { mask: 'presence' } })),
      agreement('agr-clear', 'series', latest(clear('station', 'level'))),
    ]);
    await send('series', stations.map((station, i) => ({ station, time: at(i), level: i })).toReversed());
  });

  test('asOf needs the time in clear, as a filter does', async () => {
    const query: Query = { asOf: at(3) };
    assert.equal(await refusal('series', query, 'agr-month'), 'filter_on_masked_field');
    assert.equal(await refusal('series', query, 'agr-level'), 'filter_not_granted');
    const { records } = await ask('series', query, 'agr-time');
    assert.equal(records.length, 4);
    const explained = await reader.call({
      method: 'POST',
      path: '/v1/datasets/ecology.series/explain',
      headers: {
        'content-type': 'application/json',
        'datong-purpose': 'environment-study',
        'datong-agreement': 'agr-month',
        'datong-on-behalf-of': 'official-1',
      },
      body: Buffer.from(JSON.stringify(query), 'utf8'),
      receipt: 'optional',
    });
    assert.match(
      JSON.stringify(explained.json),
      /"effect":"deny".*filter_on_masked_field|filter_on_masked_field.*"effect":"deny"/,
    );
  });

  test('latest rows come in another order at each call, and on all pages once', async () => {
    const ordered = stations.map((_, i) => i);
    for (const id of ['agr-level', 'agr-time', 'agr-month', 'agr-presence']) {
      const read = async (limit: number): Promise<number[]> =>
        (await all('series', { latest: true, limit }, id)).map((row) => Number(row['level']));
      const orders = [await read(100), await read(100), await read(5), await read(1)];
      for (const one of orders) {
        assert.deepEqual(
          one.toSorted((a, b) => a - b),
          ordered,
          id,
        );
        assert.notDeepEqual(one, ordered, id);
      }
      assert.equal(new Set(orders.map(String)).size, orders.length, id);
    }
    const known = await all('series', { latest: true, limit: 5 }, 'agr-clear');
    assert.deepEqual(
      known.map((row) => row['level']),
      ordered,
      'a key in clear keeps its order',
    );
    const without = await all('series', { latest: true, fields: ['level'] }, 'agr-clear');
    assert.deepEqual(
      without.map((row) => row['level']),
      ordered,
      'a key that the call could have asked for',
    );
  });
});

describe('the history of a row', () => {
  const rules = {
    state: 'status',
    transitions: [{ id: 'finish', from: 'open', to: 'done', by: ['education'] }],
    contributors: [{ department: 'education', sets: ['note'] }],
  };
  const status = field('string', { enum: ['open', 'done'] });
  const note = field(['string', 'null'], { maxLength: 40 });
  const person = { 'x-personal': 'personal', 'x-subject-key': 'person', 'x-sensitivity': 'L3' };
  const place = field('object', { ...pointForm, 'x-geo': 'point' });
  const cases = (more: object, urn: string): object =>
    schema(urn, ['case'], { case: name, status, note, ...more }, ['case', 'status', ...Object.keys(more)]);
  const history = (fields: object): object => ({ deliveries: ['history'], filterBy: ['case'], fields });
  const personal = { purposes: ['school-meals'], basis: { type: 'consent' } };
  let digest = '';
  before(async () => {
    await apply([
      cases({ place }, 'moved'),
      dataset('moved', { byCall: {}, cases: rules }),
      agreement(
        'agr-moved',
        'moved',
        history({ ...clear('case'), place: { mask: 'geoGrid', metres: 1000 } }),
      ),
      agreement('agr-state', 'moved', {
        ...history(clear('case', 'status', 'note')),
        rows: { all: [{ field: 'note', op: 'in', value: ['a', 'c'] }] },
      }),
      {
        ...{ kind: 'Notice', reference: 'notice-owned', owner: 'ecology', language: 'zh' },
        purposes: ['school-meals'],
        text: '为办理学校营养餐资助，市教育局请求查询您的信息。',
      },
      cases({ who: field('string', { maxLength: 20, ...person }) }, 'owned'),
      dataset('owned', { byCall: {}, cases: rules }),
      agreement(
        'agr-owned',
        'owned',
        { ...history(clear('case', 'note')), consent: { required: true }, requires: undefined },
        personal,
      ),
      agreement(
        'agr-guessed',
        'owned',
        {
          ...history(clear('case', 'note')),
          ...{ consent: { required: true }, requires: undefined, lookupBy: ['who'] },
        },
        personal,
      ),
    ]);
    const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
    digest = rows.at(-1)?.digest ?? '';
  });
  const change = (urn: string, key: string, version: number, set: object): Promise<unknown> =>
    post(sender, `/v1/datasets/ecology.${urn}/rows/changes`, { key: { case: key }, version, set });
  const ofCase = (key: string): Query => ({
    history: true,
    filter: [{ field: 'case', op: 'eq', value: key }],
  });
  const agree = (id: string, by: string, more: object = {}): Promise<unknown> =>
    sender.giveConsent({
      ...more,
      ...{ id, person: by, recipient: 'education', dataset: 'ecology.owned', purposes: ['school-meals'] },
      ...{ fields: ['case', 'note'], method: 'app', notBefore: '2026-01-01T00:00:00+08:00' },
      expires: '2099-01-01T00:00:00+08:00',
      notice: { digest, language: 'zh' },
    });
  const owned = async (key: string, more: object = {}): Promise<unknown> => {
    const context = { purpose: 'school-meals', agreement: 'agr-owned' };
    const { json } = await reader.query('ecology.owned', { ...ofCase(key), ...more }, context);
    return json.history?.map(({ version, fields }) => [version, fields]);
  };

  test('a consumer that may not read the row now, for want of consent, gets no version of it', async () => {
    await send('owned', [
      { case: 'passed', who: 'p1', status: 'open', note: 'about p1' },
      { case: 'returned', who: 'p1', status: 'open', note: 'about p1' },
    ]);
    await change('owned', 'passed', 1, { who: 'p2', note: 'about p2' });
    await change('owned', 'returned', 1, { who: 'p2', note: 'about p2' });
    await change('owned', 'returned', 2, { who: 'p1' });
    await change('owned', 'returned', 3, { note: 'p1 again' });
    assert.deepEqual([await owned('passed'), await owned('returned')], [[], []]);
    await agree('c-1', 'p1');
    assert.deepEqual(await owned('passed'), [], 'the row is about p2 now');
    // what p2's version had is not learned from the next one: it is compared with the one before
    const seen = [
      [1, ['case', 'note']],
      [3, ['note']],
      [4, ['note']],
    ];
    assert.deepEqual(await owned('returned'), seen);
    await agree('c-2', 'p2');
    assert.deepEqual(await owned('passed'), [
      [1, ['case', 'note']],
      [2, ['note']],
    ]);
    assert.deepEqual(await owned('returned'), [seen[0], [2, ['note']], seen[2]]);
  });

  test('a wrong guess is a look-up without a match: counted, shown to the person, and no use of a consent', async () => {
    await send('owned', [{ case: 'guessed', who: 'p7', status: 'open', note: 'about p7' }]);
    await change('owned', 'guessed', 1, { note: 'still about p7' });
    await agree('c-7', 'p7', { maxUses: 2 });
    const auditor = await hub.token('auditor', ['auditor']);
    const attempts = async (value: string): Promise<number> => {
      const subject = { dataset: 'ecology.owned', value, reason: '本人询问', case: 'XF-2026-1' };
      const { json } = await hub.staff(auditor, 'POST', '/v1/log/searches', { subject });
      return (json['entries'] as readonly { attempt?: true }[]).filter(({ attempt }) => attempt === true)
        .length;
    };
    const guess = async (who: string): Promise<string> => {
      const filter = [
        { field: 'case', op: 'eq' as const, value: 'guessed' },
        { field: 'who', op: 'eq' as const, value: who },
      ];
      const context = { purpose: 'school-meals', agreement: 'agr-guessed' };
      const asked = reader.query('ecology.owned', { history: true, filter, limit: 1 }, context);
      const records = asked.then(({ json }) => json.records.map(({ note }) => note).join());
      return records.catch(() => reported(asked));
    };
    await agree('c-8', 'p8');
    assert.deepEqual([await guess('p8'), await attempts('p8')], ['', 1]);
    for (let nth = 0; nth < 3; nth += 1) await guess('p8');
    const right = [await guess('p7'), await guess('p7')];
    assert.deepEqual(right, ['about p7', 'about p7'], 'its two uses are left');
    let tried = 0;
    while (tried < 200 && (await guess('p8')) === '') tried += 1;
    assert.equal(await guess('p8'), 'lookups_limited');
    assert.ok(tried < 125, String(tried));
  });

  test('a change that its mask hides is none, page by page too', async () => {
    const at = (lon: number) => ({ type: 'Point', coordinates: [lon, 30.2501] });
    await send('moved', [{ case: 'a', status: 'open', note: null, place: at(120.1501) }]);
    await change('moved', 'a', 1, { place: at(120.1502) });
    await change('moved', 'a', 2, { note: 'not granted' });
    await change('moved', 'a', 3, { place: at(120.4501), note: 'x' });
    await change('moved', 'a', 4, { place: at(120.4502) });
    const read = async (limit: number): Promise<unknown[]> => {
      const found: unknown[] = [];
      for await (const { json } of reader.queryPages(
        'ecology.moved',
        { ...ofCase('a'), limit },
        under('agr-moved'),
      )) {
        assert.equal(json.records.length, json.history?.length);
        found.push(...(json.history ?? []).map(({ version, fields }) => [version, fields]));
      }
      return found;
    };
    const seen = [
      [1, ['case', 'place']],
      [4, ['place']],
    ];
    for (const limit of [1, 2, 3, 100]) assert.deepEqual(await read(limit), seen, String(limit));
  });

  test('versions that the agreement filters out are compared with none', async () => {
    const at = { type: 'Point', coordinates: [120.15, 30.25] };
    await send('moved', [{ case: 'b', status: 'open', note: 'a', place: at }]);
    await change('moved', 'b', 1, { note: 'hidden' });
    await change('moved', 'b', 2, { note: 'a' });
    await change('moved', 'b', 3, { note: 'c' });
    for (const limit of [1, 2, 100]) {
      const found: unknown[] = [];
      for await (const { json } of reader.queryPages(
        'ecology.moved',
        { ...ofCase('b'), limit },
        under('agr-state'),
      ))
        found.push(...(json.history ?? []).map(({ version, fields }) => [version, fields]));
      assert.deepEqual(found, [
        [1, ['case', 'status', 'note']],
        [4, ['note']],
      ]);
    }
  });
});

test('an attachment of a field that is not granted is as unknown as one that does not exist, also to its receipt', async () => {
  const attachment = {
    ...{ type: 'string', format: 'attachment' },
    'x-attachment': { mediaTypes: ['application/pdf'], maxBytes: 20_000 },
  };
  await apply([
    schema('papers', ['id'], {
      id: name,
      shown: field('string', attachment),
      hidden: field('string', attachment),
    }),
    dataset('papers', { byCall: {} }),
    agreement('agr-papers', 'papers', { fields: clear('id', 'shown') }),
  ]);
  const pdf = Buffer.from(
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
  );
  const put = async (of: string): Promise<string> =>
    (
      await sender.attachments.put('ecology.papers', pdf, {
        field: of,
        mediaType: 'application/pdf',
        name: 'a.pdf',
      })
    ).json.attachment;
  const [shown, hidden, unnamed] = [await put('shown'), await put('hidden'), await put('shown')];
  await send('papers', [{ id: 'a', shown, hidden }]);
  const get = async (id: string): Promise<unknown> => {
    const answer = await reported(
      reader.call({
        ...{ method: 'GET', path: `/v1/datasets/ecology.papers/attachments/${id}`, receipt: 'optional' },
        headers: {
          'datong-purpose': 'environment-study',
          'datong-agreement': 'agr-papers',
          'datong-on-behalf-of': 'official-1',
        },
      }),
    );
    const texts = await leafTexts(database);
    const { id: _id, at: _at, request: _r, reply: _y, ...leaf } = JSON.parse(texts.at(-1) ?? '{}') as Row;
    return [answer, { ...leaf, change: undefined }];
  };
  const unknown = await get(uuid7(Date.now()));
  assert.match(JSON.stringify(unknown), /attachment_unknown/);
  assert.deepEqual(await get(hidden), unknown);
  assert.deepEqual(await get(unnamed), unknown);
  assert.match(JSON.stringify(await get(shown)), /"shown":"clear"/);
});

describe('values that are written in several ways', () => {
  const moment = field('string', { format: 'date-time' });
  const kilometre = field('string', { format: 'decimal', maxLength: 20 });
  const september = {
    gte: '2026-09-01T00:00:00+08:00',
    lt: '2026-10-01T00:00:00+08:00',
  };
  before(() =>
    apply([
      schema('kilometres', ['km', 'time'], { km: kilometre, time, level }),
      dataset('kilometres', { byCall: {}, timeField: 'time' }),
      agreement('agr-kilometres', 'kilometres', {
        ...{ deliveries: ['latest'], filterBy: ['km', 'time'], fields: clear('km', 'time', 'level') },
      }),
      schema('moments', ['k'], { k: name, t: moment }),
      dataset('moments', { byCall: {} }),
      agreement('agr-moments', 'moments', {
        ...{ rows: { all: [{ field: 't', op: 'range', value: september }] }, fields: clear('k') },
      }),
      agreement('agr-days', 'moments', {
        rows: { all: [{ field: 't', op: 'range', value: { gte: '2026-09-01', lt: '2026-10-01' } }] },
        fields: clear('k'),
      }),
      agreement('agr-asked', 'moments', { filterBy: ['t'], fields: clear('k', 't') }),
      schema('opened', ['t'], { t: moment, k: name }),
      dataset('opened', { byCall: {} }),
      agreement('agr-opened', 'opened', { filterBy: ['t'], lookupBy: ['t'], fields: clear('k', 't') }),
    ]),
  );

  test('latest finds a series by a decimal as rows are found', async () => {
    await send('kilometres', [
      { km: '1.0', time: at(1), level: 1 },
      { km: '1.00', time: at(1), level: 2 },
      { km: '2', time: at(1), level: 3 },
    ]);
    for (const value of ['1', '1.0', '1.000']) {
      const query: Query = { filter: [{ field: 'km', op: 'eq', value }] };
      const [plain, latest] = [
        await all('kilometres', query),
        await all('kilometres', { ...query, latest: true }),
      ];
      assert.equal(plain.length, 2, value);
      assert.deepEqual(latest, plain);
    }
  });

  test('row filters and filters compare moments, not their texts', async () => {
    await send('moments', [
      { k: 'in', t: '2026-08-31T20:00:00Z' },
      { k: 'first', t: '2026-08-31T16:00:00.000Z' },
      { k: 'last', t: '2026-09-30T23:59:59.999999999+08:00' },
      { k: 'before', t: '2026-09-01T01:00:00+14:00' },
      { k: 'after', t: '2026-09-30T23:00:00Z' },
    ]);
    const ks = (rows: readonly Row[]): unknown[] => rows.map(({ k }) => k);
    assert.deepEqual(ks(await all('moments', {})), ['in', 'first', 'last']);
    const by = async (op: 'eq' | 'in' | 'range', value: unknown): Promise<unknown[]> =>
      ks(await all('moments', { filter: [{ field: 't', op, value }] } as Query, 'agr-asked'));
    assert.deepEqual(await by('range', september), ['in', 'first', 'last']);
    assert.deepEqual(await by('eq', '2026-09-01T00:00:00+08:00'), ['first']);
    assert.deepEqual(
      await by('in', ['2026-08-31T11:00:00Z', '2026-09-01T07:00:00+08:00', '2026-08-31T16:00:00Z']),
      ['first', 'before'],
    );
    assert.deepEqual(await by('range', { gt: '2026-10-01T06:59:59.9999+08:00' }), ['after']);
    assert.deepEqual(await by('eq', '2026-09-01'), ['first'], 'a day is its start in China');
    assert.deepEqual(await by('range', { gte: '2026-09-01', lt: '2026-10-01' }), ['in', 'first', 'last']);
    assert.equal(
      await refusal('moments', { filter: [{ field: 't', op: 'eq', value: '2026-09' }] }, 'agr-asked'),
      'filter_value_invalid',
    );
    assert.deepEqual(ks(await all('moments', {}, 'agr-days')), ['in', 'first', 'last']);
    await send('opened', [{ t: '2026-08-31T16:00:00Z', k: 'key' }]);
    const key: Query = { filter: [{ field: 't', op: 'eq', value: '2026-09-01T00:00:00+08:00' }] };
    assert.deepEqual(ks(await all('opened', key)), ['key']);
  });

  test('the time of a series is found in every way it may be written, by the index of its text', async () => {
    const by = async (op: 'eq' | 'in' | 'range', value: unknown): Promise<number> =>
      (await all('kilometres', { filter: [{ field: 'time', op, value }] } as Query)).length;
    const utc = new Date(Date.parse(at(1))).toISOString();
    const digits = utc.replace('Z', '000001Z');
    assert.deepEqual(
      [
        await by('eq', utc),
        await by('eq', digits),
        await by('in', [utc, digits, at(2)]),
        await by('range', { gte: utc, lte: utc }),
        await by('range', { gt: utc }),
        await by('range', { lt: utc }),
        await by('range', { lt: digits }),
        await by('range', { gte: '9999-12-31T23:59:59Z' }),
        await by('range', { lt: utc.replace('Z', '0000000001Z') }),
        await by('range', { gte: '2026-09-01', lt: '2026-09-02' }),
      ],
      [3, 0, 3, 3, 0, 0, 3, 0, 3, 3],
    );
  });
});

/** The latest row of each series: who may ask, which row it is, page by page, at a moment, and without a scan of the table. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { CallContext, Query } from '../../clients/sdk/types.ts';
import { datasetTable, layoutOf } from '../../hub/domain/rowTable/layout.ts';
import { seriesOf, timePattern, timeText } from '../../hub/domain/timeField.ts';
import { fetchLatest, hasMoreSeries } from '../../hub/flows/rows/store/latest.ts';
import { defined } from '../../terms/defined.ts';
import { cityHub } from '../cityHub.ts';
import { post } from './intakeCalls.ts';

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
const schema = (urn: string, key: readonly string[], pattern?: string) => ({
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
    'x-title': { zh: '读数', en: 'Readings' },
    'x-class': 'general',
    'x-primary-key': key.map((name) => `/${name}`),
    additionalProperties: false,
    required: key,
    properties: {
      station: field('string', { maxLength: 2_000 }),
      pole: field('integer', { minimum: -100, maximum: 100 }),
      time: field('string', { format: 'date-time', ...defined({ pattern }) }),
      level: field(['number', 'null']),
      state: field(['string', 'null'], { enum: ['checked', 'raw', null] }),
    },
  },
});
const urns = { one: 'urn:datong:level:1.0', two: 'urn:datong:level-of-pole:1.0' };

const apply = (documents: readonly object[]): Promise<void> =>
  city.apply(documents, [city.education, city.ecology]);

let made = 0;
async function dataset(
  urn: string,
  { intake = { byCall: {}, timeField: 'time' }, grant = {} }: { intake?: object; grant?: object } = {},
): Promise<{ id: string; context: CallContext }> {
  made += 1;
  const [id, agreement] = [`ecology.levels-${made}`, `agr-levels-${made}`];
  await apply([
    {
      kind: 'Dataset',
      id,
      title: { zh: '水位', en: 'Levels' },
      schema: urn,
      mode: 'upsert',
      intake,
      sharing: { type: 'conditional', conditions: '示例' },
    },
    {
      kind: 'Agreement',
      id: agreement,
      version: 1,
      title: { zh: '水位', en: 'Levels' },
      provider: 'ecology',
      consumer: 'education',
      purposes: ['environment-study'],
      basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
      valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
      grants: [
        {
          dataset: id,
          schema: urn.replace(/^urn:datong:(.*):1\.0$/, '$1@1'),
          filterBy: ['station', 'pole', 'level', 'time'],
          requires: ['on-behalf-of'],
          deliveries: ['latest'],
          limits: { rowsPerCall: 1000, callsPerDay: 5000 },
          fields: Object.fromEntries(
            ['station', 'pole', 'time', 'level', 'state'].map((name) => [name, { mask: 'clear' }]),
          ),
          ...grant,
        },
      ],
    },
  ]);
  return { id, context: { purpose: 'environment-study', agreement, onBehalfOf: 'official-1' } };
}

before(() =>
  apply([
    schema(urns.one, ['station', 'time'], timePattern),
    schema(urns.two, ['station', 'pole', 'time'], timePattern),
    schema('urn:datong:level-as-it-comes:1.0', ['station', 'time']),
    schema('urn:datong:level-by-time:1.0', ['time', 'station'], timePattern),
  ]),
);

const start = Date.UTC(2026, 8, 1);
const at = (minute: number): string => timeText(start + minute * 60_000);
const row = (station: string, minute: number, more: object = {}): Row => ({
  station,
  pole: 0,
  time: at(minute),
  level: minute,
  state: 'checked',
  ...more,
});
async function push(id: string, rows: readonly Row[]): Promise<void> {
  const { json } = await sender.call({
    method: 'POST',
    path: `/v1/datasets/${id}/rows`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(rows), 'utf8'),
    receipt: 'optional',
  });
  assert.equal((json as { accepted: number }).accepted, rows.length, JSON.stringify(json));
}
async function ask({ id, context }: { id: string; context: CallContext }, query: Query): Promise<Row[]> {
  const found: Row[] = [];
  for await (const page of reader.queryPages(id, query, context)) found.push(...page.json.records);
  return found;
}
const named = (rows: readonly Row[]): string[] =>
  rows.map(({ station, pole, level }) => `${String(station)} ${String(pole)} ${String(level)}`);
const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof DatongProblem, String(error));
    return error.code;
  }
};

test('as of a moment: readings of the moment itself count, with and without decimals, to the last digit', async () => {
  const one = await dataset(urns.one);
  const second = at(1).slice(0, 19);
  const texts = ['', '.0', '.5', '.50', '.500000', '.5000001', '.75'];
  await push(
    one.id,
    texts.map((fraction, i) => row(`s${i}`, 1, { time: `${second}${fraction}+08:00`, level: i })),
  );
  const until = async (fraction: string): Promise<number[]> =>
    (await ask(one, { asOf: `${second}${fraction}+08:00` })).map(({ level }) => Number(level));
  assert.deepEqual(await until(''), [0, 1]);
  assert.deepEqual(await until('.5'), [0, 1, 2, 3, 4]);
  assert.deepEqual(await until('.500'), [0, 1, 2, 3, 4]);
  assert.deepEqual(await until('.5000001'), [0, 1, 2, 3, 4, 5]);
  assert.equal(await refusal(ask(one, { asOf: '2016-12-31T23:59:60Z' })), 'invalid_request');
  assert.deepEqual(await until('.49999999999'), [0, 1]);
  const utc = new Date(Date.parse(`${second}.5+08:00`)).toISOString();
  assert.equal((await ask(one, { asOf: utc })).length, 5);
  // in the time of China this is the year 10000
  assert.equal((await ask(one, { asOf: '9999-12-31T23:59:59Z' })).length, texts.length);
});

test('the latest row of each series, in the order of the key; a late row does not replace it', async () => {
  const one = await dataset(urns.one);
  await push(
    one.id,
    ['乙', '甲', 'a'].flatMap((station) => [1, 9, 5].map((minute) => row(station, minute))),
  );
  await push(one.id, [row('a', 3), row('a', 9, { level: 90 })]);
  assert.deepEqual(named(await ask(one, { latest: true })), ['a 0 90', '乙 0 9', '甲 0 9']);
  assert.deepEqual(
    named(await ask(one, { latest: true, limit: 1 })),
    ['a 0 90', '乙 0 9', '甲 0 9'],
    'page by page',
  );
  assert.deepEqual(named(await ask(one, { asOf: '2026-09-01T00:05:30Z' })), ['a 0 5', '乙 0 5', '甲 0 5']);
  assert.deepEqual(await ask(one, { asOf: '2026-09-01T00:00:59Z' }), []);
});

test('series of several columns, named ones, and conditions on the latest row itself', async () => {
  const two = await dataset(urns.two);
  const poles = [-3, 0, 12];
  await push(
    two.id,
    ['甲', '乙'].flatMap((station) =>
      poles.flatMap((pole) => [1, 2].map((minute) => row(station, minute, { pole, level: pole + minute }))),
    ),
  );
  const all = ['乙 -3 -1', '乙 0 2', '乙 12 14', '甲 -3 -1', '甲 0 2', '甲 12 14'];
  assert.deepEqual(named(await ask(two, { latest: true })), all);
  assert.deepEqual(named(await ask(two, { latest: true, limit: 4 })), all);
  const of = (terms: Query['filter']): Promise<Row[]> =>
    ask(two, { latest: true, limit: 2, ...defined({ filter: terms }) });
  assert.deepEqual(named(await of([{ field: 'station', op: 'eq', value: '甲' }])), all.slice(3));
  assert.deepEqual(named(await of([{ field: 'pole', op: 'in', value: [0, 12] }])), [
    ...all.slice(1, 3),
    ...all.slice(4),
  ]);
  assert.deepEqual(named(await of([{ field: 'level', op: 'range', value: { lt: 2 } }])), [
    '乙 -3 -1',
    '甲 -3 -1',
  ]);

  const one = await dataset(urns.one);
  await push(
    one.id,
    ['甲', '乙', '丙'].flatMap((station) => [row(station, 1), row(station, 2)]),
  );
  const stations = ['丙', '甲', '丁', '甲'];
  const requested: Query = {
    latest: true,
    limit: 1,
    filter: [{ field: 'station', op: 'in', value: stations }],
  };
  assert.deepEqual(named(await ask(one, requested)), ['丙 0 2', '甲 0 2']);
});

test('rows that the agreement filters out are none: the latest is the latest of the others', async () => {
  const rows = { all: [{ field: 'state', op: 'eq', value: 'checked' }] };
  const one = await dataset(urns.one, { grant: { rows } });
  await push(one.id, [
    row('甲', 1),
    row('甲', 2),
    row('甲', 3, { state: 'raw' }),
    row('乙', 1, { state: 'raw' }),
  ]);
  assert.deepEqual(named(await ask(one, { latest: true })), ['甲 0 2']);
});

test('it is granted by itself, and asked of datasets with a time field alone', async () => {
  const without = await dataset(urns.one, { grant: { deliveries: ['stream'] } });
  await push(without.id, [row('甲', 1)]);
  assert.equal(await refusal(ask(without, { latest: true })), 'delivery_not_agreed');
  assert.equal(await refusal(ask(without, { asOf: at(1) })), 'delivery_not_agreed');
  const plain = await dataset(urns.one, { intake: { byCall: {} } });
  await push(plain.id, [row('甲', 1)]);
  assert.equal(await refusal(ask(plain, { latest: true })), 'latest_unfit');
  const one = await dataset(urns.one);
  assert.equal(await refusal(ask(one, { latest: true })), 'dataset_without_rows');
  await push(one.id, [row('甲', 1), row('乙', 1)]);
  assert.equal(await refusal(ask(one, { latest: true, sort: ['level'] })), 'latest_unfit');
  const first = await reader.query(one.id, { latest: true, limit: 1 }, one.context);
  const { nextCursor: cursor } = first.json;
  assert.ok(cursor);
  assert.equal(await refusal(reader.query(one.id, { limit: 1, cursor }, one.context)), 'cursor_invalid');
});

test('pages go on after a row whose key is long', async () => {
  const one = await dataset(urns.one);
  const stations = Array.from({ length: 3 }, (_, i) => `${i}${randomBytes(900).toString('hex')}`);
  await push(
    one.id,
    stations.map((station) => row(station, 1)),
  );
  const found = await ask(one, { latest: true, limit: 1 });
  assert.deepEqual(
    found.map(({ station }) => station),
    stations,
  );
});

test('a time field is the last of the key, and is written in one form', async () => {
  const tried = async (urn: string, timeField: string): Promise<unknown> => {
    const { json } = await hub.staff(city.operator, 'POST', '/v1/datasets', {
      id: 'ecology.levels-unfit',
      title: { zh: '水位', en: 'Levels' },
      mode: 'upsert',
      schema: urn,
      sharing: { type: 'none' },
      intake: { timeField },
    });
    return json['code'];
  };
  assert.equal(await tried('urn:datong:level-as-it-comes:1.0', 'time'), 'time_field_unfit');
  assert.equal(await tried('urn:datong:level-by-time:1.0', 'time'), 'time_field_unfit');
  assert.equal(await tried(urns.one, 'station'), 'time_field_unfit');
  const one = await dataset(urns.one);
  const { json } = await sender.call({
    method: 'POST',
    path: `/v1/datasets/${one.id}/rows`,
    receipt: 'optional',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify([row('甲', 1, { time: '2026-09-01T00:00:00Z' }), row('甲', 2)])),
  });
  assert.deepEqual((json as { quarantined: unknown }).quarantined, [
    { index: 0, field: 'time', rule: 'pattern' },
  ]);
});

test('no row is read but the latest ones: 40 series of 500 rows cost 40 steps', async () => {
  const one = await dataset(urns.one);
  for (let part = 0; part < 4; part += 1)
    await push(
      one.id,
      Array.from({ length: 5_000 }, (_, i) => row(`s${i % 40}`, part * 125 + Math.floor(i / 40))),
    );
  const read = hub.hub.services.registry.current.datasets.get(one.id)?.schema;
  assert.ok(read);
  const table = datasetTable(one.id, read);
  await database.owner.query(`ANALYZE ${table}`);
  let plan = '';
  const explained = {
    query: async ({ text, values }: { text: string; values: unknown[] }) => {
      const { rows } = await database.app.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN (ANALYZE, TIMING OFF) ${text}`,
        values,
      );
      plan = rows.map((line) => line['QUERY PLAN']).join('\n');
      return { rows: [] };
    },
  };
  const layout = layoutOf(read);
  const query = {
    table,
    layout,
    series: seriesOf('time', read),
    columns: layout.columns,
    visible: [],
    asked: [],
    until: at(300),
    after: undefined,
    limit: 101,
  };
  await fetchLatest(explained as never, query);
  assert.deepEqual(
    [await hasMoreSeries(database.app, query, 39), await hasMoreSeries(database.app, query, 40)],
    [true, false],
  );
  const scans = [...plan.matchAll(/(\w+ Scan[^\n]*) on [^\n]*actual rows=(\d+) loops=(\d+)/g)];
  const rows = scans.map(([, , each, loops]) => Number(each) * Number(loops)).reduce((a, b) => a + b, 0);
  assert.doesNotMatch(plan, /Seq Scan|Rows Removed/, plan);
  assert.ok(rows > 0 && rows <= 200, `${rows} rows\n${plan}`);
});

test('a version without the moment of a row cannot follow', async () => {
  const id = 'ecology.levels-of-2026';
  const registered = await hub.staff(city.operator, 'POST', '/v1/datasets', {
    id,
    title: { zh: '水位', en: 'Levels' },
    schema: 'urn:datong:level-as-it-comes:1.0',
    mode: 'upsert',
    sharing: { type: 'none' },
    intake: { byCall: { time: { field: 'time', maxLateSeconds: 3600 } } },
  });
  assert.equal(registered.status, 201, JSON.stringify(registered.json));
  const next = 'urn:datong:level-as-it-comes:2.0';
  const { document } = schema(next, ['station', 'time']);
  const { format: _moment, ...time } = document.properties.time as { readonly format?: string };
  const sent = await hub.staff(city.operator, 'POST', '/v1/schemas', {
    document: {
      ...document,
      properties: { ...document.properties, time: { ...time, maxLength: 40 } },
    },
  });
  const publish = { act: 'publish', digest: sent.json['digest'] };
  for (const person of [await hub.token('office', ['steward']), city.security])
    await hub.staff(person, 'POST', `/v1/schemas/${next}/decision`, publish);
  const mapping = {
    mapping: 'ecology/from-1@1',
    target: 'level-as-it-comes@2',
    source: { format: 'json' },
    limits: { maxBad: 0 },
    fields: { station: { from: 's' }, time: { from: 't' } },
  };
  const { json } = await hub.staff(city.operator, 'POST', `/v1/datasets/${id}/changeover`, {
    schema: next,
    rowsBy: 'ecology/from-1',
    reason: '更名',
    mappings: [mapping],
  });
  assert.match(JSON.stringify(json), /changeover_unfit.*time must be a field of moments/);
});

describe('readings of a dataset of one’s own', () => {
  const readingsOf = async (token: string, id: string, query = '') =>
    hub.staff(token, 'GET', `/v1/datasets/${id}/readings${query}`);

  test('last values, gaps and a chart with thresholds, for stewards and clerks of the provider', async () => {
    const { id } = await dataset(urns.one);
    const now = Math.floor(database.now() / 1_000) * 1_000;
    const ago = (seconds: number): string => timeText(now - seconds * 1_000);
    await push(id, [
      { ...row('甲', 0), time: ago(1_000), level: 2 },
      { ...row('甲', 0), time: ago(900), level: 8 },
      { ...row('甲', 0), time: ago(100), level: 5 },
      { ...row('乙', 0), time: ago(7_200), level: null },
    ]);
    for (const [query, rows] of [
      ['', 'no list'],
      ['', {}],
      ['?rows=2', [{ ...row('甲', 0), time: ago(50) }]],
    ] as const)
      await assert.rejects(post(sender, `/v1/datasets/${id}/rows${query}`, rows), DatongProblem);
    const clerk = await hub.token('bao', ['clerk'], 'ecology');
    const { status, json } = await readingsOf(clerk, id);
    assert.equal(status, 200, JSON.stringify(json));
    assert.deepEqual(json['refused'], [
      { code: 'rows_malformed', calls: 2 },
      { code: 'rows_other_count', calls: 1 },
    ]);
    assert.deepEqual(json['series'], [
      {
        key: ['乙'],
        time: ago(7_200),
        readings: 0,
        values: [
          { field: 'pole', value: 0 },
          { field: 'level', value: null },
        ],
      },
      {
        key: ['甲'],
        time: ago(100),
        readings: 3,
        longestGap: 800,
        values: [
          { field: 'pole', value: 0 },
          { field: 'level', value: 5 },
        ],
      },
    ]);
    const query = `?field=level&series=${encodeURIComponent(JSON.stringify(['甲']))}`;
    const { chart } = (await readingsOf(clerk, id, query)).json as {
      chart: { field: string; key: string[]; points: { min: number; max: number }[] };
    };
    assert.deepEqual([chart.field, chart.key], ['level', ['甲']]);
    assert.deepEqual(
      [Math.min(...chart.points.map(({ min }) => min)), Math.max(...chart.points.map(({ max }) => max))],
      [2, 8],
    );
    assert.equal((await readingsOf(clerk, id, '?field=other')).json['code'], 'not_found');
    assert.equal(
      (await readingsOf(clerk, id, '?field=level&series=%5B%22x%22%5D')).json['code'],
      'not_found',
    );
  });

  test('no field of L3 or L4, and no series with such a key', async () => {
    const [hidden, keyed] = ['urn:datong:level-guarded:1.0', 'urn:datong:level-keyed:1.0'];
    const { document } = schema(hidden, ['station', 'time'], timePattern);
    const guarded = { ...document.properties, level: field(['number', 'null'], { 'x-sensitivity': 'L3' }) };
    const key = field('string', { maxLength: 40, 'x-sensitivity': 'L3' });
    await apply([
      { kind: 'Schema', document: { ...document, properties: guarded } },
      { kind: 'Schema', document: { ...document, $id: keyed, properties: { ...guarded, station: key } } },
    ]);
    const clerk = await hub.token('lin', ['clerk'], 'ecology');
    const one = await dataset(hidden);
    await push(one.id, [row('甲', 1)]);
    const { json } = await readingsOf(clerk, one.id);
    assert.deepEqual(json['fields'], ['pole']);
    assert.ok(!JSON.stringify(json).includes('level'), JSON.stringify(json));
    assert.equal((await readingsOf(clerk, one.id, '?field=level')).json['code'], 'not_found');
    const two = await dataset(keyed);
    await push(two.id, [row('甲', 1)]);
    assert.equal((await readingsOf(clerk, two.id)).json['code'], 'latest_unfit');
  });

  test('no value for others, or of a dataset without series', async () => {
    const { id } = await dataset(urns.one);
    await push(id, [row('甲', 1)]);
    for (const token of [city.operator, city.security, await hub.token('wai', ['steward'], 'education')])
      assert.ok((await readingsOf(token, id)).status >= 400);
    const plain = await dataset(urns.one, { intake: { byCall: {} } });
    const steward = await hub.token('shui', ['steward'], 'ecology');
    assert.equal((await readingsOf(steward, plain.id)).json['code'], 'latest_unfit');
  });
});

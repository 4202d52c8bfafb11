/** Places: points of files and calls, filters by rectangle, circle and registered area, and what a masked point reveals. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import type { FilterTerm, Within } from '../../clients/sdk/types.ts';
import { indexRows } from '../../hub/flows/indexRows.ts';
import { datasetTable, layoutOf } from '../../hub/domain/rowTable/layout.ts';
import { isCrowded } from '../../hub/flows/rows/store/places.ts';
import { codeLists } from '../../schemas/codelists/codeLists.ts';
import type { CodeEntry } from '../../schemas/codelists/codeList.ts';
import { pointForm, type Position } from '../../schemas/places/point.ts';
import { isIn, regionOf } from '../../schemas/places/within.ts';
import { writeDemoState } from '../demoState.ts';
import { exportedText } from './exportedText.ts';
import { typedDatong } from '../typedDatong.ts';
import { post, reported } from './intakeCalls.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const home = mkdtempSync(join(tmpdir(), 'datong-places-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const { client: provider } = city.ecology;
const dataset = 'ecology.reports';
const urn = 'urn:datong:place-report:1.0';
const list = 'urn:datong:code:test-districts';

const field = (more: object): object => ({
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const place = field({ ...pointForm, 'x-geo': 'point' });
const fields = { report: { mask: 'clear' }, kind: { mask: 'clear' } };
const agreementOf = (consumer: string, mask: object, more: object): object => ({
  kind: 'Agreement',
  id: `agr-places-${consumer}`,
  version: 1,
  title: { zh: '位置', en: 'Places' },
  provider: 'ecology',
  consumer,
  purposes: ['environment-study'],
  basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset,
      schema: 'place-report@1',
      requires: ['on-behalf-of'],
      deliveries: ['stream', 'export', 'changes', 'history', 'batch'],
      limits: { rowsPerCall: 1000, callsPerDay: 20_000 },
      fields: { ...fields, place: mask },
      ...more,
    },
  ],
});
const star: [number, number][] = Array.from({ length: 41 }, (_, i) => {
  const turn = (2 * Math.PI * (i % 40)) / 40;
  const far = i % 2 === 0 ? 0.05 : 0.02;
  return [120.15 + far * Math.cos(turn), 30.25 + far * Math.sin(turn)];
});
const box = (west: number, south: number, east: number, north: number): [number, number][] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const entries: CodeEntry[] = [
  {
    code: 'star',
    zh: '星形区',
    area: { type: 'Polygon', coordinates: [star, box(120.145, 30.245, 120.155, 30.255)] },
  },
  {
    code: 'two',
    zh: '两块',
    area: {
      type: 'MultiPolygon',
      coordinates: [[box(120.1, 30.2, 120.12, 30.22)], [box(120.18, 30.28, 120.2, 30.3)]],
    },
  },
  { code: 'none', zh: '无边界' },
];

/** The area around a position from which no point is farther than 0.001° in longitude and latitude together: about 150 m wide. */
const diamond = ([x, y]: Position): [number, number][] => [
  [x - 0.001, y],
  [x, y - 0.001],
  [x + 0.001, y],
  [x, y + 0.001],
  [x - 0.001, y],
];
const codeList = {
  id: 'test-districts',
  version: '1',
  from: '2026-01-01',
  title: { zh: '区', en: 'Districts' },
  entries,
};

/** Points of a fixed sequence around 120.15, 30.25. */
const points: readonly Position[] = Array.from({ length: 500 }, (_, i) => {
  const part = (salt: string): number =>
    createHash('sha256').update(`${salt} ${i}`).digest().readUInt32BE() / 2 ** 32;
  return [
    Math.round((120.08 + 0.14 * part('x')) * 1e6) / 1e6,
    Math.round((30.18 + 0.14 * part('y')) * 1e6) / 1e6,
  ];
});
/** Two small areas: the first point lies 30 m outside one, the second point inside the other. */
const [first = [0, 0], second = [0, 0]] = points;
entries.push({
  code: 'yard',
  zh: '院落',
  area: {
    type: 'MultiPolygon',
    coordinates: [
      [diamond([first[0] + 0.0007, first[1] + 0.0007])],
      [diamond([second[0] + 0.0003, second[1] + 0.0003])],
    ],
  },
});
const idOf = (at: number): string => `r-${String(at).padStart(4, '0')}`;
const rowOf = (coordinates: readonly unknown[], at: number): object => ({
  report: idOf(at),
  kind: at % 2 === 0 ? 'a' : 'b',
  place: { type: 'Point', coordinates },
});
const push = (rows: readonly object[]) => post(provider, `/v1/datasets/${dataset}/rows`, rows);
const contextOf = (consumer: string) => ({
  purpose: 'environment-study',
  onBehalfOf: 'official-1',
  agreement: `agr-places-${consumer}`,
});

const apply = (documents: readonly object[]): Promise<void> =>
  city.apply(documents, [city.education, city.publicSecurity, city.ecology]);
before(async () => {
  const properties = {
    report: field({ type: 'string', maxLength: 20 }),
    kind: field({ enum: ['a', 'b'] }),
    place,
  };
  await apply([
    { kind: 'CodeList', ...codeList },
    {
      kind: 'Schema',
      document: {
        ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
        'x-title': { zh: '上报', en: 'Reports' },
        'x-class': 'general',
        'x-primary-key': ['/report'],
        additionalProperties: false,
        required: ['report', 'kind', 'place'],
        properties,
      },
    },
    {
      kind: 'Dataset',
      id: dataset,
      title: { zh: '上报', en: 'Reports' },
      schema: urn,
      mode: 'upsert',
      intake: { byCall: { onBad: 'refuse' } },
      sharing: { type: 'conditional', conditions: '示例' },
    },
    {
      kind: 'Mapping',
      dataset,
      document: {
        mapping: 'ecology/reports@1',
        target: 'place-report@1',
        source: { format: 'csv' },
        limits: { maxBad: 0 },
        fields: {
          report: { from: 'report' },
          kind: { from: 'kind' },
          place: { join: ['lon', 'lat'], sep: ',', point: { datum: 'gcj02' } },
        },
      },
    },
    agreementOf(
      'education',
      { mask: 'clear' },
      { filterBy: ['place', 'kind', 'report'], lookupBy: ['report'] },
    ),
    agreementOf(
      'pub-security',
      { mask: 'geoGrid', metres: 1000 },
      { filterBy: ['kind', 'report'], lookupBy: ['report'] },
    ),
  ]);
  assert.equal((await push(points.map(rowOf))).status, 200);
});

/** Reports that the filter returns, all pages. */
async function found(within: Within, more: readonly FilterTerm[] = []): Promise<readonly string[]> {
  const filter: FilterTerm[] = [{ field: 'place', op: 'within', value: within }, ...more];
  const reports: string[] = [];
  for await (const page of city.education.client.queryPages(
    dataset,
    { filter, limit: 90 },
    contextOf('education'),
  ))
    for (const { report } of page.json.records) reports.push(String(report));
  return reports;
}
const regions: readonly Within[] = [
  { bbox: [120.1, 30.2, 120.16, 30.26] },
  { bbox: [120.5, 30.2, 120.6, 30.26] },
  { center: [120.15, 30.25], metres: 2500 },
  { center: [120.2, 30.3], metres: 40 },
  { area: { list, code: 'star' } },
  { area: { list, code: 'two' } },
  { area: { list, code: 'yard' } },
];

describe('filters by place', () => {
  test('return the rows that an independent test of each point finds, with and without the index, with other terms', async () => {
    const known = codeLists([codeList]);
    const compare = async (): Promise<void> => {
      for (const within of regions) {
        const region = regionOf(within, known);
        assert.ok(region);
        const wanted = points.flatMap((point, at) => (isIn(region, point) ? [idOf(at)] : []));
        assert.deepEqual(await found(within), wanted, JSON.stringify(within));
        const even = wanted.filter((id) => Number(id.slice(2)) % 2 === 0);
        assert.deepEqual(await found(within, [{ field: 'kind', op: 'eq', value: 'a' }]), even);
      }
    };
    await compare();
    const { made } = await indexRows(
      { database, registry: hub.hub.services.registry },
      new AbortController().signal,
    );
    assert.ok(made >= 1);
    await compare();
  });

  test('use the index for few rows, and the order of the rows where many match', async () => {
    const live = hub.hub.services.registry.current.datasets.get(dataset);
    assert.ok(live);
    const table = datasetTable(dataset, live.schema);
    const column = layoutOf(live.schema).byField.get('place');
    assert.ok(column);
    const { rows } = await database.owner.query<{ definition: string }>(
      `SELECT indexdef AS definition FROM pg_indexes WHERE schemaname = 'rows' AND indexdef LIKE '%USING gist%'`,
    );
    assert.equal(rows.length, 1, 'one place index');
    assert.ok(!(await isCrowded(database.app, table, column, { box: [120, 30, 121, 31] })));
  });

  test('are refused where their value is no place or names no area', async () => {
    const asked = (value: unknown, name = 'place'): Promise<string> =>
      reported(
        city.education.client.query(
          dataset,
          { filter: [{ field: name, op: 'within', value }] as FilterTerm[] },
          contextOf('education'),
        ),
      );
    assert.equal(await asked({ area: { list, code: 'none' } }), 'filter_area_unknown');
    assert.equal(
      await asked({ area: { list: 'urn:datong:code:nothing', code: 'x' } }),
      'filter_area_unknown',
    );
    assert.equal(await asked({ bbox: [121, 30, 120, 31] }), 'filter_value_invalid');
    assert.equal(await asked({ center: [30.25, 120.15], metres: 5 }), 'filter_value_invalid');
    assert.equal(await asked({ bbox: [120, 30, 121, 31] }, 'kind'), 'filter_value_invalid');
    for (const shape of [{ polygon: star }, { center: [120, 30], metres: 1e9 }, { bbox: [120, 30, 'x', 31] }])
      assert.equal(await asked(shape), 'invalid_request', JSON.stringify(shape));
    const compared = city.education.client.query(
      dataset,
      { filter: [{ field: 'place', op: 'eq', value: '120.15,30.25' }] },
      contextOf('education'),
    );
    assert.equal(await reported(compared), 'filter_value_invalid');
    const sorted = city.education.client.query(dataset, { sort: ['place'] }, contextOf('education'));
    assert.equal(await reported(sorted), 'sort_not_granted');
  });
});

describe('points arrive', () => {
  test('by a call only in range, with two coordinates, longitude first', async () => {
    const faults: readonly (readonly [readonly unknown[], RegExp])[] = [
      [[30.25, 120.15], /x-geo|maximum/],
      [[43.8, 87.6], /x-geo/],
      [[181, 30], /maximum/],
      [[120.15], /minItems/],
      [[120.15, 30.25, 8], /items|maxItems/],
      [['120.15', 30.25], /type/],
      [[null, 30.25], /type/],
    ];
    for (const [coordinates, rule] of faults) {
      const answer = await push([rowOf(coordinates, 9000)]).catch((error: unknown) => error);
      assert.match(JSON.stringify(answer), rule, JSON.stringify(coordinates));
    }
  });

  test('by a file in GCJ-02 as WGS 84, and the lineage of the row names the conversion', async () => {
    const csv = Buffer.from('report,kind,lon,lat\nr-9100,a,116.397484,39.908764\n');
    const sent = await provider.sendFile(dataset, csv, { mapping: 'reports' });
    assert.equal(sent.json.state, 'published', JSON.stringify(sent.json));
    const nearby: Within = { center: [116.391_24, 39.907_36], metres: 5 };
    assert.deepEqual(await found(nearby), ['r-9100']);
    const origin = await post(provider, `/v1/datasets/${dataset}/rows/origin`, { key: { report: 'r-9100' } });
    assert.deepEqual((origin.json as { converted: unknown }).converted, [{ field: 'place', from: 'gcj02' }]);
    const exchanged = Buffer.from('report,kind,lon,lat\nr-9101,a,39.908764,116.397484\n');
    assert.equal(
      await reported(provider.sendFile(dataset, exchanged, { mapping: 'reports' })),
      'too_many_bad_rows',
    );
  });
});

describe('a masked point', () => {
  const masked = city.publicSecurity.client;
  const context = contextOf('pub-security');
  const cellOf = ([longitude, latitude]: Position): string =>
    `${Math.floor(Math.floor(longitude * 65_400) / 1000)} ${Math.floor(Math.floor(latitude * 111_320) / 1000)}`;

  test('is the same for all points of a cell in pages, streams, batches, changes and files, which have no coordinate of a point', async () => {
    const answers: { report: string; text: string }[] = [];
    const take = (records: readonly Readonly<Record<string, unknown>>[]): void => {
      for (const record of records)
        answers.push({ report: String(record['report']), text: JSON.stringify(record['place']) });
    };
    for await (const page of masked.queryPages(dataset, { limit: 100 }, context)) take(page.json.records);
    for await (const part of await masked.stream(dataset, {}, context)) take(part.records);
    const values = points.slice(0, 50).map((_, at) => idOf(at));
    const batch = await masked.batchQuery(dataset, { by: 'report', values }, context);
    take(batch.json.outcomes.flatMap((one) => ('records' in one ? one.records : [])));
    const changes = (await masked.changes.next(dataset, {}, context)).json;
    take(changes.changes.flatMap(({ record }) => (record === undefined ? [] : [record])));
    const texts: string[] = [];
    for (const format of ['ndjson', 'csv'] as const)
      texts.push(await exportedText(hub, masked, dataset, format, context));
    assert.equal(answers.length, 3 * (points.length + 1) + 50);
    const byCell = new Map<string, Set<string>>();
    for (const { report, text } of answers) {
      const point = points[Number(report.slice(2))];
      if (point === undefined) continue;
      const cell = cellOf(point);
      byCell.set(cell, (byCell.get(cell) ?? new Set()).add(text));
    }
    assert.ok(byCell.size > 20, String(byCell.size));
    for (const [cell, seen] of byCell) assert.equal(seen.size, 1, cell);
    const everything = [...answers.map(({ text }) => text), ...texts].join('\n');
    for (const [longitude, latitude] of points) {
      assert.ok(!everything.includes(String(longitude)), String(longitude));
      assert.ok(!everything.includes(String(latitude)), String(latitude));
    }
  });

  test('is no filter, for a region of any size: each call is refused alike, and no order is granted', async () => {
    const sizes: readonly Within[] = [
      ...[1, 10, 100, 1000, 10_000, 100_000].map((metres) => ({ center: [120.15, 30.25] as const, metres })),
      { bbox: [-180, -90, 180, 90] },
      ...regions,
    ];
    for (const value of sizes) {
      const asked = { filter: [{ field: 'place', op: 'within' as const, value }] };
      assert.equal(await reported(masked.query(dataset, asked, context)), 'filter_on_masked_field');
    }
    const sorted = masked.query(dataset, { sort: ['place'] }, context);
    assert.equal(await reported(sorted), 'filter_on_masked_field');
    const asked = {
      filter: [{ field: 'place', op: 'within' as const, value: { bbox: [120, 30, 121, 31] as const } }],
    };
    const stream = masked.stream(dataset, asked, context).then(() => ({ status: 200 }));
    assert.equal(await reported(stream), 'filter_on_masked_field');
  });

  test('does not move when the row is sent again inside the cell', async () => {
    const shown = async (): Promise<unknown> => {
      const { json } = await masked.query(
        dataset,
        { filter: [{ field: 'report', op: 'eq', value: 'r-9200' }] },
        context,
      );
      return json.records[0]?.['place'];
    };
    const seen = new Set<string>();
    for (const [x, y] of [
      [120.1501, 30.2501],
      [120.1502, 30.2505],
      [120.1507, 30.2503],
    ]) {
      await push([rowOf([x, y], 9200)]);
      seen.add(JSON.stringify(await shown()));
    }
    assert.equal(seen.size, 1);
  });
});

test('a person lists the registered areas as GeoJSON; codes without an outline are none', async () => {
  const reader = await hub.token('area reader', ['clerk'], 'ecology');
  const ask = async (query: string) => {
    const { status, json } = await hub.staff(reader, 'GET', `/v1/areas${query}`);
    assert.equal(status, 200, JSON.stringify(json));
    return json as unknown as components['schemas']['AreaCollection'];
  };
  const { type, features } = await ask('?list=test-districts');
  assert.equal(type, 'FeatureCollection');
  assert.deepEqual(
    features.map(({ properties: { list: of, version, code, zh } }) => [of, version, code, zh]),
    [
      ['test-districts', '1', 'star', '星形区'],
      ['test-districts', '1', 'two', '两块'],
      ['test-districts', '1', 'yard', '院落'],
    ],
  );
  assert.deepEqual(features[0]?.geometry, entries[0]?.area);
  assert.deepEqual((await ask('?list=none')).features, []);
  const codesOf = (page: Awaited<ReturnType<typeof ask>>) =>
    page.features.map(({ properties }) => properties.code);
  const first = await ask('?list=test-districts&limit=1');
  const second = await ask(`?list=test-districts&cursor=${first.nextCursor ?? ''}`);
  assert.deepEqual(
    [codesOf(first), codesOf(second), second.nextCursor],
    [['star'], ['two', 'yard'], undefined],
  );
  const forged = Buffer.from('test-districts').toString('base64url');
  const refused = await hub.staff(reader, 'GET', `/v1/areas?cursor=${forged}`);
  assert.deepEqual([refused.status, refused.json['code']], [400, 'cursor_invalid']);
  const state = join(home, 'demo.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { reader });
  const env = { DATONG_STATE: state, LANG: 'zh_CN.UTF-8' };
  const words = ['catalogue', 'areas', '--list', 'test-districts', '--as', 'reader'];
  const { stdout, stderr } = await typedDatong(words, { cwd: home, env });
  assert.match(
    stdout,
    /^test-districts\/star +1 +星形区\ntest-districts\/two +1 +两块\ntest-districts\/yard +1 +院落\n$/,
    stderr,
  );
});

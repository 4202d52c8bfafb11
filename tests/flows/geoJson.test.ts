/** GeoJSON in and out: rows of a call as features, and a query that is answered with a FeatureCollection. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import type { Query } from '../../clients/sdk/types.ts';
import { pointForm } from '../../schemas/places/point.ts';
import { testDatabase } from '../database.ts';
import { datongBin, datongEnvironment } from '../datong.ts';
import { writeDemoState } from '../demoState.ts';
import { eventually } from '../eventually.ts';
import { sampleCity, testHub } from '../hub.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { typedDatong } from '../typedDatong.ts';
import { post, reported } from './intakeCalls.ts';
import { lastLeaf } from './leaves.ts';

type RowsAnswer = components['schemas']['RowsAnswer'];

const database = await testDatabase({ connections: 20 });
const hub = await testHub({ database, jobsByTime: false });
const home = mkdtempSync(join(tmpdir(), 'datong-geojson-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const city = await sampleCity(hub);
const { client: provider } = city.ecology;
const dataset = 'ecology.sightings';
const plain = 'ecology.remarks';
const converted = 'ecology.sightings-of-an-app';
/** It reads features whose points are in GCJ-02. */
const mappingOf = (id: string, name: string): object => ({
  kind: 'Mapping',
  dataset: id,
  document: {
    mapping: `ecology/${name}@1`,
    target: 'sighting@1',
    source: { format: 'json' },
    limits: { maxBad: 0 },
    fields: {
      id: { from: 'id' },
      level: { from: 'level' },
      place: { from: 'place', point: { datum: 'gcj02' } },
    },
  },
});

const field = (more: object): object => ({
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const schemaOf = (name: string, properties: Readonly<Record<string, object>>): object => ({
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' },
    $id: `urn:datong:${name}:1.0`,
    'x-title': { zh: '上报', en: 'Sightings' },
    'x-class': 'general',
    'x-primary-key': ['/id'],
    additionalProperties: false,
    required: ['id', 'level'],
    properties: {
      id: field({ type: 'string', maxLength: 20 }),
      level: field({ type: 'integer' }),
      ...properties,
    },
  },
});
const datasetOf = (id: string, name: string): object => ({
  kind: 'Dataset',
  id,
  title: { zh: '上报', en: 'Sightings' },
  schema: `urn:datong:${name}:1.0`,
  mode: 'upsert',
  intake: { byCall: {} },
  sharing: { type: 'conditional', conditions: '示例' },
});
const agreementOf = (id: string, name: string, consumer: string, place: object): object => ({
  kind: 'Agreement',
  id: agreementNamed(id, consumer),
  version: 1,
  title: { zh: '上报', en: 'Sightings' },
  provider: 'ecology',
  consumer,
  purposes: ['environment-study'],
  basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset: id,
      schema: `${name}@1`,
      filterBy: ['id'],
      requires: ['on-behalf-of'],
      limits: { rowsPerCall: 1000, callsPerDay: 5000 },
      fields: { id: { mask: 'clear' }, level: { mask: 'clear' }, ...place },
    },
  ],
});
const agreementNamed = (id: string, consumer: string): string => `agr-${consumer}-${id.split('.')[1] ?? ''}`;
const contextOf = (consumer: string, id = dataset) => ({
  purpose: 'environment-study',
  onBehalfOf: 'official-1',
  agreement: agreementNamed(id, consumer),
});
const point = (longitude: number, latitude: number): object => ({
  type: 'Point',
  coordinates: [longitude, latitude],
});
const feature = (id: string, geometry: unknown, more: object = {}): object => ({
  type: 'Feature',
  geometry,
  properties: { id, level: 1 },
  ...more,
});
const collection = (features: readonly object[], more: object = {}): object => ({
  type: 'FeatureCollection',
  features,
  ...more,
});

async function send(body: unknown, { id = dataset, query = '', key = '' } = {}) {
  const answer = await provider.call({
    method: 'POST',
    path: `/v1/datasets/${id}/rows${query}`,
    headers: {
      'content-type': 'application/geo+json',
      ...(key === '' ? {} : { 'datong-idempotency-key': key }),
    },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8'),
    receipt: 'optional',
  });
  return { status: answer.status, json: answer.json as RowsAnswer };
}
const rulesOf = ({ json }: Awaited<ReturnType<typeof send>>): readonly string[] =>
  json.quarantined.map(({ index, rule }) => `${index} ${rule}`);
/** The point of a row as it is stored. */
async function stored(id: string): Promise<unknown> {
  const filter = [{ field: 'id', op: 'eq' as const, value: id }];
  const { json } = await city.education.client.query(dataset, { filter }, contextOf('education'));
  return json.records[0]?.['place'];
}

before(async () => {
  const place = field({ ...pointForm, type: ['object', 'null'], 'x-geo': 'point' });
  await city.apply(
    [
      schemaOf('sighting', { place }),
      schemaOf('remark', {}),
      datasetOf(dataset, 'sighting'),
      datasetOf(plain, 'remark'),
      datasetOf(converted, 'sighting'),
      mappingOf(converted, 'by-call'),
      mappingOf(dataset, 'app'),
      agreementOf(dataset, 'sighting', 'education', { place: { mask: 'clear' } }),
      agreementOf(dataset, 'sighting', 'pub-security', { place: { mask: 'geoGrid', metres: 1000 } }),
      agreementOf(plain, 'remark', 'education', {}),
    ],
    [city.education, city.publicSecurity, city.ecology],
  );
});

describe('rows arrive as GeoJSON', () => {
  test('a collection and one feature: the geometry is the place, the properties are the other fields', async () => {
    const sent = await send(
      collection([feature('a', point(120.151234, 30.251234)), feature('b', point(120.161234, 30.261234))], {
        name: 'sightings',
        crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } },
      }),
    );
    assert.deepEqual([sent.json.accepted, sent.json.quarantined], [2, []]);
    assert.deepEqual(await stored('a'), point(120.151234, 30.251234));
    const { json } = await send(feature('c', null, { bbox: [120, 30, 121, 31] }));
    assert.equal(json.accepted, 1);
    assert.equal(await stored('c'), null);
  });

  test('a point in GCJ-02 is converted by the mapping that names it, and not without', async () => {
    const gcj = point(116.397484, 39.908764);
    const { json } = await send(feature('g', gcj), { query: '?mapping=app' });
    assert.equal(json.accepted, 1);
    const { coordinates } = (await stored('g')) as { readonly coordinates: readonly number[] };
    assert.ok(Math.abs((coordinates[0] ?? 0) - 116.39124) < 1e-4, String(coordinates));
    assert.ok(Math.abs((coordinates[1] ?? 0) - 39.90736) < 1e-4, String(coordinates));
    await send(feature('h', gcj));
    assert.deepEqual(await stored('h'), gcj);
  });

  test('the mapping of a call is in its entry, and the origin of the row names the conversion', async () => {
    const id = converted;
    const gcj = point(116.397484, 39.908764);
    const origin = async (): Promise<unknown[]> => {
      const { json } = await post(provider, `/v1/datasets/${id}/rows/origin`, { key: { id: 'g' } });
      const { mapping, converted: of, line } = json as components['schemas']['RowOrigin'];
      return [mapping, of, line];
    };
    const before = { field: 'place', from: 'gcj02' };
    for (let call = 0; call < 2; call += 1) {
      await send(feature('g', gcj), { id, query: '?mapping=by-call' });
      assert.equal((await lastLeaf(database)).change?.['mapping'], 'by-call@1');
      assert.deepEqual(await origin(), ['by-call@1', [before], undefined]);
    }
    await send(feature('h', gcj), { id });
    assert.equal((await lastLeaf(database)).change, undefined);
    const each = ['by-call@1, -', [{ ...before, by: 'by-call@1' }], undefined];
    assert.deepEqual(await origin(), each);
    await send(feature('i', gcj), { id, query: '?mapping=by-call' });
    await send(feature('h', gcj), { id });
    assert.deepEqual(await origin(), each);
  });

  test('a feature that is none, or has more than a row can hold, is a bad row', async () => {
    const at = point(120.15, 30.25);
    const found = await send(
      collection([
        feature('bad-0', {
          type: 'MultiPoint',
          coordinates: [
            [120.15, 30.25],
            [120.16, 30.26],
          ],
        }),
        feature('bad-1', at, { id: 7 }),
        feature('bad-2', at, { properties: { id: 'bad-2', level: 1, place: at } }),
        feature('bad-3', at, { type: 'Point' }),
        { type: 'Feature', properties: { id: 'bad-4', level: 1 } },
        feature('bad-5', at, { properties: null }),
        feature('bad-6', at, { properties: { id: 'bad-6', level: 1, more: 1 } }),
        feature('bad-7', point(30.25, 120.15)),
        feature('good', at),
      ]),
    );
    assert.equal(found.json.accepted, 1);
    assert.deepEqual(rulesOf(found).slice(1, 5), [
      '1 geojson.feature',
      '2 geojson.feature',
      '3 geojson.feature',
      '4 geojson.feature',
    ]);
    assert.match(rulesOf(found)[0] ?? '', /^0 (const|enum|properties)/);
    assert.deepEqual(
      rulesOf(found)
        .slice(5)
        .map((one) => one.replace(/ .*/, '')),
      ['5', '6', '7'],
    );
    assert.deepEqual(await stored('good'), at);
  });

  test('a number that is not exact and a member twice are seen in the text as it came', async () => {
    const texts = ['"level":12345678901234567890', '"level":1,"level":2'].map(
      (level, nth) => `{"type":"Feature","geometry":null,"properties":{"id":"n-${nth}",${level}}}`,
    );
    const found = await send(`{"type":"FeatureCollection","features":[${texts.join(',')}]}`);
    assert.deepEqual(rulesOf(found), ['0 json.number', '1 json.repeated']);
  });

  test('what is no GeoJSON, another reference system, none or too many features, is refused as a whole', async () => {
    const one = feature('w', point(120.15, 30.25));
    const text = JSON.stringify(one);
    for (const body of [
      [one],
      point(120.15, 30.25),
      { type: 'FeatureCollection' },
      `{"type":"FeatureCollection","features":[${text}`,
      `{"type":"FeatureCollection","features":[${text},${text}],"features":[]}`,
      '"Feature"',
    ])
      assert.equal(await reported(send(body)), 'rows_malformed', JSON.stringify(body));
    const mercator = '{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}}';
    const both = '"name":"urn:ogc:def:crs:EPSG::3857","name":"urn:ogc:def:crs:EPSG::4326"';
    // a member that is written twice, as it is or with escapes, is not the same for every reader
    for (const [body, code] of [
      [`{"type":"FeatureCollection","features":[${text}],"\\u0066eatures":[${text}]}`, 'rows_malformed'],
      [
        `{"type":"FeatureCollection","t\\u0079pe":"FeatureCollection","features":[${text}]}`,
        'rows_malformed',
      ],
      [`{"type":"FeatureCollection","crs":{"properties":{${both}}},"features":[${text}]}`, 'rows_malformed'],
      [`{"type":"FeatureCollection","crs":${mercator},"crs":null,"features":[${text}]}`, 'geojson_crs'],
      [`{"type":"FeatureCollection","crs":${mercator},"features":[${text}],"c\\u0072s":null}`, 'geojson_crs'],
    ] as const)
      assert.equal(await reported(send(body)), code, body);
    for (const crs of [{ type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::3857' } }, 'x', {}])
      assert.equal(await reported(send(collection([one], { crs }))), 'geojson_crs', JSON.stringify(crs));
    assert.equal(await reported(send(collection([]))), 'rows_too_many');
    assert.equal(await reported(send(collection([one]), { query: '?rows=2' })), 'rows_other_count');
    assert.equal(await stored('w'), undefined);
  });

  test('the same bytes under the same key are stored once', async () => {
    const body = collection([feature('k', point(120.15, 30.25))]);
    const first = await send(body, { key: 'geojson-1' });
    assert.deepEqual((await send(body, { key: 'geojson-1' })).json, first.json);
  });

  test('a dataset without a place takes none', async () => {
    assert.equal(await reported(send(feature('a', null), { id: plain })), 'geojson_without_place');
    const leaf = await lastLeaf(database);
    assert.deepEqual([leaf.decision, leaf.code], ['deny', 'geojson_without_place']);
  });
});

describe('a query is answered as GeoJSON', () => {
  const clear = city.education.client;
  const masked = city.publicSecurity.client;
  const all: Query = { limit: 100 };

  test('the same rows and fields as the answer in JSON, signed, with receipt and the same entry', async () => {
    const plainAnswer = await clear.query(dataset, all, contextOf('education'));
    const asked = await lastLeaf(database);
    const { json, headers, receipt } = await clear.queryFeatures(dataset, all, contextOf('education'));
    assert.equal(headers.get('content-type'), 'application/geo+json');
    assert.ok(receipt !== undefined);
    assert.equal(json.type, 'FeatureCollection');
    assert.deepEqual(
      json.features.map(({ geometry, properties }) => ({ ...properties, place: geometry })),
      plainAnswer.json.records,
    );
    assert.deepEqual([json.withheld, json.rows], [plainAnswer.json.withheld, plainAnswer.json.rows]);
    assert.ok(nonEmpty(json.features).every((one) => !('place' in one.properties)));
    const leaf = await lastLeaf(database);
    for (const part of ['operation', 'fields', 'rows', 'dataset', 'purpose'] as const)
      assert.deepEqual(leaf[part], asked[part], part);
  });

  test('a masked point is the centre of its cell, and no coordinate of a point leaves', async () => {
    const { json, body } = await masked.queryFeatures(dataset, all, contextOf('pub-security'));
    const { json: records } = await masked.query(dataset, all, contextOf('pub-security'));
    assert.deepEqual(
      json.features.map(({ geometry }) => geometry),
      records.records.map((record) => record['place'] ?? null),
    );
    const text = Buffer.from(body).toString('utf8');
    for (const hidden of ['120.151234', '30.251234', '120.161234', '30.261234'])
      assert.ok(!text.includes(hidden), hidden);
    const filter = [{ field: 'place', op: 'within' as const, value: { bbox: [120, 30, 121, 31] as const } }];
    const refused = masked.queryFeatures(dataset, { filter }, contextOf('pub-security'));
    assert.equal(await reported(refused), 'filter_on_masked_field');
  });

  test('pages follow each other; a place that is not asked for is no geometry', async () => {
    const first = (await clear.queryFeatures(dataset, { limit: 2 }, contextOf('education'))).json;
    const query = { limit: 2, cursor: String(first.nextCursor) };
    const next = (await clear.queryFeatures(dataset, query, contextOf('education'))).json;
    const ids = [...first.features, ...next.features].map(({ properties }) => properties['id']);
    assert.equal(new Set(ids).size, 4);
    const { json } = await clear.queryFeatures(dataset, { fields: ['id'] }, contextOf('education'));
    assert.ok(json.features.length > 0 && json.features.every(({ geometry }) => geometry === null));
  });

  test('a dataset without a place has no such answer; without the header it is JSON', async () => {
    const context = contextOf('education', plain);
    assert.equal(await reported(clear.queryFeatures(plain, {}, context)), 'geojson_without_place');
    await post(provider, `/v1/datasets/${plain}/rows`, [{ id: 'a', level: 1 }]);
    assert.deepEqual((await clear.query(plain, {}, context)).json.records, [{ id: 'a', level: 1 }]);
    assert.equal(await reported(clear.queryFeatures(plain, {}, context)), 'geojson_without_place');
  });

  test('an answer that is sent back is the same rows', async () => {
    const { body } = await clear.queryFeatures(dataset, all, contextOf('education'));
    const { json } = await send(Buffer.from(body).toString('utf8'));
    assert.deepEqual(json.quarantined, []);
    const again = await clear.queryFeatures(dataset, all, contextOf('education'));
    assert.deepEqual(Buffer.from(again.body), Buffer.from(body));
  });
});

test('datong rows push --geojson and datong fetch --geojson', async () => {
  const state = join(home, 'demo.json');
  const { education, ecology } = city;
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, {}, [education, ecology]);
  const datong = (...words: readonly string[]) =>
    typedDatong(words, { cwd: home, env: { DATONG_STATE: state, LANG: 'en_GB.UTF-8' } });
  const file = join(home, 'in.geojson');
  const features = [
    feature('cli-1', point(120.15, 30.25)),
    feature('x'.repeat(4 * 2 ** 20), point(120.15, 30.25)),
    feature('cli-3', { type: 'x' }),
  ];
  writeFileSync(file, JSON.stringify(collection(features), undefined, 2));
  const sent = await datong('rows', 'push', dataset, file, '--as', 'ecology', '--geojson');
  assert.equal(sent.code, 1, sent.stderr);
  assert.match(sent.stderr, /feature 2: over \d+ bytes, not sent/);
  assert.match(sent.stderr, /feature 3, /);
  assert.match(sent.stderr, /1 row stored, 2 bad, in 1 call/);
  const other = join(home, 'mercator.geojson');
  const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::3857' } };
  writeFileSync(other, JSON.stringify(collection(features, { crs })));
  const refused = await datong('rows', 'push', dataset, other, '--as', 'ecology', '--geojson');
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /geojson_crs/);
  const out = join(home, 'out.geojson');
  const { purpose, agreement, onBehalfOf } = contextOf('education');
  const context = ['--purpose', purpose, '--agreement', agreement, '--on-behalf-of', onBehalfOf];
  const asked = ['--filter', 'id=cli-1', '--geojson', '-o', out];
  const fetched = await datong('fetch', dataset, '--as', 'education', ...context, ...asked);
  assert.equal(fetched.code, 0, fetched.stderr);
  const written = JSON.parse(readFileSync(out, 'utf8')) as { features: readonly object[] };
  assert.deepEqual(written.features, features.slice(0, 1));
});

test('datong rows push: a later call that is refused hides no bad row of the calls before', async () => {
  const state = join(home, 'push.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, {}, [city.ecology]);
  const pushed = spawn(process.execPath, [datongBin, 'rows', 'push', plain, '--as', 'ecology'], {
    cwd: home,
    env: datongEnvironment({ DATONG_STATE: state }),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let shown = '';
  pushed.stderr.on('data', (text: Buffer) => {
    shown += text.toString('utf8');
  });
  pushed.stdin.write('{"id":"push-1","level":"no number"}\n');
  await eventually(
    () => shown.includes('line 1'),
    () => `the first call was not answered: ${shown}`,
  );
  const steward = await hub.token('steward-of-remarks', ['steward'], 'ecology');
  const decision = { act: 'suspend', reason: 'test' };
  const { status } = await hub.staff(steward, 'POST', `/v1/datasets/${plain}/decision`, decision);
  assert.equal(status, 200);
  pushed.stdin.end('{"id":"push-2","level":1}\n');
  const [code] = (await once(pushed, 'close')) as [number];
  assert.equal(code, 1, shown);
  assert.match(shown, /^next: datong batch quarantine \S+ --as ecology lists the bad rows$/m);
  assert.match(shown, /dataset_unavailable/);
});

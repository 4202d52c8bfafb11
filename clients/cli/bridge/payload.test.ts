/** Payloads → rows: JSON, CSV, SensorThings and NGSI-LD, as gateways send them; and topics. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPayload, type RowShape } from './payload.ts';
import { isTopicPattern, matchesTopic, overlap } from './topicPattern.ts';

async function read(shape: RowShape, payload: string | Uint8Array | object, topic = 'stations/7/air') {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const { rows, bad } = await readPayload(
    shape,
    topic,
    payload instanceof Uint8Array ? payload : Buffer.from(text),
  );
  return {
    rows: rows.map((row) => JSON.parse(row) as Readonly<Record<string, unknown>>),
    bad: bad.map(({ text: _, ...part }) => part),
    texts: bad.map(({ text }) => text),
    lines: rows,
  };
}
const badOf = async (shape: RowShape, payload: string | Uint8Array | object): Promise<unknown> =>
  (await read(shape, payload)).bad;

test('a record that needs no change goes to the hub as it is, in one line', async () => {
  const { lines } = await read({ payload: 'json' }, '{\r\n\t"a": 12345678901234567890, "a": 1.50}');
  assert.deepEqual(lines, ['{   "a": 12345678901234567890, "a": 1.50}']);
});

test('fields by path, parts of the topic, constants; what is absent is null', async () => {
  const shape: RowShape = {
    payload: 'json',
    fields: { time: 'at', pm25: 'values.0', note: 'x.y', dotted: 'a.b' },
    topicFields: { station: 2 },
    constants: { co: null, kind: 'air' },
  };
  const { rows, bad } = await read(shape, [{ at: 'T', values: [3.5], 'a.b': 1, secret: 1 }, 7]);
  assert.deepEqual(rows, [
    { time: 'T', pm25: 3.5, note: null, dotted: 1, station: '7', co: null, kind: 'air' },
  ]);
  assert.deepEqual(bad, [{ rule: 'payload.shape', index: 1 }]);
});

test('numbers that a double cannot hold are bad where a row is made of them', async () => {
  const shape: RowShape = { payload: 'json', topicFields: { station: 2 } };
  assert.deepEqual(await badOf(shape, '{"n":12345678901234567890}'), [{ rule: 'number.inexact', index: 0 }]);
  assert.deepEqual(await badOf(shape, '{"n":[1e999]}'), [{ rule: 'number.inexact', index: 0 }]);
  assert.deepEqual(await badOf(shape, '[{"n":1},{"n":0.12345678901234567890}]'), [
    { rule: 'number.inexact', index: 1 },
  ]);
  const csv: RowShape = { payload: 'csv', columns: { n: 'number' } };
  assert.deepEqual(await badOf(csv, '+1.50\n9007199254740993\n0.12345678901234567890\n'), [
    { rule: 'number.inexact', index: 1 },
    { rule: 'number.inexact', index: 2 },
  ]);
  // what the row leaves out may be anything
  const some: RowShape = { payload: 'json', fields: { n: 'n' } };
  assert.deepEqual((await read(some, '{"n":1e22,"other":9007199254740993}')).rows, [{ n: 1e22 }]);
});

test('payloads that are none', async () => {
  const shape: RowShape = { payload: 'json' };
  assert.deepEqual(await badOf(shape, '{"a":'), [{ rule: 'payload.json' }]);
  assert.deepEqual(await badOf(shape, ''), [{ rule: 'payload.json' }]);
  assert.deepEqual(await badOf(shape, '[]'), [{ rule: 'payload.empty' }]);
  assert.deepEqual(await badOf(shape, Buffer.from([0xff, 0xfe])), [{ rule: 'payload.encoding' }]);
  assert.deepEqual(await badOf(shape, Buffer.alloc(2 ** 20 + 1, 32)), [{ rule: 'payload.large' }]);
  assert.deepEqual(await badOf(shape, `[${'{},'.repeat(10_000)}{}]`), [{ rule: 'payload.rows' }]);
});

test('a bad part has the text of its record; more parts than a call has rows are one', async () => {
  const shape: RowShape = { payload: 'json' };
  const several = await read(shape, '[{"n":1},[2],{"n":0.12345678901234567890}]');
  assert.deepEqual(several.texts, ['[2]', '{"n":"0.12345678901234567890"}']);
  assert.deepEqual((await read(shape, '[7]')).texts, [undefined]);
  const csv: RowShape = { payload: 'csv', columns: { n: 'number', t: 'text' } };
  assert.deepEqual((await read(csv, '1,a\nx,b\n')).texts, ['["x","b"]']);
  for (const payload of [
    `[${'1,'.repeat(100_000)}1]`,
    `[${'{},'.repeat(5_000)}${'1,'.repeat(5_000)}1]`,
    Buffer.from('x,a\n'.repeat(10_001)),
  ])
    assert.deepEqual(await badOf(payload instanceof Buffer ? csv : shape, payload), [
      { rule: 'payload.rows' },
    ]);
});

test('members that the records of a payload share do not multiply without a limit', async () => {
  const shared = { phenomenonTime: '2026-01-01T00:00:00Z', parameters: { note: 'x'.repeat(100_000) } };
  const payload = [
    { ...shared, components: ['result'], dataArray: Array.from({ length: 9_000 }, () => [1]) },
  ];
  assert.deepEqual(await badOf({ payload: 'sensorthings' }, payload), [{ rule: 'payload.rows' }]);
});

test('CSV: several lines, empty cells, quotes; a bad line is named', async () => {
  const shape: RowShape = { payload: 'csv', columns: { time: 'text', pm25: 'number', note: 'text' } };
  const { rows, bad } = await read(
    shape,
    '2026-01-01T00:00:00Z,12.50,"a, ""b"""\r\nT2,,\r\nT3,12x,c\r\nT4,1\r\n',
  );
  assert.deepEqual(rows, [
    { time: '2026-01-01T00:00:00Z', pm25: 12.5, note: 'a, "b"' },
    { time: 'T2', pm25: null, note: null },
  ]);
  assert.deepEqual(bad.map(({ index }) => index).sort(), [2, 3]);
});

test('SensorThings: an observation of OGC 18-088, one expanded, one of several properties, a data array', async () => {
  const shape: RowShape = {
    payload: 'sensorthings',
    fields: { sensor: 'datastream', time: 'time', value: 'result' },
  };
  const observation = {
    '@iot.id': 1,
    '@iot.selfLink': 'http://example.org/v1.1/Observations(1)',
    phenomenonTime: '2014-12-31T11:59:59.000Z',
    resultTime: '2014-12-31T11:59:59.000Z',
    result: 70.4,
    'Datastream@iot.navigationLink': 'Observations(1)/Datastream',
    'FeatureOfInterest@iot.navigationLink': 'Observations(1)/FeatureOfInterest',
  };
  const time = '2014-12-31T11:59:59.000Z';
  assert.deepEqual((await read(shape, observation)).rows, [{ sensor: null, time, value: 70.4 }]);
  const linked = {
    ...observation,
    'Datastream@iot.navigationLink': 'http://example.org/v1.1/Datastreams(8)',
  };
  assert.deepEqual((await read(shape, linked)).rows, [{ sensor: '8', time, value: 70.4 }]);
  const interval = { phenomenonTime: `${time}/2015-01-01T00:00:00.000Z`, result: [25, 65] };
  const wide: RowShape = {
    payload: 'sensorthings',
    fields: { from: 'time', to: 'timeEnd', temp: 'result.0', hum: 'result.1' },
  };
  assert.deepEqual((await read(wide, { ...interval, MultiDatastream: { '@iot.id': 3 } })).rows, [
    { from: time, to: '2015-01-01T00:00:00.000Z', temp: 25, hum: 65 },
  ]);
  const dataArray = [
    {
      Datastream: { '@iot.id': 1 },
      components: ['phenomenonTime', 'result', 'FeatureOfInterest/id'],
      'dataArray@iot.count': 2,
      dataArray: [
        ['2010-12-23T10:20:00-07:00', 20, 1],
        ['2010-12-23T10:21:00-07:00', 30, 1],
      ],
    },
  ];
  assert.deepEqual((await read(shape, dataArray)).rows, [
    { sensor: '1', time: '2010-12-23T10:20:00-07:00', value: 20 },
    { sensor: '1', time: '2010-12-23T10:21:00-07:00', value: 30 },
  ]);
  const byLink = dataArray.map(({ Datastream: _, ...group }) => ({
    ...group,
    'Datastream@iot.navigationLink': 'http://example.org/v1.1/Datastreams(8)',
  }));
  assert.deepEqual(
    (await read(shape, byLink)).rows.map((row) => (row as { readonly sensor: unknown }).sensor),
    ['8', '8'],
  );
  assert.deepEqual(await badOf(shape, { result: 1 }), [{ rule: 'sensorthings.observation' }]);
  assert.deepEqual(await badOf(shape, [{ components: ['result'], dataArray: [[1, 2]] }]), [
    { rule: 'sensorthings.data-array' },
  ]);
});

const madrid = {
  id: 'urn:ngsi-ld:AirQualityObserved:Madrid-AmbientObserved-28079004-2016-03-15T11:00:00',
  type: 'AirQualityObserved',
  dateObserved: { type: 'Property', value: { '@type': 'DateTime', '@value': '2016-03-15T11:00:00Z' } },
  NO2: { type: 'Property', value: 69, unitCode: 'GQ', observedAt: '2016-03-15T11:00:00Z' },
  temperature: { type: 'Property', value: 12.2, observedAt: '2016-03-15T10:59:00Z' },
  refPointOfInterest: { type: 'Relationship', object: 'urn:ngsi-ld:PointOfInterest:28079004-Pza.deEspanya' },
  location: {
    type: 'GeoProperty',
    value: { type: 'Point', coordinates: [-3.712247222222222, 40.423852777777775] },
  },
  '@context': ['https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld'],
};

test('NGSI-LD: an AirQualityObserved of the Smart Data Models, normalized, simplified and in a notification', async () => {
  const shape: RowShape = {
    payload: 'ngsi-ld',
    fields: {
      station: 'refPointOfInterest',
      time: 'observedAt',
      dated: 'dateObserved.@value',
      no2: 'NO2',
      temp: 'temperature',
      longitude: 'location.coordinates.0',
    },
  };
  const expected = {
    station: 'urn:ngsi-ld:PointOfInterest:28079004-Pza.deEspanya',
    time: '2016-03-15T11:00:00Z',
    dated: '2016-03-15T11:00:00Z',
    no2: 69,
    temp: 12.2,
    longitude: -3.712247222222222,
  };
  assert.deepEqual((await read(shape, madrid)).rows, [expected]);
  const notification = {
    id: 'urn:ngsi-ld:Notification:1',
    type: 'Notification',
    subscriptionId: 'urn:ngsi-ld:Subscription:1',
    notifiedAt: '2016-03-15T11:00:01Z',
    data: [madrid, madrid],
  };
  assert.equal((await read(shape, notification)).rows.length, 2);
  const lists = {
    id: madrid.id,
    type: madrid.type,
    levels: { type: 'ListProperty', valueList: [{ type: 'Property', value: 1 }] },
    near: { type: 'ListRelationship', objectList: [{ object: 'urn:ngsi-ld:PointOfInterest:1' }] },
  };
  assert.deepEqual(
    (await read({ payload: 'ngsi-ld', fields: { level: 'levels.0.value', to: 'near.0.object' } }, lists))
      .rows,
    [{ level: 1, to: 'urn:ngsi-ld:PointOfInterest:1' }],
  );
  const overMqtt = { metadata: { 'Content-Type': 'application/json' }, body: notification };
  assert.deepEqual((await read(shape, overMqtt)).rows[1], expected);
  const simplified = { id: madrid.id, type: madrid.type, NO2: 69, location: madrid.location.value };
  assert.deepEqual(
    (await read({ payload: 'ngsi-ld', fields: { no2: 'NO2', x: 'location.coordinates.0' } }, simplified))
      .rows,
    [{ no2: 69, x: -3.712247222222222 }],
  );
  const leap = { ...madrid, NO2: { ...madrid.NO2, observedAt: '2016-12-31T23:59:60Z' } };
  assert.equal((await read(shape, leap)).rows[0]?.['time'], '2016-12-31T23:59:60Z');
  const several = { ...madrid, NO2: [madrid.NO2, { ...madrid.NO2, datasetId: 'urn:ngsi-ld:d:2' }] };
  assert.deepEqual(await badOf(shape, several), [{ rule: 'ngsi-ld.several' }]);
  assert.deepEqual(await badOf(shape, { type: 'AirQualityObserved' }), [{ rule: 'ngsi-ld.entity' }]);
});

test('topics: patterns, matches and overlaps', () => {
  for (const pattern of ['a/b', '+', '#', 'a/+/c', 'a/#', '/']) assert.ok(isTopicPattern(pattern), pattern);
  for (const pattern of ['', 'a/#/b', 'a+/b', 'a/b#', '$SYS/#', 'a\0'])
    assert.ok(!isTopicPattern(pattern), pattern);
  for (const [pattern, topic, expected] of [
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/b/d', false],
    ['a/+', 'a', false],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['+', 'a/b', false],
    ['a/b', 'a/b/c', false],
  ] as const)
    assert.equal(matchesTopic(pattern, topic), expected, `${pattern} ${topic}`);
  for (const [one, other, expected] of [
    ['a/+', '+/b', true],
    ['a/+', 'b/+', false],
    ['a/#', 'a', true],
    ['a/b', 'a/b/c', false],
    ['#', 'x/y', true],
  ] as const)
    assert.equal(overlap(one, other), expected, `${one} ${other}`);
});

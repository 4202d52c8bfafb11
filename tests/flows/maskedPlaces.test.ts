/** Masked points in the deliveries that need a dataset of their kind: the history of cases, the latest row of each series, and events. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { changeRow } from '../../clients/sdk/changeRow.ts';
import type { Query } from '../../clients/sdk/types.ts';
import { timePattern } from '../../hub/domain/timeField.ts';
import { pointForm } from '../../schemas/places/point.ts';
import { cityHub } from '../cityHub.ts';
import type { Machine } from '../hub.ts';
import { post } from './intakeCalls.ts';

const { city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { education, publicSecurity, ecology } = city;
const ids = { cases: 'ecology.spot-cases', series: 'ecology.buoys', events: 'ecology.spot-reported' };
const topic = 'ecology.spots';

/** Three points of one cell of a kilometre, and one of another. */
const points = [
  [120.150_101, 30.250_103],
  [120.150_207, 30.250_509],
  [120.150_711, 30.250_313],
  [120.203_017, 30.301_019],
] as const;
const place = (nth: number): object => ({ type: 'Point', coordinates: points[nth] });

const title = { zh: '位置', en: 'Spots' };
const field = (more: object): object => ({
  'x-title': title,
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const text = field({ type: 'string', maxLength: 40 });
const schemaOf = (name: string, key: readonly string[], more: object): object => ({
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' },
    $id: `urn:datong:${name}:1.0`,
    'x-title': title,
    'x-class': 'general',
    'x-primary-key': key.map((one) => `/${one}`),
    additionalProperties: false,
    required: [...key, 'place'],
    properties: { id: text, place: field({ ...pointForm, 'x-geo': 'point' }), ...more },
  },
});
const datasetOf = (id: string, name: string, more: object): object => ({
  kind: 'Dataset',
  id,
  title,
  schema: `urn:datong:${name}:1.0`,
  sharing: { type: 'conditional', conditions: '示例' },
  ...more,
});
const cases = {
  state: 'status',
  transitions: [{ id: 'finish', from: 'open', to: 'done', by: ['education'] }],
  contributors: [
    {
      department: 'education',
      sets: ['place'],
      rows: { all: [{ field: 'assigned_to', is: 'me' }] },
    },
  ],
};
const grantOf = (
  dataset: string,
  name: string,
  delivery: string,
  mask: object,
  { also = {}, ...more }: { readonly also?: object; readonly filterBy?: readonly string[] },
): object => ({
  dataset,
  schema: `${name}@1`,
  requires: ['on-behalf-of'],
  deliveries: [delivery],
  limits: { rowsPerCall: 1000, callsPerDay: 5000 },
  fields: { id: { mask: 'clear' }, place: mask, ...also },
  ...more,
});
const agreementOf = (consumer: string, mask: object): object => ({
  kind: 'Agreement',
  id: `agr-spots-${consumer}`,
  version: 1,
  title,
  provider: 'ecology',
  consumer,
  purposes: ['environment-study'],
  basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
  grants: [
    grantOf(ids.cases, 'spot-case', 'history', mask, { filterBy: ['id'] }),
    grantOf(ids.series, 'buoy', 'latest', mask, { also: { time: { mask: 'clear' } } }),
    grantOf(ids.events, 'spot-reported', 'events', mask, {}),
  ],
});
const contextOf = ({ department }: Machine) => ({
  purpose: 'environment-study',
  onBehalfOf: 'official-1',
  agreement: `agr-spots-${department}`,
});

before(async () => {
  await city.apply(
    [
      schemaOf('spot-case', ['id'], { status: field({ enum: ['open', 'done'] }), assigned_to: text }),
      schemaOf('buoy', ['id', 'time'], {
        time: field({ type: 'string', format: 'date-time', pattern: timePattern }),
      }),
      schemaOf('spot-reported', ['id'], {}),
      datasetOf(ids.cases, 'spot-case', { mode: 'upsert', intake: { byCall: {}, cases } }),
      datasetOf(ids.series, 'buoy', { mode: 'upsert', intake: { byCall: {}, timeField: 'time' } }),
      datasetOf(ids.events, 'spot-reported', { mode: 'events' }),
      { kind: 'Topic', id: topic, title, types: [ids.events], retentionDays: 30 },
      agreementOf('education', { mask: 'clear' }),
      agreementOf('pub-security', { mask: 'geoGrid', metres: 1000 }),
    ],
    [education, publicSecurity, ecology],
  );
});

test('a masked point is the same for all points of a cell in history, latest rows and events, which have no coordinate of a point', async () => {
  const send = (id: string, rows: readonly object[]) => post(ecology.client, `/v1/datasets/${id}/rows`, rows);
  await send(ids.cases, [{ id: 'one', place: place(0), status: 'open', assigned_to: 'education' }]);
  for (const nth of [1, 2, 3])
    await changeRow((input) => education.client.call(input), ids.cases, {
      key: { id: 'one' },
      version: nth,
      set: { place: place(nth) },
    });
  await send(
    ids.series,
    points.map((_, nth) => ({ id: `b-${nth}`, time: '2026-09-01T08:00:00+08:00', place: place(nth) })),
  );
  const subscriptions = new Map<Machine, string>();
  for (const reader of [education, publicSecurity])
    subscriptions.set(reader, (await reader.client.events.subscribe({ topic }, contextOf(reader))).json.id);
  await ecology.client.events.publish(
    topic,
    points.map((_, nth) => ({
      specversion: '1.0',
      id: `e-${nth}`,
      source: 'test',
      type: ids.events,
      data: { id: `e-${nth}`, place: place(nth) },
    })),
  );
  const read = async (reader: Machine): Promise<readonly (readonly string[])[]> => {
    const rows = async (id: string, query: Query): Promise<readonly string[]> =>
      (await reader.client.query(id, query, contextOf(reader))).json.records.map((one) =>
        JSON.stringify(one['place']),
      );
    const { json } = await reader.client.events.pull(subscriptions.get(reader) ?? '');
    return [
      await rows(ids.cases, { filter: [{ field: 'id', op: 'eq', value: 'one' }], history: true }),
      await rows(ids.series, { latest: true }),
      json.events.map(({ data }) => JSON.stringify(data['place'])),
    ];
  };
  const clear = points.map((_, nth) => JSON.stringify(place(nth)));
  assert.deepEqual(await read(education), [clear, clear, clear], 'the same deliveries find the points');
  const masked = await read(publicSecurity);
  for (const [first, ...others] of masked) {
    assert.equal(others.length, 3);
    assert.deepEqual(others.slice(0, 2), [first, first]);
    assert.notEqual(others[2], first);
  }
  const everything = JSON.stringify(masked);
  for (const coordinate of points.flat())
    assert.ok(!everything.includes(String(coordinate)), String(coordinate));
});

/** What a consumer may not read in clear is not found by asking either: moments, orders, versions and identifiers disclose no hidden value. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CallContext, Query } from '../../clients/sdk/types.ts';
import { timePattern, timeText } from '../../hub/domain/timeField.ts';
import { cityHub } from '../cityHub.ts';
import { post, reported } from '../flows/intakeCalls.ts';

const { city } = await cityHub({ jobsByTime: false }, { connections: 20 });
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

describe('series whose key is not released in clear', async () => {
  const series = { byCall: {}, timeField: 'time' };
  const latest = (fields: object): object => ({ deliveries: ['latest'], fields });
  await apply([
    schema('series', ['station', 'time'], { station: name, time, level }),
    dataset('series', series),
    agreement('agr-month', 'series', latest({ ...clear('level'), time: { mask: 'dateTrunc', to: 'month' } })),
    agreement('agr-level', 'series', latest(clear('level'))),
    agreement('agr-time', 'series', latest(clear('time', 'level'))),
    agreement('agr-presence', 'series', latest({ ...clear('level'), station: { mask: 'presence' } })),
    agreement('agr-clear', 'series', latest(clear('station', 'level'))),
  ]);
  const stations = Array.from({ length: 12 }, (_, i) => String.fromCharCode(97 + i));
  await send('series', stations.map((station, i) => ({ station, time: at(i), level: i })).toReversed());

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
    assert.notDeepEqual(
      without.map((row) => row['level']),
      ordered,
      'not asked for',
    );
  });
});

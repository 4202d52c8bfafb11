/** Rows by call that refer to rows of their own dataset: those that the call refuses, or deletes, do not count. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
after(() => hub.stop());

type Row = Readonly<Record<string, unknown>>;

const field = (type: unknown, more: object = {}): object => ({
  ...{ type, 'x-title': { zh: '数据项', en: 'Field' }, 'x-sensitivity': 'L1', 'x-personal': 'none' },
  ...more,
});
const apply = (document: object): Promise<void> => city.apply([document], [city.education, city.ecology]);
const schema = (version: string, station: object, more: object = {}): object => ({
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `urn:datong:reading:${version}` },
    ...{ type: 'object' },
    ...{ 'x-title': { zh: '读数', en: 'Readings' }, 'x-class': 'general' },
    ...{ 'x-primary-key': ['/station', '/time'], additionalProperties: false },
    required: ['station', 'time'],
    properties: {
      station,
      time: field('string', { format: 'date-time' }),
      pm25: field(['number', 'null']),
      limit: field(['number', 'null']),
      state: field(['string', 'null'], { enum: ['on', 'gone', null] }),
      note: field(['string', 'null'], { maxLength: 200 }),
      ...more,
    },
  },
});
const urn = 'urn:datong:reading:1.0';
const text = field('string', { maxLength: 40 });
await apply(schema('1.0', text));

let made = 0;
async function dataset(intake: object): Promise<{ readonly id: string }> {
  made += 1;
  const id = `ecology.readings-${made}`;
  await apply({
    ...{ kind: 'Dataset', id, title: { zh: '读数', en: 'Readings' }, schema: urn, mode: 'upsert', intake },
    sharing: { type: 'conditional', conditions: '示例' },
  });
  return { id };
}

const row = (station: string, minute: number, more: object = {}): Row => ({
  ...{ station, time: new Date(Date.UTC(2026, 8, 1) + minute * 60_000).toISOString() },
  ...{ pm25: 30, limit: 75, state: 'on', note: null },
  ...more,
});

async function pushed(id: string, rows: readonly Row[]): Promise<components['schemas']['RowsAnswer']> {
  const { json } = await city.ecology.client.call({
    method: 'POST',
    path: `/v1/datasets/${id}/rows`,
    headers: { 'content-type': 'application/x-ndjson' },
    body: Buffer.from(rows.map((one) => JSON.stringify(one)).join('\n'), 'utf8'),
    receipt: 'required',
  });
  return json as components['schemas']['RowsAnswer'];
}

const stored = async (id: string): Promise<number> => {
  const schema = hub.hub.services.registry.current.datasets.get(id)?.schema;
  assert.ok(schema);
  const { rows } = await database.app.query<{ n: string }>(
    `SELECT count(*) AS n FROM ${datasetTable(id, schema)}`,
  );
  return Number(rows[0]?.n);
};

// a round for each link of a long chain takes a minute
test('rows that refer to refused rows of the call are refused', { timeout: 30_000 }, async () => {
  const itself = `ecology.readings-${made + 1}`;
  const one = await dataset({
    byCall: {},
    crossRules: [{ field: 'limit', is: 'atLeast', fields: ['pm25'], onBroken: 'hold' }],
    references: [{ fields: ['note'], dataset: itself, keys: ['station'], onMissing: 'reject' }],
  });
  const answer = await pushed(one.id, [
    row('root', 0, { note: 'root' }),
    row('first', 1, { note: 'root', pm25: 80 }),
    row('second', 2, { note: 'first' }),
    row('third', 3, { note: 'second' }),
    row('fourth', 4, { note: 'third', pm25: 80 }),
    row('fifth', 5, { note: 'nowhere', pm25: 80 }),
  ]);
  const missing = { field: 'note', rule: 'reference.missing' };
  const broken = { field: 'limit', rule: 'row.rule-broken' };
  assert.deepEqual(answer.quarantined, [
    { index: 1, ...broken },
    { index: 2, ...missing },
    { index: 3, ...missing },
    { index: 4, ...broken },
    { index: 5, ...broken },
  ]);
  assert.deepEqual([answer.accepted, await stored(one.id)], [1, 1]);
  const chain = Array.from({ length: 3_000 }, (_, n) => row(`link-${n}`, n, { note: `link-${n + 1}` }));
  assert.equal((await pushed(one.id, chain)).accepted, 0);
});

test('rows that refer to rows which the same call deletes are refused', async () => {
  const itself = `ecology.readings-${made + 1}`;
  const one = await dataset({
    byCall: {},
    deleteWhere: { field: 'state', is: ['gone'] },
    references: [{ fields: ['note'], dataset: itself, keys: ['station'], onMissing: 'reject' }],
  });
  await pushed(one.id, [row('ended', 0), row('stays', 1)]);
  const missing = { field: 'note', rule: 'reference.missing' };
  const answer = await pushed(one.id, [
    row('ended', 0, { state: 'gone' }),
    row('never', 2, { state: 'gone' }),
    row('first', 3, { note: 'ended' }),
    row('second', 4, { note: 'never' }),
    row('third', 5, { note: 'stays' }),
    row('fourth', 6, { note: 'third' }),
    row('fifth', 7, { note: 'second' }),
  ]);
  assert.deepEqual(answer.quarantined, [
    { index: 2, ...missing },
    { index: 3, ...missing },
    { index: 6, ...missing },
  ]);
  assert.deepEqual([answer.accepted, answer.deletions, await stored(one.id)], [4, 2, 3]);
});

test('a dataset whose key changes its type goes over only when no reference compares with it any more', async () => {
  await apply(schema('2.0', field('integer')));
  const steward = await hub.token('wang', ['steward'], 'ecology');
  const begin = async (id: string, major: number): Promise<string> => {
    const mapping = { mapping: 'ecology/all@1', target: `reading@${major}`, source: { format: 'json' } };
    const { json } = await hub.staff(steward, 'POST', `/v1/datasets/${id}/changeover`, {
      schema: `urn:datong:reading:${major}.0`,
      mappings: [{ ...mapping, fields: { station: { from: 'station' } } }],
      rowsBy: 'all',
      reason: '站点改用数字编号',
    });
    return `${String(json['code'])} ${JSON.stringify(json['facts'] ?? json)}`;
  };
  const { id: stations } = await dataset({});
  assert.match(await begin(stations, 2), /^mapping_invalid /, 'no reference is in its way');
  const refers = { fields: ['station'], dataset: stations, keys: ['station'], onMissing: 'hold' };
  const { id: referring } = await dataset({ references: [refers] });
  assert.match(await begin(stations, 2), new RegExp(`^changeover_unfit .*${referring}.*another type`));
  assert.match(await begin(referring, 2), /^changeover_unfit .*station is of another type/);
});

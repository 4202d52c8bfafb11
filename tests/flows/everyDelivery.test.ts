/** Every way in which rows leave gives every kind of value that a schema can hold: query, batch query, stream, file, changes and statistics. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { CallContext } from '../../clients/sdk/types.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';

const database = await testDatabase();
const hub = await testHub({ database, jobsByTime: false });
after(() => hub.stop());
const city = await sampleCity(hub);
const folder = mkdtempSync(join(tmpdir(), 'datong-deliveries-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const { client } = city.education;
const dataset = 'ecology.kinds';
const context: CallContext = {
  purpose: 'environment-study',
  agreement: 'agr-kinds',
  onBehalfOf: 'official-1',
};

/** Fields of each type, format and nullability; `id` is the key. */
const field = (type: unknown, more: object = {}): object => ({
  ...{ type, 'x-title': { zh: '字段', en: 'Field' }, 'x-sensitivity': 'L1', 'x-personal': 'none' },
  ...more,
});
const properties = {
  id: field('string', { maxLength: 20 }),
  group: field('string', { enum: ['g', 'h'] }),
  text: field(['string', 'null'], { maxLength: 200 }),
  whole: field(['integer', 'null']),
  number: field(['number', 'null']),
  flag: field(['boolean', 'null']),
  exact: field(['string', 'null'], { format: 'decimal' }),
  day: field(['string', 'null'], { format: 'date' }),
  moment: field(['string', 'null'], { format: 'date-time' }),
  choice: field(['string', 'null'], { enum: ['a', '乙', null] }),
};
type Row = Readonly<Record<keyof typeof properties, unknown>>;

const plain: Row = {
  ...{ id: 'plain', group: 'g', text: '中文 “quoted”, \\ and \u{1F600}', whole: 1, number: 26.9, flag: true },
  ...{
    exact: '12345678901234567890.123',
    day: '2024-02-29',
    moment: '2024-02-29T23:59:59+08:00',
    choice: '乙',
  },
};
/** One value of a class each, where a writer or a reader of numbers, texts or times might fail. */
const classes: readonly Partial<Row>[] = [
  ...[26.9, -0.1, 1e-7, 1e21, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, -1, 0].map((number) => ({ number })),
  ...[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0, -1].map((whole) => ({ whole })),
  ...['x', '𠮷', '"', '\\', '=1+1', 'null', ' a ', 'é零'].map((text) => ({ text })),
  ...['0', '-0.5', '99999999999999999999999999999999999999'].map((exact) => ({ exact })),
  { flag: false },
  { text: null, whole: null, number: null, flag: null, exact: null, day: null, moment: null, choice: null },
];
const random = fc.sample(
  fc.record({
    number: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
    whole: fc.oneof(fc.maxSafeInteger(), fc.constant(null)),
    flag: fc.oneof(fc.boolean(), fc.constant(null)),
  }),
  { numRuns: 40, seed: 11 },
);
const withoutNegativeZero = (row: Partial<Row>): Partial<Row> =>
  Object.is(row.number, -0) ? { ...row, number: 0 } : row;
const rows: readonly Row[] = [...classes, ...random].map((row, at) => ({
  ...plain,
  ...withoutNegativeZero(row),
  id: `row-${String(at).padStart(3, '0')}`,
}));
const byId = (found: readonly object[]): object[] =>
  [...found].sort((a, b) => (String((a as Row).id) < String((b as Row).id) ? -1 : 1));

before(async () => {
  const urn = 'urn:datong:kinds:1.0';
  const schema = {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
    ...{ 'x-title': { zh: '各类值', en: 'Kinds of values' }, 'x-class': 'general', 'x-primary-key': ['/id'] },
    ...{ additionalProperties: false, required: ['id', 'group'], properties },
  };
  const fields = Object.fromEntries(Object.keys(properties).map((name) => [name, { from: name }]));
  const agreement = {
    ...{ kind: 'Agreement', id: 'agr-kinds', version: 1, title: { zh: '各类值', en: 'Kinds of values' } },
    ...{ provider: 'ecology', consumer: 'education', purposes: ['environment-study'] },
    basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
    valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
    grants: [
      {
        ...{
          dataset,
          schema: 'kinds@1',
          filterBy: ['id', 'number'],
          lookupBy: ['id'],
          requires: ['on-behalf-of'],
        },
        deliveries: ['batch', 'stream', 'export', 'changes'],
        limits: { rowsPerCall: 1000, callsPerDay: 2000 },
        aggregates: [
          {
            ...{ id: 'by-group', title: { zh: '分组', en: 'By group' }, by: ['group'], minGroup: 10 },
          },
        ],
        fields: Object.fromEntries(Object.keys(properties).map((name) => [name, { mask: 'clear' }])),
      },
    ],
  };
  const documents = [
    { kind: 'Schema', document: schema },
    {
      ...{ kind: 'Dataset', id: dataset, title: { zh: '各类值', en: 'Kinds of values' }, schema: urn },
      ...{ mode: 'snapshot', sharing: { type: 'conditional', conditions: '示例' } },
    },
    {
      ...{ kind: 'Mapping', dataset },
      document: {
        ...{ mapping: 'ecology/kinds@1', target: 'kinds@1', source: { format: 'json' } },
        ...{ limits: { maxBad: 0 }, fields },
      },
    },
    agreement,
  ];
  const file = join(folder, 'kinds.yaml');
  // a JSON text is YAML
  writeFileSync(file, documents.map((one) => JSON.stringify(one)).join('\n---\n'));
  await city.apply(file, [city.education, city.ecology]);
  const lines = rows.map((row) => JSON.stringify(row)).join('\n');
  const { json } = await city.ecology.client.sendFile(dataset, Buffer.from(lines), { mapping: 'kinds' });
  assert.equal(json.state, 'published', JSON.stringify(json));
});

describe('rows leave as they were sent', () => {
  test('by a query, page by page, and by a filter with a fraction', async () => {
    const found: object[] = [];
    for await (const page of client.queryPages(dataset, { limit: 7 }, context))
      found.push(...page.json.records);
    assert.deepEqual(byId(found), rows);
    const filter = [{ field: 'number', op: 'eq' as const, value: 26.9 }];
    const filtered: object[] = [];
    for await (const page of client.queryPages(dataset, { filter, limit: 3 }, context))
      filtered.push(...page.json.records);
    assert.deepEqual(
      byId(filtered),
      rows.filter(({ number }) => number === 26.9),
    );
  });

  test('by a batch query', async () => {
    const values = rows.slice(0, 20).map(({ id }) => String(id));
    const { json } = await client.batchQuery(dataset, { by: 'id', values }, context);
    const records = json.outcomes.flatMap((one) => ('records' in one ? one.records : []));
    assert.deepEqual(byId(records), rows.slice(0, 20));
  });

  test('as a stream', async () => {
    const records: object[] = [];
    for await (const part of await client.stream(dataset, {}, context)) records.push(...part.records);
    assert.deepEqual(byId(records), rows);
  });

  test('as a file', async () => {
    const requested = (await client.exports.ask(dataset, { format: 'ndjson' }, context)).json;
    await hub.hub.runner.run('makeExports');
    const ready = (await client.exports.state(dataset, requested.id)).json;
    const pieces: Uint8Array[] = [];
    const reading = { from: 0, hash: createHash('sha256') };
    for await (const piece of client.exports.bytes(ready, context, reading)) pieces.push(piece);
    const lines = Buffer.concat(pieces).toString('utf8').trim().split('\n');
    assert.deepEqual(byId(lines.map((line) => JSON.parse(line) as object)), rows);
  });

  test('as changes, and nothing is sent twice', async () => {
    const first = (await client.changes.next(dataset, {}, context)).json;
    const records = first.changes.flatMap(({ record }) => (record === undefined ? [] : [record]));
    assert.deepEqual(byId(records), rows);
    const next = await client.changes.next(dataset, { acknowledge: first.watermark }, context);
    assert.deepEqual(next.json.changes, []);
  });

  test('as statistics, counted', async () => {
    const { json } = await client.aggregate(dataset, 'by-group', context);
    assert.match(JSON.stringify(json), new RegExp(`\\b${rows.length}\\b`));
  });
});

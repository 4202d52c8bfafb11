/**
 * Every way in which rows leave gives every kind of value that a schema can hold: query, batch query, stream, file, changes, statistics,
 * facts, live data and the synthetic twin.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { CallContext } from '../../clients/sdk/types.ts';
import { shippedSurroundings } from '../../machine/surroundings.ts';
import { compileSchema } from '../../schemas/compile.ts';
import { pointForm } from '../../schemas/places/point.ts';
import { defined } from '../../terms/defined.ts';
import { exportedText } from './exportedText.ts';
import { rowsOf, serve } from './liveProvider.ts';
import { cityHub } from '../cityHub.ts';
import { leavesWhere } from '../leafTexts.ts';
import { replayEntry } from '../../policies/questions/replayEntry.ts';

const { hub, city } = await cityHub({ jobsByTime: false });
const { client } = city.education;
const dataset = 'ecology.kinds';
const liveDataset = 'ecology.kinds-live';
const context: CallContext = {
  purpose: 'environment-study',
  agreement: 'agr-kinds',
  onBehalfOf: 'official-1',
};

/** Fields of each type, format and nullability; `id` is the key and the subject. */
const field = (type: unknown, more: object = {}): object => ({
  type,
  'x-title': { zh: '字段', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const properties = {
  id: field('string', { maxLength: 20, 'x-subject-key': 'place' }),
  group: field('string', { enum: ['g', 'h'] }),
  text: field(['string', 'null'], { maxLength: 200 }),
  whole: field(['integer', 'null']),
  number: field(['number', 'null']),
  flag: field(['boolean', 'null']),
  exact: field(['string', 'null'], { format: 'decimal' }),
  day: field(['string', 'null'], { format: 'date' }),
  moment: field(['string', 'null'], { format: 'date-time' }),
  choice: field(['string', 'null'], { enum: ['a', '乙', null] }),
  place: field(['object', 'null'], { ...pointForm, type: ['object', 'null'], 'x-geo': 'point' }),
};
const at = (longitude: number, latitude: number): object => ({
  type: 'Point',
  coordinates: [longitude, latitude],
});
type Row = Readonly<Record<keyof typeof properties, unknown>>;

const plain: Row = {
  id: 'plain',
  group: 'g',
  text: '中文 “quoted”, \\ and \u{1F600}',
  whole: 1,
  number: 26.9,
  flag: true,
  exact: '12345678901234567890.123',
  day: '2024-02-29',
  moment: '2024-02-29T23:59:59+08:00',
  choice: '乙',
  place: at(120.15507, 30.274085),
};
const largest = '9'.repeat(38);
/** One value of a class each, where a writer or a reader of numbers, texts or times might fail. */
const classes: readonly Partial<Row>[] = [
  ...[26.9, -0.1, 1e-7, 1e21, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, -1, 0].map((number) => ({ number })),
  ...[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0, -1].map((whole) => ({ whole })),
  ...['x', '𠮷', '"', '\\', '=1+1', 'null', ' a ', 'é零'].map((text) => ({ text })),
  ...['0', '-0.5', largest].map((exact) => ({ exact })),
  ...[at(-180, -90), at(180, 90), at(0, 0), at(0.1 + 0.2, 1e-7)].map((place) => ({ place })),
  { flag: false },
  {
    text: null,
    whole: null,
    number: null,
    flag: null,
    exact: null,
    day: null,
    moment: null,
    choice: null,
    place: null,
  },
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

/** Questions about one subject: what is asked with, and whether a row meets it. */
interface Fact {
  readonly id: string;
  readonly all: readonly object[];
  /** @returns what the caller sends with the question */
  readonly asks: (row: Row) => { readonly value?: string | number | boolean; readonly on?: string };
  readonly expected: (row: Row) => 'yes' | 'no' | 'unknown';
}
/** A signed document takes whole numbers only. */
const listed = [-1, 0];
const equalsAsked = (name: 'text' | 'whole' | 'flag' | 'choice'): Fact => ({
  id: `${name}-is`,
  all: [{ field: name, equals: 'asked' }],
  asks: (row) => ({ value: (row[name] ?? plain[name]) as string | number | boolean }),
  expected: (row) => (row[name] === null ? 'unknown' : 'yes'),
});
const facts: readonly Fact[] = [
  ...(['text', 'whole', 'flag', 'choice'] as const).map(equalsAsked),
  {
    id: 'number-in',
    all: [{ field: 'number', in: listed }],
    asks: () => ({}),
    expected: ({ number }) =>
      number === null ? 'unknown' : listed.includes(number as number) ? 'yes' : 'no',
  },
  {
    id: 'exact-in',
    all: [{ field: 'exact', in: ['-0.5', largest] }],
    asks: () => ({}),
    expected: ({ exact }) =>
      exact === null ? 'unknown' : exact === '-0.5' || exact === largest ? 'yes' : 'no',
  },
  {
    id: 'day-after',
    all: [{ field: 'day', notBefore: 'asked' }],
    asks: () => ({ on: '2024-02-29' }),
    expected: ({ day }) => (day === null ? 'unknown' : 'yes'),
  },
];

before(async () => {
  const urn = 'urn:datong:kinds:1.0';
  const schema = {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
    'x-title': { zh: '各类值', en: 'Kinds of values' },
    'x-class': 'general',
    'x-primary-key': ['/id'],
    additionalProperties: false,
    required: ['id', 'group'],
    properties,
  };
  const fields = Object.fromEntries(Object.keys(properties).map((name) => [name, { from: name }]));
  const clear = Object.fromEntries(Object.keys(properties).map((name) => [name, { mask: 'clear' }]));
  const agreement = {
    kind: 'Agreement',
    id: 'agr-kinds',
    version: 1,
    title: { zh: '各类值', en: 'Kinds of values' },
    provider: 'ecology',
    consumer: 'education',
    purposes: ['environment-study'],
    basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
    valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
    grants: [
      {
        dataset,
        schema: 'kinds@1',
        filterBy: ['id', 'number'],
        lookupBy: ['id'],
        requires: ['on-behalf-of'],
        deliveries: ['batch', 'stream', 'export', 'changes'],
        limits: { rowsPerCall: 1000, callsPerDay: 2000 },
        aggregates: [
          {
            id: 'by-group',
            title: { zh: '分组', en: 'By group' },
            by: ['group'],
            minGroup: 10,
          },
        ],
        facts: facts.map(({ id, all }) => ({
          id,
          all,
          title: { zh: '核验', en: 'fact' },
          limits: { callsPerDay: 20_000, perSubjectPerDay: 100 },
        })),
        fields: clear,
      },
      {
        dataset: liveDataset,
        schema: 'kinds@1',
        lookupBy: ['id'],
        filterBy: ['number'],
        requires: ['on-behalf-of'],
        limits: { rowsPerCall: 1000, callsPerDay: 2000 },
        fields: clear,
      },
    ],
  };
  const documents = [
    { kind: 'Schema', document: schema },
    {
      kind: 'Dataset',
      id: dataset,
      title: { zh: '各类值', en: 'Kinds of values' },
      schema: urn,
      mode: 'snapshot',
      sharing: { type: 'conditional', conditions: '示例' },
    },
    {
      kind: 'Dataset',
      id: liveDataset,
      title: { zh: '实时', en: 'Live' },
      schema: urn,
      mode: 'live',
      sharing: { type: 'conditional', conditions: '示例' },
    },
    {
      kind: 'Mapping',
      dataset,
      document: {
        mapping: 'ecology/kinds@1',
        target: 'kinds@1',
        source: { format: 'json' },
        limits: { maxBad: 0 },
        fields,
      },
    },
    agreement,
  ];
  await city.apply(documents, [city.education, city.ecology]);
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
    const lines = (await exportedText(hub, client, dataset, 'ndjson', context)).trim().split('\n');
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

  test('as live data of a provider, and by a filter with a fraction', async () => {
    const connection = await serve(hub.hub, city.ecology, (asked) => rowsOf(rows, asked), {}, [liveDataset]);
    try {
      const found: object[] = [];
      for await (const page of client.queryPages(liveDataset, { limit: 9 }, context))
        found.push(...page.json.records);
      assert.deepEqual(byId(found), rows);
      const filter = [{ field: 'number', op: 'eq' as const, value: 26.9 }];
      const { json } = await client.query(liveDataset, { filter, limit: 1000 }, context);
      assert.deepEqual(
        byId(json.records),
        rows.filter(({ number }) => number === 26.9),
      );
    } finally {
      connection.close();
      await connection.closed;
    }
  });
});

test('facts compare values of every type: equal, in a list, and long decimals, by day', async () => {
  const wrong: string[] = [];
  // the random rows repeat three of the types
  for (const row of rows.slice(0, classes.length))
    for (const { id, asks, expected } of facts) {
      const question = { subject: String(row.id), ...asks(row) };
      const { json } = await client.checkFact(dataset, id, question, context);
      if (json.answer !== expected(row)) wrong.push(`${id} of ${JSON.stringify(row)}: ${json.answer}`);
    }
  assert.deepEqual(wrong, []);
  const other = await client.checkFact(dataset, 'whole-is', { subject: 'row-000', value: 7 }, context);
  assert.equal(other.json.answer, 'no');
});

test('the synthetic twin has values of every type, each valid by its schema, fractions and empty fields among them', async () => {
  const { onBehalfOf } = context;
  const { json } = await client.sandbox.query(dataset, { limit: 200 }, defined({ onBehalfOf }));
  assert.ok(json.records.length > 100, `${json.records.length} rows`);
  const { schema } = hub.hub.services.registry.current.datasets.get(dataset) ?? assert.fail();
  const { explain } = compileSchema(schema, shippedSurroundings);
  for (const record of json.records) assert.deepEqual(explain(record), [], JSON.stringify(record));
  for (const name of Object.keys(properties)) {
    const values = json.records.map((record) => record[name]);
    assert.ok(
      values.some((value) => value !== null && value !== undefined),
      `${name} is always empty`,
    );
  }
  assert.ok(json.records.some(({ number }) => typeof number === 'number' && !Number.isInteger(number)));
});

test('the entry of each delivery follows from the documents again', async () => {
  const { plans } = hub.hub.services.registry.current;
  const outcomes: Record<string, readonly string[]> = {};
  for (const leaf of await leavesWhere(hub.hub.database)) {
    const { operation } = leaf;
    const replayed = leaf.policy === plans.digest ? replayEntry(leaf, plans) : undefined;
    if (replayed === undefined) continue;
    assert.notEqual(replayed.outcome, 'differs', `${JSON.stringify(replayed)} ${JSON.stringify(leaf)}`);
    outcomes[operation] = [...new Set([...(outcomes[operation] ?? []), replayed.outcome])];
  }
  assert.deepEqual(outcomes, {
    queryDataset: ['same'],
    batchQuery: ['same'],
    streamRecords: ['same'],
    requestExport: ['same'],
    makeExports: ['same'],
    downloadExport: ['same'],
    listChanges: ['same'],
    aggregateDataset: ['same'],
    // no entry holds the subject of a fact
    checkFact: ['possible'],
  });
});

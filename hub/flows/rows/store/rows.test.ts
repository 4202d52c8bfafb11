import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { parseDatasetSchema } from '../../../../schemas/parse.ts';
import { testDatabase } from '../../../../tests/database.ts';
import { readTuples } from '../../../../tests/readTuples.ts';
import { decimalOf, parseDecimal } from '../../../../terms/decimal.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { CopyTuples } from '../../../domain/rowTable/copyTuples.ts';
import { fetchRows, valueFits, type RowQuery } from './fetch.ts';
import { batchTable, datasetTable, layoutOf } from '../../../domain/rowTable/layout.ts';
import { dropBatch, loadBatch, maxExamples } from './load.ts';
import { ensureDatasetTable, mergeBatch } from './merge.ts';
import { lookups } from './lookups.ts';
import { countGroups } from './countGroups.ts';
import { literalName } from '../../../domain/rowTable/names.ts';
import { namesOf, statementNames } from './tables.ts';
import { isStorable, keyFits } from '../../../domain/rowTable/storable.ts';

const database = await testDatabase();
const named = (zh: string, en: string) => ({ 'x-title': { zh, en }, 'x-sensitivity': 'L1' });
const schema: DatasetSchema = parseDatasetSchema({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong:reading:1.0',
  'x-title': { zh: '读数', en: 'Reading' },
  type: 'object',
  additionalProperties: false,
  required: ['id', 'amount'],
  'x-primary-key': ['/id'],
  'x-sensitivity': 'L1',
  properties: {
    id: { type: 'string', maxLength: 20, ...named('编号', 'id') },
    amount: { type: 'string', format: 'decimal', maxLength: 30, ...named('金额', 'amount') },
    count: {
      type: ['integer', 'null'],
      minimum: -9007199254740991,
      maximum: 9007199254740991,
      ...named('数', 'count'),
    },
    level: { type: ['number', 'null'], ...named('值', 'level') },
    valid: { type: 'boolean', ...named('有效', 'valid') },
    note: { type: ['string', 'null'], maxLength: 200, ...named('说明', 'note') },
  },
});
const layout = layoutOf(schema);

type Row = Readonly<Record<string, unknown>>;

function taken(tuples: CopyTuples): Uint8Array {
  const bytes = new Uint8Array(tuples.size);
  tuples.takeInto(bytes);
  return bytes;
}

const names = layout.columns.map(({ field }) => field);
const valuesOf = (row: Row): unknown[] => names.map((name) => row[name]);

async function load(rows: readonly Row[]): Promise<{ batch: string; repeated: readonly number[] }> {
  const batch = uuid7(Date.now());
  const tuples = new CopyTuples(layout, names);
  async function* lines(): AsyncGenerator<Uint8Array> {
    for (const [i, row] of rows.entries()) {
      await Promise.resolve();
      tuples.add(valuesOf(row), i + 1, i % 2 === 0 ? 'ab'.repeat(32) : undefined);
      yield taken(tuples);
    }
  }
  const { examples } = await loadBatch(database, layout, batch, lines(), undefined);
  return { batch, repeated: examples.map(({ row }) => row) };
}

const query = (batch: string, more: Partial<RowQuery> = {}): RowQuery => ({
  table: batchTable(batch),
  layout,
  columns: layout.columns,
  conditions: [],
  sort: [],
  after: undefined,
  limit: 100,
  dataset: undefined,
  ...more,
});

const columnOf = (field: string) => {
  const column = layout.byField.get(field);
  assert.ok(column);
  return column;
};

const awkward: readonly Row[] = [
  {
    id: 'a\tb',
    amount: '12.50',
    count: 9007199254740991,
    level: 0.1,
    valid: true,
    note: 'line\nbreak\\N \r 欧阳娜·艾则孜 𠮷',
  },
  { id: '', amount: '-0.00', count: null, level: null, valid: false, note: null },
  {
    id: '\\N',
    amount: '000123456789012345678901234567.000',
    count: -3,
    level: 5e-324,
    valid: true,
    note: '',
  },
];

test('every value comes back as it was stored, whatever characters it holds', async () => {
  const { batch } = await load(awkward);
  const { rows } = await fetchRows(database.app, query(batch));
  assert.deepEqual(
    rows.map(({ record }) => record),
    awkward,
  );
  assert.equal(Buffer.from(rows[0]?.subject ?? []).toString('hex'), 'ab'.repeat(32));
  assert.equal(rows[1]?.subject, undefined);
});

test('a page by column has the rows that single ones have: values, absent fields, persons and positions', async () => {
  const more = Array.from({ length: 300 }, (_, i): Row => {
    const text = String.fromCodePoint(0x20 + i * 37, 0x22, 0x5c, 0x7f + i, 0x1f600 + (i % 50));
    const level = [0.1 * i, -0, 1e21 + i, 5e-324, 1.7976931348623157e308][i % 5];
    return { id: `r${i}`, amount: `${i}.${i}0`, count: i % 4 === 0 ? null : -i, level, note: text };
  });
  const { batch } = await load([...awkward, ...more]);
  const sorts = [[], [{ column: columnOf('count'), descending: true }]];
  for (const sort of sorts) {
    const few = await fetchRows(database.app, query(batch, { sort, limit: 199 }));
    const after = few.rows.at(-1)?.position;
    const rest = await fetchRows(database.app, query(batch, { sort, after, limit: 199 }));
    const plain = (rows: typeof few.rows) =>
      rows.map(({ record, subject, position }) => ({
        record: Object.entries(record),
        subject: subject && Buffer.from(subject).toString('hex'),
        position,
      }));
    const many = await fetchRows(database.app, query(batch, { sort, limit: 1_000 }));
    assert.ok(many.page);
    assert.equal(many.rows.length, awkward.length + more.length);
    assert.deepEqual(plain(many.rows), plain([...few.rows, ...rest.rows]));
    // half of the rows have no subject
    assert.equal(many.page.subjects.length, 32 * Math.ceil(many.rows.length / 2));
    assert.deepEqual(
      many.page.persons(),
      many.rows.map(({ subject }) => subject),
    );
    const first = many.page.first(10);
    assert.deepEqual(plain(first.rows), plain(few.rows.slice(0, 10)));
  }
  const condition = { field: 'id', op: 'eq', value: 'nobody' } as const;
  const none = await fetchRows(database.app, query(batch, { conditions: [condition], limit: 1_000 }));
  assert.deepEqual([none.rows, none.current, none.page?.subjects.length], [[], undefined, 0]);
  // of a dataset whose pointer is asked for and is not there
  const gone = await fetchRows(database.app, query(batch, { dataset: 'test.nothing', limit: 1_000 }));
  assert.deepEqual([gone.rows, gone.current], [[], null]);
});

test('what PostgreSQL could not hold unchanged is not written', () => {
  const tuples = new CopyTuples(layout, names);
  for (const id of ['a\0b', '\ud800', '\udc00x', 'x\ud800', '\ud800\ud800']) {
    assert.equal(tuples.add(valuesOf({ id, amount: '1' }), 1, undefined), false, JSON.stringify(id));
    assert.equal(isStorable(id), false);
  }
  assert.equal(taken(tuples).length, 0);
  assert.equal(isStorable('𠮷'), true);
});

test('the number of a record is written as it is, however long', () => {
  const numbers = [
    0,
    1,
    9,
    10,
    99,
    100,
    101,
    65_536,
    2 ** 31 - 1,
    2 ** 31,
    10 ** 15 - 1,
    10 ** 15,
    2 ** 53 - 1,
  ];
  const tuples = new CopyTuples(layout, names);
  for (const number of numbers) tuples.add(valuesOf({ id: 'a', amount: '1' }), number, 'ab'.repeat(32));
  assert.deepEqual(
    readTuples(taken(tuples)).map((fields) => [fields[6]?.readBigInt64BE(), fields[7]?.toString('hex')]),
    numbers.map((number) => [BigInt(number), 'ab'.repeat(32)]),
  );
});

test('a repeated key retains its first row and names the others', async () => {
  const { batch, repeated } = await load([
    { id: 'x', amount: '1' },
    { id: 'y', amount: '2' },
    { id: 'x', amount: '3' },
    { id: 'x', amount: '4' },
  ]);
  assert.deepEqual(repeated, [3, 4]);
  const { rows } = await fetchRows(database.app, query(batch));
  assert.deepEqual(
    rows.map(({ record }) => [record['id'], record['amount']]),
    [
      ['x', '1'],
      ['y', '2'],
    ],
  );
});

test('conditions compare by the type of the field, decimals as numbers', async () => {
  const { batch } = await load([
    { id: 'a', amount: '9.5', count: 1, level: 1.5 },
    { id: 'b', amount: '10.00', count: 2, level: 2.5 },
    { id: 'c', amount: '100', count: null, level: null },
  ]);
  const ids = async (conditions: RowQuery['conditions']): Promise<unknown[]> =>
    (await fetchRows(database.app, query(batch, { conditions }))).rows.map(({ record }) => record['id']);
  assert.deepEqual(await ids([{ field: 'amount', op: 'range', value: { gt: '9.5', lte: '100.0' } }]), [
    'b',
    'c',
  ]);
  assert.deepEqual(await ids([{ field: 'amount', op: 'eq', value: '10' }]), ['b']);
  assert.deepEqual(await ids([{ field: 'amount', op: 'in', value: ['9.50', '100'] }]), ['a', 'c']);
  assert.deepEqual(await ids([{ field: 'count', op: 'range', value: { gte: 2 } }]), ['b']);
  assert.deepEqual(await ids([{ field: 'level', op: 'in', value: [1.5, 2.5] }]), ['a', 'b']);
  assert.deepEqual(await ids([{ field: 'id', op: 'eq', value: "b' OR '1'='1" }]), []);
});

test('a value that does not fit its column is known before it reaches the database', () => {
  assert.equal(valueFits(columnOf('count'), '1'), false);
  assert.equal(valueFits(columnOf('count'), 1.5), false);
  assert.equal(valueFits(columnOf('amount'), '1e3'), false);
  assert.equal(valueFits(columnOf('amount'), '-12.50'), true);
  assert.equal(valueFits(columnOf('id'), 'a\0'), false);
  assert.equal(valueFits(columnOf('id'), 5), false);
});

test('pages in every order visit each row once, nulls last', async () => {
  const rows = Array.from({ length: 53 }, (_, i) => ({
    id: `r${i}`,
    amount: String(i % 7),
    count: i % 5 === 0 ? null : i % 3,
    level: null,
    valid: true,
    note: null,
  }));
  const { batch } = await load(rows);
  for (const sort of [
    [],
    [{ column: columnOf('count'), descending: false }],
    [
      { column: columnOf('count'), descending: true },
      { column: columnOf('amount'), descending: false },
    ],
  ]) {
    const whole = (await fetchRows(database.app, query(batch, { sort }))).rows;
    const seen: unknown[] = [];
    let after: RowQuery['after'];
    do {
      const page = (await fetchRows(database.app, query(batch, { sort, after, limit: 10 }))).rows;
      seen.push(...page.map(({ record }) => record['id']));
      after = page.length === 10 ? page.at(-1)?.position : undefined;
    } while (after !== undefined);
    assert.deepEqual(
      seen,
      whole.map(({ record }) => record['id']),
    );
    assert.equal(new Set(seen).size, rows.length);
  }
});

test('a table that has every column is not locked against its readers; one that lacks some gets them, and the right to delete', async () => {
  const dataset = 'test.locked';
  await ensureDatasetTable(database, dataset, schema);
  const table = datasetTable(dataset, schema);
  const reader = await database.app.connect();
  try {
    await reader.query('BEGIN');
    await reader.query(`LOCK TABLE ${table} IN ACCESS SHARE MODE`);
    const look = { ended: false };
    const again = ensureDatasetTable(database, dataset, schema).then(() => (look.ended = true));
    const waits = async (): Promise<boolean> =>
      (
        await database.owner.query(
          'SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())',
          [table],
        )
      ).rowCount !== 0;
    let waited = false;
    while (!look.ended && !waited) waited = await waits();
    await reader.query('ROLLBACK');
    await again;
    assert.equal(waited, false);
  } finally {
    reader.release();
  }
  const [first] = layoutOf(schema).columns;
  await database.owner.query(
    `ALTER TABLE ${table} DROP COLUMN f_amount; REVOKE DELETE ON ${table} FROM datong_app`,
  );
  assert.ok(first);
  await ensureDatasetTable(database, dataset, schema);
  await database.app.query(`DELETE FROM ${table} WHERE f_amount IS NULL AND ${first.name} IS NULL`);
});

test('merging updates by key, writes nothing for unchanged rows, and retains row numbers', async () => {
  const dataset = 'test.reading';
  await ensureDatasetTable(database, dataset, schema);
  await ensureDatasetTable(database, dataset, schema);
  const table = datasetTable(dataset, schema);
  const merge = async (rows: readonly Row[]): Promise<string> => {
    const { batch } = await load(rows);
    await withTransaction(database.app, (transaction) => mergeBatch(transaction, dataset, schema, batch));
    await dropBatch(database.owner, batch);
    return batch;
  };
  const state = async (): Promise<Map<unknown, { amount: unknown; row: number; version: string }>> => {
    const { rows } = await fetchRows(database.app, query('', { table }));
    const versions = await database.owner.query<{ id: string; xmin: string }>(
      `SELECT f_id AS id, xmin::text AS xmin FROM ${table}`,
    );
    const xmin = new Map(versions.rows.map((row) => [row.id, row.xmin]));
    return new Map(
      rows.map(({ record, position }) => [
        record['id'],
        { amount: record['amount'], row: position.row, version: xmin.get(String(record['id'])) ?? '' },
      ]),
    );
  };
  await merge([
    { id: 'a', amount: '1' },
    { id: 'b', amount: '2' },
  ]);
  const before = await state();
  await merge([
    { id: 'b', amount: '3' },
    { id: 'a', amount: '1' },
    { id: 'c', amount: '4' },
  ]);
  const after = await state();
  assert.deepEqual(
    [...after].map(([id, { amount }]) => [id, amount]),
    [
      ['a', '1'],
      ['b', '3'],
      ['c', '4'],
    ],
  );
  assert.deepEqual(after.get('a'), before.get('a'));
  assert.equal(after.get('b')?.row, before.get('b')?.row);
});

test('a failed load leaves no table', async () => {
  const batch = uuid7(Date.now());
  async function* broken(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from([0, 1, 0, 0, 0, 0]);
  }
  await assert.rejects(
    loadBatch(database, layout, batch, broken(), undefined),
    /row field count is 1, expected 8/,
  );
  const { rows } = await database.owner.query<{ there: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS there',
    [batchTable(batch)],
  );
  assert.equal(rows[0]?.there, false);
});

test('a key that an index could not hold is known before it spoils the load', async () => {
  const ideographs = (count: number): string =>
    Array.from({ length: count }, () => String.fromCodePoint(randomInt(0x4e00, 0x9fa5))).join('');
  const fitsValues = keyFits(layout, names);
  const fits = (row: Row): boolean => fitsValues(valuesOf(row));
  const longest = { id: ideographs(800), amount: '1' };
  assert.deepEqual(
    [fits(longest), fits({ id: ideographs(801) }), fits({ id: 'x'.repeat(2400) })],
    [true, false, true],
  );
  const { batch } = await load([longest]);
  assert.equal((await fetchRows(database.app, query(batch))).rows[0]?.record['id'], longest.id);
});

test('a file of nothing but one key is counted whole and named in part', async () => {
  const { batch } = await load([{ id: 'first', amount: '1' }]);
  const tuples = new CopyTuples(layout, names);
  for (let i = 1; i <= maxExamples + 51; i += 1) tuples.add(valuesOf({ id: 'x', amount: '1' }), i, undefined);
  async function* lines(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield taken(tuples);
  }
  const { copied, repeated, examples } = await loadBatch(database, layout, batch, lines(), undefined);
  assert.deepEqual([copied, repeated, examples.length], [maxExamples + 51, maxExamples + 50, maxExamples]);
  assert.deepEqual([examples[0]?.row, examples.at(-1)?.row], [2, maxExamples + 1]);
  assert.equal((await fetchRows(database.app, query(batch))).rows.length, 1);
});

test('statements retain their names while they are used; names of forgotten tables are given up, never given to another text', () => {
  const nameOf = statementNames();
  const first = Array.from({ length: 200 }, (_, i) => nameOf(`SELECT ${i}`, 0));
  assert.equal(new Set(first).size, 200);
  assert.equal(nameOf('SELECT another', 599_999), undefined);
  assert.equal(nameOf('SELECT 0', 599_999), first[0]);
  const next = nameOf('SELECT another', 600_000);
  assert.ok(next !== undefined && !first.includes(next));
  assert.equal(nameOf('SELECT 0', 600_000), first[0]);
  const again = nameOf('SELECT 1', 600_000);
  assert.equal(again, first[1]);
  assert.notEqual(again, next);
  assert.notEqual(namesOf(database.app), namesOf(database.owner));
  assert.equal(namesOf(database.app), namesOf(database.app));
});

test('only names that the hub makes become SQL', () => {
  assert.throws(() => literalName('rows', 'b"; DROP TABLE batch; --'), TypeError);
  assert.throws(() => batchTable("x'y"), TypeError);
});

test('concurrent lookups by key travel together and come back apart', async () => {
  const { batch } = await load(
    Array.from({ length: 300 }, (_, i) => ({ id: `k${i}`, amount: String(i), count: i % 2 })),
  );
  const statements: string[] = [];
  const counted = new Proxy(database.app, {
    get: (pool, name) =>
      name === 'query'
        ? (config: { text: string }) => {
            statements.push(config.text);
            return pool.query(config);
          }
        : (Reflect.get(pool, name) as unknown),
  });
  const { columns } = layout;
  const wanted = { ...query(batch), columns: columns.slice(1, 3), key: columnOf('id') };
  const even = [{ field: 'count', op: 'in' as const, value: [0] }];
  const requested = lookups(counted);
  const answers = await Promise.all([
    ...Array.from({ length: 250 }, (_, i) => requested.fetch(wanted, `k${i}`)),
    requested.fetch(wanted, 'nobody'),
    requested.fetch(wanted, 'k7'),
    requested.fetch({ ...wanted, conditions: even }, 'k7'),
    requested.fetch({ ...wanted, conditions: even }, 'k8'),
  ]);
  const amounts = answers.map(({ rows }) => rows[0]?.record['amount']);
  assert.deepEqual(
    amounts.slice(0, 250),
    Array.from({ length: 250 }, (_, i) => String(i)),
  );
  assert.deepEqual(amounts.slice(250), [undefined, '7', undefined, '8']);
  assert.equal(statements.length, 3, 'what came in one turn leaves together, 200 values at most');
  await assert.rejects(requested.fetch({ ...wanted, table: literalName('rows', 'nowhere') }, 'k1'), {
    code: '42P01',
  });
});

test('a look-up has the layout of its query, also where a former version of the schema asked by the same columns', async () => {
  const { batch } = await load([{ id: 'k', amount: '1', note: null }]);
  const column = columnOf('note');
  const strict = { ...column, nullable: false };
  const former = {
    ...layout,
    columns: layout.columns.map((one) => (one === column ? strict : one)),
    byField: new Map([...layout.byField, ['note', strict]]),
  };
  const requested = lookups(database.app);
  const fetched = async (of: typeof layout): Promise<unknown> => {
    const columns = of.columns.filter(({ field }) => field === 'note');
    const one = await requested.fetch({ ...query(batch), layout: of, columns, key: columnOf('id') }, 'k');
    return one.rows[0]?.record;
  };
  assert.deepEqual(await fetched(former), { id: 'k' });
  assert.deepEqual(await fetched(layout), { id: 'k', note: null });
});

test('sums of numbers have all their digits', async () => {
  const levels = [1234567.8901234567, 0.1, 0.2, 9007199254740993 / 1024, 1e22, -1e22];
  const { batch } = await load(levels.map((level, i) => ({ id: `k${i}`, amount: '1', level, valid: true })));
  const counted = {
    ...{ table: batchTable(batch), layout, dimensions: [columnOf('valid')], conditions: [], limit: 10 },
    sums: [columnOf('level'), columnOf('amount')],
  };
  const [group] = (await countGroups(database.app, counted)).filter(({ key }) => key['valid'] === true);
  const [units, scale] = levels
    .map(decimalOf)
    .reduce<[bigint, number]>(
      ([sum, places], one) => [sum + one.units * 10n ** BigInt(places - one.scale), places],
      [0n, 20],
    );
  const { sum = '' } = group?.sums['level'] ?? {};
  const found = parseDecimal(sum) ?? assert.fail(sum);
  assert.equal(found.units * 10n ** BigInt(scale - found.scale), units, sum);
  assert.equal(group?.sums['amount']?.sum, '6');
});

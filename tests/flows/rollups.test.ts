/** Datasets that are computed from readings: values equal a computation from all readings, whatever came late, twice or was cut off. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { bucketEnd, bucketOf, type Rollup } from '../../hub/domain/rollup.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { timePattern, timeText } from '../../hub/domain/timeField.ts';
import { computeRollups } from '../../hub/flows/intake/jobs/computeRollups.ts';
import { intakeServices } from '../../hub/flows/intake/services.ts';
import { periodsThere } from '../../hub/flows/rows/store/periods.ts';
import { performAct } from '../../hub/platform/jobs/act.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import type { JobResult } from '../../hub/platform/jobs/job.ts';
import { testDatabase } from '../database.ts';
import { Problem } from '../../terms/problem.ts';
import { sampleCity, testHub } from '../hub.ts';
import { commit, reported, uploaded } from './intakeCalls.ts';
import { newestLeaves } from './leaves.ts';

const database = await testDatabase({ connections: 20 });
const hub = await testHub({ database, jobsByTime: false });
after(() => hub.stop());
const city = await sampleCity(hub);
const folder = mkdtempSync(join(tmpdir(), 'datong-rollups-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const { client: sender } = city.ecology;
const { client: reader } = city.education;
const agreed = { purpose: 'environment-study', onBehalfOf: 'official-1' } as const;

type Row = Readonly<Record<string, unknown>>;
const field = (type: unknown, more: object = {}): object => ({
  ...{ type, 'x-title': { zh: '数据项', en: 'Field' }, 'x-sensitivity': 'L1', 'x-personal': 'none' },
  ...more,
});
const station = field('string', { maxLength: 40 });
const time = field('string', { format: 'date-time', pattern: timePattern });
const schema = (name: string, properties: object, more: object = {}): object => ({
  kind: 'Schema',
  document: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...{ $id: `urn:datong:${name}:1.0`, type: 'object', additionalProperties: false },
    ...{ 'x-title': { zh: '读数', en: 'Readings' }, 'x-class': 'general' },
    ...{ 'x-primary-key': ['/station', '/time'], required: ['station', 'time'] },
    ...more,
    properties: { station, time, ...properties },
  },
});
const computed = {
  ...{ level_avg: field(['number', 'null']), level_max: field('number'), level_count: field('integer') },
  flow_sum: field(['number', 'null']),
};
const fields = { level: ['avg', 'max', 'count'], flow: ['sum'] } as const;

const apply = (documents: readonly object[]): Promise<unknown> => {
  const file = join(folder, `${randomUUID()}.yaml`);
  writeFileSync(file, documents.map((one) => JSON.stringify(one)).join('\n---\n'));
  return city.apply(file, [city.education, city.ecology]);
};
before(() =>
  apply([
    schema('levels', {
      ...{ level: field(['number', 'null']), flow: field(['integer', 'null']) },
      ...{
        secret: field(['number', 'null'], { 'x-sensitivity': 'L3' }),
        note: field('string', { maxLength: 9 }),
      },
    }),
    schema('levels-hourly', computed),
    schema('levels-limited', { level_max: field(['number', 'null'], { maximum: 100 }) }),
    schema('levels-secret', { secret_avg: field(['number', 'null']) }),
    schema('levels-strange', { ...computed, other: field('number') }),
    schema('levels-required', { level_max: field('number') }, { required: ['station', 'time', 'level_max'] }),
    schema(
      'visits',
      {
        person: field('string', { maxLength: 18, 'x-personal': 'personal', 'x-subject-key': 'person' }),
        level: field('number'),
      },
      { required: ['station', 'time', 'person'] },
    ),
    schema('visits-hourly', { level_avg: field(['number', 'null']) }),
  ]),
);

async function register(id: string, name: string, intake: object): Promise<void> {
  const { status, json } = await hub.staff(city.operator, 'POST', '/v1/datasets', {
    ...{ id, title: { zh: '水位', en: 'Levels' }, schema: `urn:datong:${name}:1.0`, mode: 'upsert' },
    ...{ sharing: { type: 'conditional', conditions: '示例' }, intake },
  });
  if (status !== 201) throw new Error(`${String(json['code'])} ${JSON.stringify(json['detail'])}`);
}
let made = 0;
/** Readings and the dataset that is computed from them. @param later readings are there before the rollup is registered */
async function pair(
  { every = '1h', more = {} }: { every?: Rollup['every']; more?: object } = {},
  earlier: readonly Row[] = [],
): Promise<{ readonly of: string; readonly id: string }> {
  made += 1;
  const of = `ecology.levels-${made}`;
  await register(of, 'levels', { byCall: {}, timeField: 'time', ...more });
  if (earlier.length > 0) await push(of, earlier);
  const id = `${of}-computed`;
  await register(id, 'levels-hourly', { timeField: 'time', rollup: { of, every, fields } });
  return { of, id };
}

const start = Date.UTC(2026, 8, 1);
const at = (minute: number): string => timeText(start + minute * 60_000);
const reading = (name: string, minute: number, level: number | null, flow: number | null = 1): Row => ({
  ...{ station: name, time: at(minute), level, flow },
});
async function push(id: string, rows: readonly Row[]): Promise<void> {
  const { json } = await sender.call({
    ...{ method: 'POST', path: `/v1/datasets/${id}/rows`, headers: { 'content-type': 'application/json' } },
    ...{ body: Buffer.from(JSON.stringify(rows), 'utf8'), receipt: 'optional' },
  });
  assert.equal((json as { accepted: number }).accepted, rows.length, JSON.stringify(json));
}
const compute = async (): Promise<void> => assert.equal(await hub.hub.runner.run('computeRollups'), 'ok');

/** Rows of a dataset as they are stored, in the order of the key. */
async function stored(id: string): Promise<readonly Row[]> {
  const live = hub.hub.services.registry.current.datasets.get(id);
  assert.ok(live !== undefined);
  const { rows } = await database.owner.query<Row>(
    `SELECT * FROM ${datasetTable(id, live.schema)} ORDER BY f_station, f_time`,
  );
  return rows.map((row) =>
    Object.fromEntries(
      live.schema.fields.map(({ name, type }) => {
        const value = row[`f_${name}`];
        return [name, type === 'integer' && value !== null ? Number(value) : value];
      }),
    ),
  );
}

/** The same computation from all readings, in this process. */
async function recomputed(of: string, every: Rollup['every'] = '1h'): Promise<readonly Row[]> {
  const buckets = new Map<string, Row[]>();
  for (const row of await stored(of)) {
    const key = JSON.stringify([row['station'], bucketOf(every, String(row['time']))]);
    buckets.set(key, [...(buckets.get(key) ?? []), row]);
  }
  return [...buckets].map(([key, rows]) => {
    const [name, from] = JSON.parse(key) as [string, string];
    const values = (one: string): number[] =>
      rows.flatMap((row) => (row[one] === null ? [] : [Number(row[one])]));
    const levels = values('level');
    const flows = values('flow');
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
    return {
      ...{ station: name, time: from },
      level_avg: levels.length === 0 ? null : sum(levels) / levels.length,
      level_max: levels.length === 0 ? null : Math.max(...levels),
      level_count: levels.length,
      flow_sum: flows.length === 0 ? null : sum(flows),
    };
  });
}
const near = (rows: readonly Row[]): readonly Row[] =>
  rows.map((row) => ({
    ...row,
    level_avg: row['level_avg'] === null ? null : Number(Number(row['level_avg']).toFixed(9)),
  }));
async function agrees({ of, id }: { of: string; id: string }, every: Rollup['every'] = '1h'): Promise<void> {
  const rows = await stored(id);
  assert.ok(rows.length > 0);
  assert.deepEqual(near(rows), near(await recomputed(of, every)));
}

test('buckets begin and end on the clock of China', () => {
  const moment = '2026-09-01T23:59:59.5+08:00';
  assert.equal(bucketOf('1min', moment), '2026-09-01T23:59:00+08:00');
  assert.equal(bucketOf('15min', moment), '2026-09-01T23:45:00+08:00');
  assert.equal(bucketOf('1h', moment), '2026-09-01T23:00:00+08:00');
  assert.equal(bucketOf('1d', moment), '2026-09-01T00:00:00+08:00');
  assert.equal(bucketEnd('1h', bucketOf('1h', moment)), '2026-09-02T00:00:00+08:00');
  assert.equal(bucketEnd('1d', bucketOf('1d', moment)), '2026-09-02T00:00:00+08:00');
});

describe('what is computed', () => {
  test('values per series and bucket, an entry for them, and nothing where nothing changed', async () => {
    const both = await pair();
    await push(both.of, [
      reading('甲', 0, 1),
      reading('甲', 59, 4),
      reading('甲', 60, 9),
      reading('乙', 30, null, null),
    ]);
    await compute();
    assert.deepEqual(await stored(both.id), [
      {
        station: '乙',
        time: '2026-09-01T08:00:00+08:00',
        level_avg: null,
        level_max: null,
        level_count: 0,
        flow_sum: null,
      },
      {
        station: '甲',
        time: '2026-09-01T08:00:00+08:00',
        level_avg: 2.5,
        level_max: 4,
        level_count: 2,
        flow_sum: 2,
      },
      {
        station: '甲',
        time: '2026-09-01T09:00:00+08:00',
        level_avg: 9,
        level_max: 9,
        level_count: 1,
        flow_sum: 1,
      },
    ]);
    const entries = async () =>
      (await newestLeaves(database, 40)).filter(({ operation }) => operation === 'computeRollups');
    const found = await entries();
    assert.deepEqual([found[0]?.kind, found[0]?.dataset, found[0]?.batch?.rows], ['intake', both.id, 3]);
    await compute();
    assert.equal((await entries()).length, found.length);
    const { rows } = await database.owner.query('SELECT FROM rollup_change');
    assert.equal(rows.length, 0);
  });

  for (const every of ['1min', '15min', '1h', '1d'] as const)
    test(`late, corrected and deleted readings correct their bucket of ${every}`, async () => {
      const both = await pair({ every, more: { deleteWhere: { field: 'note', is: ['gone'] } } });
      let seed = 7;
      const random = (most: number): number => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed % most;
      };
      for (let call = 0; call < 12; call += 1) {
        const rows = new Map<string, Row>();
        for (let i = 0; i < 60; i += 1) {
          const row = reading(`站${random(5)}`, random(2_000), random(10) === 0 ? null : random(1_000) / 8);
          rows.set(`${String(row['station'])} ${String(row['time'])}`, row);
        }
        await push(both.of, [...rows.values()]);
        if (call % 3 === 0) await compute();
      }
      await compute();
      await agrees(both, every);
      const [first] = await stored(both.of);
      await push(
        both.of,
        [{ ...first, level: 5_000 }].map(({ secret: _s, note: _n, ...rest }: Row) => rest),
      );
      await compute();
      await agrees(both, every);
    });

  test('readings that were stored before are computed too, in steps', async () => {
    const earlier: Row[] = [];
    for (let minute = 0; minute < 4_600; minute += 1)
      earlier.push(reading(`站${minute % 2}`, minute, minute % 97));
    const both = await pair({ every: '1min' }, earlier);
    for (let step = 0; step < 4; step += 1) await compute();
    await agrees(both, '1min');
  });

  test('readings of a file are computed', async () => {
    const both = { of: 'ecology.levels-of-files', id: 'ecology.levels-of-files-computed' };
    const document = {
      ...{ mapping: 'ecology/levels-file@1', target: 'levels@1', source: { format: 'csv' } },
      limits: { maxBad: 0 },
      fields: {
        ...{ station: { from: 'station' }, time: { from: 'time' } },
        level: { from: 'level', number: true },
      },
    };
    const title = { zh: '水位', en: 'Levels' };
    await apply([
      {
        ...{ kind: 'Dataset', id: both.of, title, schema: 'urn:datong:levels:1.0', mode: 'upsert' },
        ...{ sharing: { type: 'none' }, intake: { byCall: {}, timeField: 'time' } },
      },
      { kind: 'Mapping', dataset: both.of, document },
    ]);
    await register(both.id, 'levels-hourly', { rollup: { of: both.of, every: '1h', fields } });
    await push(both.of, [reading('甲', 0, 1)]);
    await compute();
    const csv = Buffer.from(`station,time,level\n甲,${at(1)},5\n乙,${at(200)},7\n`);
    const batch = await uploaded(sender, both.of, csv);
    assert.equal(await reported(commit(sender, batch, csv, 'levels-file@1')), '200');
    await compute();
    assert.equal((await stored(both.id)).length, 2);
    await agrees(both);
  });

  test('readings in periods of an hour', async () => {
    const both = await pair({ more: { periods: { field: 'time', every: 'hour' } } });
    await push(both.of, [reading('甲', 0, 1), reading('甲', 61, 2), reading('乙', 130, 3)]);
    await push(both.of, [reading('甲', 59, 8)]);
    const { schema: read } = hub.hub.services.registry.current.datasets.get(both.of) ?? assert.fail();
    assert.deepEqual(await periodsThere(database.app, both.of, read), [
      '2026-09-01T08',
      '2026-09-01T09',
      '2026-09-01T10',
    ]);
    await compute();
    await agrees(both);
  });

  test('a bucket whose readings are deleted is empty, and computed rows are not deleted on their own', async () => {
    const both = await pair();
    await push(both.of, [reading('甲', 0, 1), reading('甲', 60, 9)]);
    await compute();
    const steward = await hub.token('shuiwen', ['steward'], 'ecology');
    const keys = [{ station: '甲', time: at(0) }];
    const { json } = await hub.staff(steward, 'POST', `/v1/datasets/${both.of}/deletions`, {
      keys,
      reason: '误报',
    });
    assert.equal(json['deleted'], 1, JSON.stringify(json));
    await compute();
    assert.deepEqual(
      (await stored(both.id)).map((row) => [row['level_max'], row['level_count']]),
      [
        [null, 0],
        [9, 1],
      ],
    );
    const one = await hub.staff(steward, 'POST', `/v1/datasets/${both.id}/deletions`, {
      keys,
      reason: '误报',
    });
    assert.equal(one.json['code'], 'rollup_computed');
  });
});

/** While this test has the job, as a process does that runs it. */
async function holding<T>(work: (fencing: number) => Promise<T>): Promise<T> {
  const { rows } = await database.owner.query<{ fencing: string }>(
    "UPDATE job SET owner = gen_random_uuid(), lease_until = now() + interval '1 minute' WHERE name = 'computeRollups' RETURNING fencing",
  );
  try {
    return await work(Number(rows[0]?.fencing));
  } finally {
    await database.owner.query(
      "UPDATE job SET owner = NULL, lease_until = NULL, due = now() WHERE name = 'computeRollups'",
    );
  }
}
/** @param fail where the process ends: before its transaction, or before the commit */
async function round(
  fencing: number,
  fail?: 'before' | 'within',
  { app = database.app, acts = Infinity }: { app?: typeof database.app; acts?: number } = {},
): Promise<JobResult> {
  const { audit, keys, services } = hub.hub;
  const { registry } = services;
  const intake = intakeServices({
    ...{ audit, registry, keys, report: () => undefined },
    database: { ...database, app },
  });
  const stop = new AbortController();
  let left = acts;
  return computeRollups(intake).run({
    ...{ now: () => database.now(), state: null, signal: stop.signal },
    act: (facts) => {
      left -= 1;
      if (left <= 0) stop.abort();
      if (fail === 'before') throw new Error('killed');
      return performAct(audit, { name: 'computeRollups', fencing }, database.now(), {
        ...facts,
        work: async (transaction, exchange) => {
          await facts.work?.(transaction, exchange);
          if (fail === 'within') throw new Error('killed');
        },
      });
    },
  });
}

describe('after a crash', () => {
  test('a process that ends before or within the transaction leaves nothing; the next one computes', async () => {
    const both = await pair();
    await compute();
    await push(both.of, [reading('甲', 0, 1), reading('乙', 70, 3)]);
    for (const fail of ['before', 'within'] as const) {
      const { failures } = await holding((fencing) => round(fencing, fail));
      const [failure] = failures ?? [];
      assert.ok(failure instanceof Problem && failure.facts['dataset'] === both.id);
      assert.match(String(failure.cause), /killed/);
      assert.equal((await stored(both.id)).length, 0);
    }
    assert.deepEqual((await holding((fencing) => round(fencing))).failures, []);
    await agrees(both);
  });

  test('two processes at once, and calls in the meantime', async () => {
    const both = await pair();
    await compute();
    for (let turn = 0; turn < 4; turn += 1) {
      const rows = Array.from({ length: 50 }, (_, i) => reading(`站${i % 3}`, turn * 10 + i, i + turn));
      await Promise.all([
        push(both.of, rows),
        holding((fencing) => Promise.all([1, 2].map(() => round(fencing)))),
      ]);
    }
    await compute();
    await agrees(both);
  });
});

const failuresOf = async (id: string): Promise<readonly string[]> => {
  const { failures = [] } = await holding((fencing) => round(fencing));
  return failures.map((failure) => {
    assert.ok(failure instanceof Problem && failure.code === 'rollup_failed');
    assert.equal(failure.facts['dataset'], id);
    return failure.text.en;
  });
};

describe('many buckets, and buckets that cannot be stored', () => {
  test('a computation of all buckets goes on while calls wait', async () => {
    const earlier = Array.from({ length: 2_500 }, (_, minute) => reading('甲', minute, minute % 97));
    const both = await pair({ every: '1min' }, earlier);
    await push(both.of, [reading('乙', 0, 1)]);
    await holding((fencing) => round(fencing, undefined, { acts: 1 }));
    await push(both.of, [reading('丙', 0, 1)]);
    // the first act is that of the call, the second one a portion of the computation of all
    await holding((fencing) => round(fencing, undefined, { acts: 2 }));
    const { rows } = await database.owner.query<{ place: unknown }>(
      'SELECT place FROM rollup_position WHERE dataset = $1',
      [both.id],
    );
    assert.notDeepEqual(rows[0]?.place, []);
    await compute();
    await agrees(both, '1min');
  });

  test('calls of the same buckets share a step; a step has no more rows than a call', async () => {
    const both = await pair({ every: '1min' });
    await compute();
    const rows = (name: string, level: number): Row[] =>
      Array.from({ length: 6_000 }, (_, minute) => reading(name, minute, level));
    for (const level of [1, 2, 3]) await push(both.of, rows('甲', level));
    await push(both.of, rows('乙', 4));
    await compute();
    const entries = (await newestLeaves(database, 40)).filter(
      ({ operation, dataset }) => operation === 'computeRollups' && dataset === both.id,
    );
    assert.deepEqual(
      entries.map(({ batch }) => batch?.rows),
      [6_000, 6_000],
    );
    await agrees(both, '1min');
  });

  test('buckets whose statement exceeds the deadline are computed in smaller portions, at last alone', async () => {
    const both = await pair();
    const rows = Array.from({ length: 900 }, (_, minute) => reading('甲', minute, minute % 97));
    await push(both.of, rows);
    let hurried = 0;
    // the deadline of the server is shorter for the statement that computes
    const query = async (text: unknown, values: unknown): Promise<unknown> => {
      if (typeof text !== 'string' || !text.includes('WITH ORDINALITY AS w'))
        return (database.app.query as (...args: unknown[]) => Promise<unknown>)(text, values);
      hurried += 1;
      return withTransaction(database.app, async (transaction) => {
        await transaction.query("SET LOCAL statement_timeout = '1ms'");
        return transaction.query(`SELECT slow.* FROM (${text}) AS slow, pg_sleep(0.01)`, values as unknown[]);
      });
    };
    const app = new Proxy(database.app, {
      get: (pool, name) => {
        if (name === 'query') return query;
        const value: unknown = Reflect.get(pool, name);
        return typeof value === 'function' ? (value.bind(pool) as unknown) : value;
      },
    });
    assert.deepEqual((await holding((fencing) => round(fencing, undefined, { app }))).failures, []);
    assert.ok(hurried > 2);
    await agrees(both);
  });

  test('a mean beyond the range of numbers is empty and reported', async () => {
    const both = await pair();
    await push(both.of, [reading('甲', 0, Number.MAX_VALUE), reading('乙', 0, 3), reading('丙', 0, 1e-310)]);
    const [failure = ''] = await failuresOf(both.id);
    assert.match(failure, /1 buckets exceed the range/);
    assert.deepEqual(
      (await stored(both.id)).map((row) => [row['station'], row['level_avg']]),
      [
        ['丙', 0],
        ['乙', 3],
        ['甲', null],
      ],
    );
    assert.deepEqual(await failuresOf(both.id), []);
  });

  test('a row that the schema refuses is reported; other rows and other rollups are computed', async () => {
    const both = await pair();
    const id = `${both.of}-limited`;
    const rollup = { of: both.of, every: '1h', fields: { level: ['max'] } };
    await register(id, 'levels-limited', { timeField: 'time', rollup });
    await push(both.of, [reading('甲', 0, 500), reading('乙', 0, 3)]);
    const [failure = ''] = await failuresOf(id);
    assert.match(failure, /refuses 1 rows, such as level_max/);
    assert.deepEqual(
      (await stored(id)).map((row) => [row['station'], row['level_max']]),
      [['乙', 3]],
    );
    await agrees(both);
  });

  test('the newest periods that a dataset may have are computed, the others reported', async () => {
    made += 1;
    const of = `ecology.levels-${made}`;
    await register(of, 'levels', { byCall: {}, timeField: 'time' });
    await push(
      of,
      Array.from({ length: 80 }, (_, hour) => reading('甲', hour * 60, hour)),
    );
    const id = `${of}-hourly`;
    await register(id, 'levels-hourly', {
      ...{ timeField: 'time', periods: { field: 'time', every: 'hour' } },
      rollup: { of, every: '1h', fields },
    });
    const [failure = ''] = await failuresOf(id);
    assert.match(failure, /8 rows of 8 earlier periods/);
    const rows = await stored(id);
    assert.deepEqual([rows.length, rows[0]?.['level_max'], rows.at(-1)?.['level_max']], [72, 8, 79]);
    assert.deepEqual(await failuresOf(id), []);
  });
});

test('a consumer reads it under its own agreement, which says nothing about the readings', async () => {
  const both = await pair();
  await push(both.of, [reading('甲', 0, 1), reading('甲', 1, 2)]);
  await compute();
  await apply([
    {
      ...{ kind: 'Agreement', id: 'agr-hourly', version: 1, title: { zh: '小时值', en: 'Hourly' } },
      ...{ provider: 'ecology', consumer: 'education', purposes: ['environment-study'] },
      basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
      valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
      grants: [
        {
          ...{ dataset: both.id, schema: 'levels-hourly@1', requires: ['on-behalf-of'] },
          ...{ deliveries: ['latest'], limits: { rowsPerCall: 100, callsPerDay: 100 } },
          fields: {
            ...{ station: { mask: 'clear' }, time: { mask: 'clear' } },
            ...{ level_avg: { mask: 'clear' }, level_max: { mask: 'nullify' } },
          },
        },
      ],
    },
  ]);
  const ask = (dataset: string, more: object = {}) =>
    reader.query(dataset, more, { ...agreed, agreement: 'agr-hourly' });
  const { json } = await ask(both.id, { latest: true });
  assert.deepEqual(
    json.records.map((one) => ({
      station: one['station'],
      avg: one['level_avg'],
      max: one['level_max'] ?? null,
    })),
    [{ station: '甲', avg: 1.5, max: null }],
  );
  await assert.rejects(ask(both.of), (error: unknown) => error instanceof DatongProblem);
});

describe('refused', () => {
  const refused = (name: string, rollup: object, more: object = {}): Promise<unknown> => {
    made += 1;
    const id = `ecology.refused-${made}`;
    return assert.rejects(
      register(id, name, { rollup: { every: '1h', fields: { level: ['max'] }, ...rollup }, ...more }),
      /rollup_unfit/,
    );
  };

  test('readings of persons, of others, or without a series; a rollup of a rollup', async () => {
    await register('ecology.visits', 'visits', { byCall: {}, timeField: 'time' });
    await refused('visits-hourly', { of: 'ecology.visits', fields: { level: ['avg'] } });
    await register('ecology.plain', 'levels', { byCall: {} });
    await refused('levels-hourly', { of: 'ecology.plain', fields });
    await refused('levels-hourly', { of: 'education.nothing', fields });
    const { id } = await pair();
    await refused('levels-hourly', { of: id, fields });
  });

  test('fields that the schema does not have, that are not numbers, or that would be less protected', async () => {
    const { of } = await pair();
    await refused('levels-hourly', { of, fields: { level: ['min'] } });
    await refused('levels-hourly', { of, fields: { note: ['max'] } });
    await refused('levels-secret', { of, fields: { secret: ['avg'] } });
    await refused('levels-strange', { of, fields });
    await refused('levels-required', { of, fields: { level: ['max'] } });
    await refused('levels-hourly', { of, fields }, { byCall: {} });
  });

  test('submissions, and a change of source or length', async () => {
    const { of, id } = await pair();
    const problem = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'none',
        (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
      );
    assert.equal(await problem(push(id, [{ station: '甲', time: at(0) }])), 'rows_not_by_call');
    const open = sender.call({
      ...{
        method: 'POST',
        path: `/v1/datasets/${id}/batches`,
        headers: { 'content-type': 'application/json' },
      },
      ...{ body: Buffer.from(JSON.stringify({ fileName: 'a.csv' }), 'utf8'), receipt: 'optional' },
    });
    assert.equal(await problem(open), 'rollup_computed');
    const steward = await hub.token('shuiwen', ['steward'], 'ecology');
    const amend = async (dataset: string, intake: object): Promise<unknown> => {
      const { json } = await hub.staff(steward, 'GET', `/v1/datasets/${dataset}`);
      const { digest } = json['dataset'] as { digest: string };
      const body = { digest, reason: '换一种算法', intake };
      return (await hub.staff(steward, 'POST', `/v1/datasets/${dataset}/amendment`, body)).json['code'];
    };
    assert.equal(await amend(id, { timeField: 'time', rollup: { of, every: '1d', fields } }), 'rollup_unfit');
    assert.equal(await amend(id, { timeField: 'time' }), 'rollup_unfit');
    assert.equal(await amend(of, { byCall: {} }), 'rollup_unfit');
  });
});

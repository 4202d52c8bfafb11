/** Datasets that are computed from many readings, and rows that cannot be stored. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { boundRollups } from '../../hub/flows/rows/store/rollups.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import { Problem } from '../../terms/problem.ts';
import { newestLeaves } from './leaves.ts';
import {
  database,
  hub,
  type Row,
  fields,
  register,
  pair,
  reading,
  push,
  compute,
  stored,
  compared,
  holding,
  round,
  nextName,
} from './rollupsHub.ts';

const failuresOf = async (id: string): Promise<readonly string[]> => {
  const { failures = [] } = await holding((held) => round(held));
  return failures.map((failure) => {
    assert.ok(failure instanceof Problem && failure.code === 'rollup_failed');
    assert.equal(failure.facts['dataset'], id);
    return failure.text.en;
  });
};

// the row of the job, which `holding` takes
before(compute);

describe('many buckets, and buckets that cannot be stored', () => {
  test('a computation of all buckets goes on while calls wait', async () => {
    const earlier = Array.from({ length: 2_500 }, (_, minute) => reading('甲', minute, minute % 97));
    const both = await pair({ every: '1min' }, earlier);
    await push(both.of, [reading('乙', 0, 1)]);
    await holding((held) => round(held, undefined, { acts: 1 }));
    await push(both.of, [reading('丙', 0, 1)]);
    // the first act is that of the call, the second one a portion of the computation of all
    await holding((held) => round(held, undefined, { acts: 2 }));
    const { rows } = await database.owner.query<{ place: unknown }>(
      'SELECT place FROM rollup_position WHERE dataset = $1',
      [both.id],
    );
    assert.notDeepEqual(rows[0]?.place, []);
    await compute();
    assert.deepEqual(...(await compared(both, '1min')));
  });

  test('where too many calls wait, a computation of all buckets takes their place', async () => {
    const both = await pair({ every: '1min' }, [reading('甲', 0, 1)]);
    await compute();
    for (let minute = 1; minute <= 6; minute += 1) await push(both.of, [reading('甲', minute, minute)]);
    const waiting = async (): Promise<unknown> => {
      const { rows } = await database.owner.query<{ n: number; place: unknown }>(
        `SELECT (SELECT count(*)::integer FROM rollup_change WHERE dataset = $1) AS n, place FROM rollup_position WHERE source = $1`,
        [both.of],
      );
      return rows[0];
    };
    await boundRollups(database.app, { calls: 6, buckets: 6 });
    assert.deepEqual(await waiting(), { n: 6, place: null });
    await boundRollups(database.app, { calls: 6, buckets: 5 });
    assert.deepEqual(await waiting(), { n: 0, place: [] });
    await compute();
    assert.deepEqual(...(await compared(both, '1min')));
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
    assert.deepEqual(...(await compared(both, '1min')));
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
    assert.deepEqual((await holding((held) => round(held, undefined, { app }))).failures, []);
    assert.ok(hurried > 2);
    assert.deepEqual(...(await compared(both)));
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
    assert.match(failure, /1 rows break .* such as level_max/);
    assert.deepEqual(
      (await stored(id)).map((row) => [row['station'], row['level_max']]),
      [['乙', 3]],
    );
    assert.deepEqual(...(await compared(both)));
  });

  test('buckets of a destroyed period are not computed again', async () => {
    const both = await pair({ more: { periods: { field: 'time', every: 'hour' } } });
    await push(both.of, [reading('甲', 0, 1), reading('甲', 61, 2)]);
    await compute();
    const before = await stored(both.id);
    const live = hub.hub.services.registry.current.datasets.get(both.of) ?? assert.fail();
    await database.owner.query(`DELETE FROM ${datasetTable(both.of, live.schema)}`);
    await database.owner.query(
      "INSERT INTO period_destruction (dataset, period, batch, rows, exchange) VALUES ($1, '2026-09-01T08', gen_random_uuid(), 1, gen_random_uuid())",
      [both.of],
    );
    await database.owner.query(
      "UPDATE rollup_position SET version = version + 1, place = '[]' WHERE dataset = $1",
      [both.id],
    );
    await compute();
    // the reading of the other hour was deleted, so that its bucket is no row
    assert.deepEqual(await stored(both.id), [before[0]]);
  });

  test('the newest periods that a dataset may have are computed, the others reported', async () => {
    const of = nextName();
    await register(of, 'levels', { byCall: {}, timeField: 'time' });
    await push(
      of,
      Array.from({ length: 80 }, (_, hour) => reading('甲', hour * 60, hour)),
    );
    const id = `${of}-hourly`;
    await register(id, 'levels-hourly', {
      timeField: 'time',
      periods: { field: 'time', every: 'hour' },
      rollup: { of, every: '1h', fields },
    });
    const [failure = ''] = await failuresOf(id);
    // the current hour and the three next ones have room
    assert.match(failure, /12 rows break .* time \(period\.many\)/);
    const rows = await stored(id);
    assert.deepEqual([rows.length, rows[0]?.['level_max'], rows.at(-1)?.['level_max']], [68, 12, 79]);
    assert.deepEqual(await failuresOf(id), []);
  });
});

/** Figures of the hub when some of them cannot be had, and one that is counted by its time. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { hubCounters } from './hubCounters.ts';
import { hubMetrics } from './hubMetrics.ts';
import { timedCount } from './timedCount.ts';

/** Lines of these metrics, without help and type. */
const lines = (body: string, names: readonly string[]): string[] =>
  body.split('\n').filter((line) => names.some((name) => line.startsWith(name)));

test('a figure that fails is absent and counted, and hides no other; when it is well again it is there', async () => {
  const shown = [
    'datong_well',
    'datong_ill',
    'datong_at_once',
    'datong_unknown',
    'datong_gauge_failures_total',
  ];
  let ill = true;
  const reported: unknown[] = [];
  const metrics = hubMetrics(
    hubCounters(),
    {
      ill: { help: 'i', value: () => (ill ? Promise.reject(new Error('no table')) : Promise.resolve(4)) },
      at_once: {
        help: 'a',
        value: () => {
          if (ill) throw new Error('thrown at once');
          return 5;
        },
      },
      unknown: { help: 'u', value: () => NaN },
      well: { help: 'w', value: () => 3 },
    },
    (gauge, error) => reported.push([gauge, (error as Error).message]),
  );
  assert.deepEqual(lines((await metrics.text()).body, shown).sort(), [
    'datong_gauge_failures_total{gauge="at_once"} 1',
    'datong_gauge_failures_total{gauge="ill"} 1',
    'datong_well 3',
  ]);
  assert.deepEqual(reported, [
    ['at_once', 'thrown at once'],
    ['ill', 'no table'],
  ]);
  ill = false;
  const well = ['datong_at_once 5', 'datong_ill 4', 'datong_well 3'];
  const failures = [
    'datong_gauge_failures_total{gauge="at_once"} 1',
    'datong_gauge_failures_total{gauge="ill"} 1',
  ];
  assert.deepEqual(lines((await metrics.text()).body, shown).sort(), [...well, ...failures].sort());
  ill = true;
  const { body } = await metrics.text();
  assert.deepEqual(lines(body, ['datong_ill', 'datong_at_once']), [], 'no figure of before stands for it');
  assert.match(body, /^datong_gauge_failures_total\{gauge="ill"\} 2$/m);
  assert.match(body, /^datong_process_cpu_seconds_total /m);
});

test('a figure that never comes is waited for three seconds', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const reported: string[] = [];
    const never = new Promise<number>(() => undefined);
    const metrics = hubMetrics(
      hubCounters(),
      { never: { help: 'n', value: () => never }, well: { help: 'w', value: () => 3 } },
      (gauge, error) => reported.push(`${gauge}: ${(error as Error).message}`),
    );
    const text = metrics.text();
    mock.timers.tick(2_999);
    await Promise.resolve();
    assert.deepEqual(reported, []);
    mock.timers.tick(1);
    const { body } = await text;
    assert.deepEqual(lines(body, ['datong_never', 'datong_well']), ['datong_well 3']);
    assert.deepEqual(reported, ['never: not counted in 3000 ms']);
  } finally {
    mock.timers.reset();
  }
});

test('a stored figure is counted by its time alone, once at a time; reading it counts nothing', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    const requested: {
      readonly resolve: (figure: number) => void;
      readonly reject: (error: Error) => void;
    }[] = [];
    const failed: unknown[] = [];
    const figure = timedCount(
      () => new Promise((resolve, reject) => requested.push({ resolve, reject })),
      (error) => failed.push(error),
    );
    const metrics = hubMetrics(hubCounters(), { inbox_overdue: { help: 'o', value: () => figure.value() } });
    const read = async (): Promise<string[]> =>
      lines((await metrics.text()).body, ['datong_inbox_overdue', 'datong_gauge_failures_total']);
    assert.deepEqual([await read(), requested.length], [[], 0], 'not known yet, which is no failure');

    figure.begin(60_000);
    assert.deepEqual([await read(), requested.length], [[], 1]);
    requested[0]?.resolve(7);
    await figure.refresh();
    for (let scrape = 0; scrape < 5; scrape += 1) assert.deepEqual(await read(), ['datong_inbox_overdue 7']);
    mock.timers.tick(59_999);
    assert.equal(requested.length, 1);
    mock.timers.tick(1);
    assert.equal(requested.length, 2);
    mock.timers.tick(120_000);
    assert.equal(requested.length, 2, 'a count that takes long is not begun a second time');
    assert.deepEqual(await read(), ['datong_inbox_overdue 7'], 'the last stands meanwhile');

    const broken = new Error('a section failed');
    requested[1]?.reject(broken);
    await figure.refresh();
    assert.deepEqual(failed, [broken]);
    assert.deepEqual(await read(), ['datong_gauge_failures_total{gauge="inbox_overdue"} 1']);

    mock.timers.tick(60_000);
    const closing = figure.close();
    requested[2]?.resolve(8);
    await closing;
    assert.equal(figure.value(), 8, 'the count under way was waited for');
    mock.timers.tick(600_000);
    await figure.refresh();
    assert.equal(requested.length, 3, 'and none is begun any more');
  } finally {
    mock.timers.reset();
  }
});

test('a gauge with a label has the values of the last reading, and none where it fails', async () => {
  let values: ReadonlyMap<string, number> | undefined = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  const metrics = hubMetrics(hubCounters(), {
    by_job: { help: 'b', label: 'job', value: () => values ?? Promise.reject(new Error('gone')) },
  });
  const shown = async (): Promise<string[]> => lines((await metrics.text()).body, ['datong_by_job']);
  assert.deepEqual(await shown(), ['datong_by_job{job="a"} 1', 'datong_by_job{job="b"} 2']);
  values = new Map([['b', 3]]);
  assert.deepEqual(await shown(), ['datong_by_job{job="b"} 3']);
  values = undefined;
  assert.deepEqual(await shown(), []);
});

/** What a run of a snapshot refuses before or while it reads, with a clock and a source of the test's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import type { Source } from './openSource.ts';
import type { PulledFile } from './pulledFile.ts';
import { readAll } from './runPull.ts';

type Row = Parameters<typeof readAll>[1];
const atMidnight = Date.parse('2026-03-02T00:00:00+08:00');
const hour = 3_600_000;

interface Read {
  readonly rows: number;
  /** whether everything was read that was there */
  readonly complete: boolean;
  /** the place that was read to */
  readonly mark: unknown;
}

/** Three pages of one row each, an hour apart. @param breaks what the source ends with after the second */
async function readPages(document: object, requested = false, breaks?: Problem, counted = 3): Promise<Read> {
  let [now, rows] = [atMidnight, 0];
  const source = {
    columns: ['a'],
    count: () => Promise.resolve(counted),
    async *pages() {
      for (let page = 0; page < 3; page += 1) {
        if (page === 2 && breaks !== undefined) throw breaks;
        now += hour;
        yield await Promise.resolve({ rows: [['x']], mark: [String(page)] });
      }
    },
  } as unknown as Source;
  const file = {
    begin: () => Promise.resolve(),
    add: () => Promise.resolve((rows += 1)),
    get rows() {
      return rows;
    },
  } as unknown as PulledFile;
  const row = { document: { rows: 10, schedule: { every: 'day' }, ...document } } as unknown as Row;
  const running = {
    now: () => now,
    signal: new AbortController().signal,
    asked: requested,
    act: () => Promise.resolve(),
  };
  const given = running as unknown as Parameters<typeof readAll>[4];
  const came = await readAll(source, row, { kind: 'start' }, file, given);
  if (came === 'nothing_new') throw new TypeError('there are rows');
  return { rows, ...came };
}
/** @returns how many rows were read */
const read = async (document: object, requested = false): Promise<number> =>
  (await readPages(document, requested)).rows;

test('a snapshot of more rows than a run takes is refused before one is read', async () => {
  assert.equal(await read({ rows: 3 }), 3);
  await assert.rejects(read({ rows: 2 }), { code: 'pull_too_many_rows', facts: { counted: 3, limit: 2 } });
});

test('rows are counted before they are read: what falls between pages, or comes twice, is found out', async () => {
  for (const document of [{}, { changed: 'at' }])
    for (const counted of [2, 4])
      await assert.rejects(readPages(document, false, undefined, counted), { code: 'pull_order_broken' });
});

test('a snapshot that is incomplete when its window closes is not taken, unless a person requested the run', async () => {
  const schedule = { every: 'day', window: '00:00-02:30' };
  await assert.rejects(read({ schedule: { ...schedule, window: '00:00-01:30' } }), {
    code: 'pull_window_closed',
  });
  assert.equal(await read({ schedule }), 3, 'the last page is there as it closes');
  assert.equal(await read({ schedule: { ...schedule, window: '00:00-01:30' } }, true), 3);
});

test('of changes, what came until the window closed, the source broke off or the rows were enough is retained, with its position', async () => {
  const changed = { changed: 'at' };
  const window = { schedule: { every: 'day', window: '00:00-01:30' } };
  const two = { rows: 2, complete: false, mark: ['1'] };
  assert.deepEqual(await readPages({ ...changed, ...window }), two, 'the page at which it has closed');
  assert.deepEqual(await readPages({ ...changed, rows: 2 }), two);
  const broken = new Problem('pull_source_unreachable', { reason: { zh: '断开', en: 'it broke off' } });
  assert.deepEqual(await readPages(changed, false, broken), two);
  assert.deepEqual(await readPages(changed), { rows: 3, complete: true, mark: ['2'] });
  await assert.rejects(
    readPages({}, false, broken),
    { code: 'pull_source_unreachable' },
    'a snapshot is whole',
  );
  const lying = new Problem('pull_key_unfit', { key: 'id' });
  await assert.rejects(readPages(changed, false, lying), { code: 'pull_key_unfit' }, 'it is no break');
});

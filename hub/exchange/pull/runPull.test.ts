/** What a run of a snapshot refuses before or while it reads, with a clock and a source of the test's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Source } from './openSource.ts';
import type { PulledFile } from './pulledFile.ts';
import { readAll } from './runPull.ts';

type Row = Parameters<typeof readAll>[1];
const atMidnight = Date.parse('2026-03-02T00:00:00+08:00');
const hour = 3_600_000;

/** Three pages of one row each, an hour apart. @returns how many rows were read */
async function read(document: object, asked = false): Promise<number> {
  let [now, rows] = [atMidnight, 0];
  const source = {
    columns: ['a'],
    count: () => Promise.resolve(3),
    async *pages() {
      for (let page = 0; page < 3; page += 1) {
        now += hour;
        yield await Promise.resolve({ rows: [['x']], mark: undefined });
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
    asked,
    act: () => Promise.resolve(),
  };
  await readAll(source, row, { kind: 'start' }, file, running as unknown as Parameters<typeof readAll>[4]);
  return rows;
}

test('a snapshot of more rows than a run takes is refused before one is read', async () => {
  assert.equal(await read({ rows: 3 }), 3);
  await assert.rejects(read({ rows: 2 }), { code: 'pull_too_many_rows', facts: { counted: 3, limit: 2 } });
});

test('a snapshot that is not whole when its window closes is not taken, but for a run that a person asked for', async () => {
  const schedule = { every: 'day', window: '00:00-02:30' };
  await assert.rejects(read({ schedule: { ...schedule, window: '00:00-01:30' } }), {
    code: 'pull_window_closed',
  });
  assert.equal(await read({ schedule }), 3, 'the last page is there as it closes');
  assert.equal(await read({ schedule: { ...schedule, window: '00:00-01:30' } }, true), 3);
});

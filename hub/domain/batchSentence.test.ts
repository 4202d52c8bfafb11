import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BatchState, batchSentence } from './batch.ts';

const id = '01890000-0000-7000-8000-000000000001';
const batch = {
  id,
  dataset: 'pub-security.household',
  fileName: '{records}.csv',
  state: 'published' as const,
  // the day has begun in China
  openedAt: Date.UTC(2026, 8, 30, 16, 5),
  counts: { records: 4, rows: 3, bad: 1 },
};

test('one sentence states the result of a file and does not repeat its name', () => {
  assert.deepEqual(batchSentence(batch), {
    zh: `2026年10月1日 00:05，{records}.csv 报送至 pub-security.household：共 4 条，合格 3 行，有问题 1 行，已发布；批次 ${id}。`,
    en: `1 Oct 2026, 00:05: {records}.csv submitted to pub-security.household: 4 records, 3 good rows, 1 with problems, published; batch ${id}.`,
  });
  assert.deepEqual(batchSentence({ ...batch, fileName: null, state: 'failed', counts: undefined }), {
    zh: `2026年10月1日 00:05，数据 报送至 pub-security.household：未能读取；批次 ${id}。`,
    en: `1 Oct 2026, 00:05: data submitted to pub-security.household: could not be read; batch ${id}.`,
  });
});

const all: readonly BatchState[] = [
  ...(['receiving', 'checking', 'held', 'prepared', 'published'] as const),
  ...(['superseded', 'rejected', 'dropped', 'failed', 'expired'] as const),
];

test('a batch that has not ended has no sentence', () => {
  assert.deepEqual(
    all.filter((state) => batchSentence({ ...batch, state }) === undefined),
    ['receiving', 'checking'],
  );
});

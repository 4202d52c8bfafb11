import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from '../../sdk/types.ts';
import { setLanguage } from '../verb.ts';
import { batchCells } from './batchLines.ts';

test('a submission of rows by call shows its calls, a file shows none', () => {
  const batch: Batch = {
    batch: '0190f1e0-0000-7000-8000-000000000001',
    dataset: 'ecology.air',
    state: 'published',
    offset: 0,
    counts: { records: 3, rows: 2, bad: 1, skipped: 0 },
  };
  setLanguage('en');
  assert.deepEqual(batchCells({ ...batch, calls: 40 }).slice(-2), ['2 rows in 40 calls', '1 bad']);
  assert.deepEqual(batchCells(batch).slice(-2), ['2 rows', '1 bad']);
  setLanguage('zh');
  assert.equal(batchCells({ ...batch, calls: 40 }).at(-2), '2 行（40 次调用）');
});

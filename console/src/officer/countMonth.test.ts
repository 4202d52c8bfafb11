import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOfMonth } from './countMonth.ts';

test('a month begins at midnight in China, also over the end of a year', () => {
  assert.equal(startOfMonth('2026-11'), '2026-10-31T16:00:00.000Z');
  assert.equal(startOfMonth('2026-11', 1), '2026-11-30T16:00:00.000Z');
  assert.equal(startOfMonth('2026-12', 1), '2026-12-31T16:00:00.000Z');
});

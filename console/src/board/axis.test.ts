import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisEnd } from './axis.ts';

test('an axis ends at or after the highest value, and its middle is a whole number', () => {
  const ends = [0, 1, 2, 3, 5, 10, 11, 40, 41, 999, 1_234_567].map(axisEnd);
  assert.deepEqual(ends, [2, 2, 2, 4, 10, 10, 20, 40, 100, 1000, 2_000_000]);
});

/** How many rows may break a rule across fields before it speaks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossFindings } from './crossRule.ts';
import { defined } from '../../terms/defined.ts';

const broken = (rows: number, compared: number, mayBreak?: number) =>
  crossFindings([
    {
      rule: {
        field: 'total',
        is: 'sumOf',
        fields: ['part', 'rest'],
        onBroken: 'hold',
        ...defined({ mayBreak }),
      },
      compared,
      broken: rows,
      lines: [],
    },
  ]).length;

test('a share is of the rows that could be compared, and is counted as it was written', () => {
  assert.deepEqual([broken(0, 0), broken(1, 1_000_000)], [0, 1]);
  // 0.29 × 100 is 28.999… as a float, 0.07 × 100 is 7.000…1
  assert.deepEqual([broken(29, 100, 0.29), broken(30, 100, 0.29)], [0, 1]);
  assert.deepEqual([broken(7, 100, 0.07), broken(8, 100, 0.07)], [0, 1]);
  assert.deepEqual([broken(290_000, 1_000_000, 0.29), broken(290_001, 1_000_000, 0.29)], [0, 1]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds, limitHere, type BenchRow } from './row.ts';

const row = (unit: string, must: NonNullable<BenchRow['must']>): BenchRow => ({
  figure: 'a figure',
  value: 0,
  against: '–',
  unit,
  must,
});

test('limits of times and rates are relaxed on a slower machine and not tightened on a faster one', () => {
  for (const unit of ['ms', 's', 'min'])
    assert.deepEqual(limitHere(row(unit, { atMost: 50 }), 2), { atMost: 100 });
  for (const unit of ['entries/s', 'decisions/s'])
    assert.deepEqual(limitHere(row(unit, { atLeast: 50 }), 2), { atLeast: 25 });
  assert.deepEqual(limitHere(row('ms', { atMost: 50 }), 0.5), { atMost: 50 });
  assert.deepEqual(limitHere(row('entries/s', { atLeast: 50 }), 0.5), { atLeast: 50 });
});

test('limits of ratios, shares and sizes are the same on every machine', () => {
  for (const unit of ['×', '%', 'bytes', 'MB', 'B'])
    assert.deepEqual(limitHere(row(unit, { atMost: 2 }), 3), { atMost: 2 });
});

test('a value equal to its limit is within it', () => {
  assert.deepEqual(
    [
      holds(2, { atMost: 2 }),
      holds(2.01, { atMost: 2 }),
      holds(2, { atLeast: 2 }),
      holds(1.99, { atLeast: 2 }),
    ],
    [true, false, true, false],
  );
  assert.equal(holds(1, undefined), true);
});

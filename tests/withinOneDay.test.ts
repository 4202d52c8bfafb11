/** Test files that need one day wait only for the minutes before midnight in China. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitForDay } from './withinOneDay.ts';

test('the last minutes of a day in China are waited for, and no others', () => {
  for (const [time, wait] of [
    ['2026-12-31T23:55:00.000+08:00', 0],
    ['2026-12-31T23:55:00.001+08:00', 299_999],
    ['2026-12-31T23:59:59.999+08:00', 1],
    ['2027-01-01T00:00:00.000+08:00', 0],
    ['2027-01-01T07:59:59.999+08:00', 0],
  ] as const)
    assert.equal(waitForDay(Date.parse(time)), wait, time);
});

/** A deadline is late only after its last day, and near within two working days. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueState } from './dueState.ts';

/** Thursday, 5 November 2026, late in the evening in China. */
const now = Date.parse('2026-11-05T23:59:00+08:00');
const tone = (due: string, overdue?: boolean): string => {
  const found = dueState(due, overdue, now);
  return `${found.tone} ${found.left}`;
};

test('a deadline that is not over is never late, also on its last day', () => {
  assert.equal(tone('2026-11-05'), 'near 0');
  assert.equal(dueState('2026-11-05', undefined, now).isToday, true);
  assert.equal(tone('2026-11-06'), 'near 1');
  assert.equal(tone('2026-11-09'), 'near 2', 'over the weekend');
  assert.equal(tone('2026-11-10'), 'far 3');
});

test('one that has passed is late, and what the hub states has precedence', () => {
  assert.equal(tone('2026-11-04'), 'late -1');
  assert.equal(tone('2026-11-04', false), 'near -1', 'the clock of this machine is fast');
  assert.equal(tone('2026-11-10', true), 'late 3');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meetsCondition } from './meetsCondition.ts';

const meets = (op: 'eq' | 'in' | 'range', wanted: unknown, value: unknown, format?: string): boolean =>
  meetsCondition({ field: 'f', op, value: wanted }, format === undefined ? {} : { format }, value);

test('equal by value and type; a decimal by its number; an empty value meets nothing', () => {
  assert.equal(meets('eq', 'a', 'a'), true);
  assert.equal(meets('eq', '1', 1), false);
  assert.equal(meets('eq', '1.50', '1.5'), false);
  assert.equal(meets('eq', '1.50', '1.5', 'decimal'), true);
  assert.equal(meets('in', [true, false], false), true);
  assert.equal(meets('in', [], 'a'), false);
  for (const empty of [null, undefined]) {
    assert.equal(meets('eq', null, empty), false);
    assert.equal(meets('range', {}, empty), false);
  }
});

test('ranges go by bytes, numbers and decimals; what has no order lies in none', () => {
  assert.equal(meets('range', { gte: '2026-01-01', lt: '2027-01-01' }, '2026-06-30'), true);
  assert.equal(meets('range', { gte: '2026-01-01', lt: '2027-01-01' }, '2027-01-01'), false);
  assert.equal(meets('range', { gt: '\uffff' }, '\u{10000}'), true, 'as in a column with collation "C"');
  assert.equal(meets('range', { gt: 9 }, 10), true);
  assert.equal(meets('range', { gt: '9' }, '10', 'decimal'), true);
  assert.equal(meets('range', { gt: '9' }, '10'), false);
  assert.equal(meets('range', { lte: 3 }, '3'), false);
});

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

test('moments are compared by instant, and what is none meets nothing', () => {
  const september = { gte: '2026-09-01T00:00:00+08:00', lt: '2026-10-01T00:00:00+08:00' };
  assert.equal(meets('range', september, '2026-08-31T20:00:00Z', 'date-time'), true);
  assert.equal(meets('range', september, '2026-09-01T01:00:00+14:00', 'date-time'), false);
  assert.equal(meets('eq', '2026-08-31T16:00:00.0Z', '2026-09-01T00:00:00+08:00', 'date-time'), true);
  assert.equal(meets('range', september, '2026-09-02', 'date-time'), false);
  assert.equal(meets('range', { gte: '2026-09' }, '2026-09-02T00:00:00Z', 'date-time'), false);
  // a day is its start in China
  assert.equal(meets('range', { gte: '2026-09-01' }, '2026-08-31T16:00:00Z', 'date-time'), true);
  assert.equal(meets('range', { gt: '2026-09-01' }, '2026-08-31T16:00:00Z', 'date-time'), false);
  assert.equal(meets('in', ['2026-09-01'], '2026-09-01T00:00:00+08:00', 'date-time'), true);
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

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chinaWorkingCalendar } from '../../terms/calendar/chinaWorkingCalendar.ts';
import { isInTime, lastDue, type Expectation } from './expectation.ts';

const reported = (expectation: Expectation, today: string): string => {
  const { from, due } = lastDue(expectation, today, chinaWorkingCalendar);
  return `${from} ${due}`;
};

test('a month is due on its so manieth working day, holidays left out', () => {
  const monthly = { every: 'month', by: 5 } as const;
  // October 2026 begins with the National Day holidays (1 to 7); the 10th is made up for them
  assert.equal(reported(monthly, '2026-10-12'), '2026-09-01 2026-09-07');
  assert.equal(reported(monthly, '2026-10-13'), '2026-09-01 2026-09-07', 'its last day is still in time');
  assert.equal(reported(monthly, '2026-10-14'), '2026-10-01 2026-10-13');
  assert.equal(reported(monthly, '2026-11-01'), '2026-10-01 2026-10-13', 'until the next one is due');
});

test('weeks begin on Monday, quarters in January, April, July and October', () => {
  assert.equal(reported({ every: 'week', by: 1 }, '2026-11-16'), '2026-11-09 2026-11-09');
  assert.equal(reported({ every: 'week', by: 1 }, '2026-11-17'), '2026-11-16 2026-11-16');
  assert.equal(reported({ every: 'quarter', by: 3 }, '2026-11-20'), '2026-10-01 2026-10-10');
  assert.equal(reported({ every: 'quarter', by: 3 }, '2026-07-03'), '2026-04-01 2026-04-03');
});

test('each day, or each working day, is due when it is over', () => {
  assert.equal(reported({ every: 'day' }, '2026-11-16'), '2026-11-15 2026-11-15');
  assert.equal(reported({ every: 'workday' }, '2026-11-16'), '2026-11-13 2026-11-13');
  assert.equal(reported({ every: 'workday' }, '2026-10-08'), '2026-09-30 2026-09-30');
});

test('a file is in time up to the last day of the period in which it comes', () => {
  const monthly = { every: 'month', by: 5 } as const;
  assert.equal(isInTime(monthly, '2026-10-13', chinaWorkingCalendar), true);
  assert.equal(isInTime(monthly, '2026-10-14', chinaWorkingCalendar), false);
  assert.equal(isInTime({ every: 'workday' }, '2026-10-04', chinaWorkingCalendar), true, 'a holiday');
});

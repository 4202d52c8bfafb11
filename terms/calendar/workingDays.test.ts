import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chinaWorkingCalendar as china } from './chinaWorkingCalendar.ts';
import { afterWorkingDays, isWorkingDay, workingDaysBetween } from './workingDays.ts';

test('make-up Saturdays and Sundays are worked, holidays are not', () => {
  assert.equal(isWorkingDay('2026-02-14', china), true, 'Saturday made up for the Spring Festival');
  assert.equal(isWorkingDay('2026-02-16', china), false, 'Monday of the Spring Festival');
  assert.equal(isWorkingDay('2026-09-20', china), true, 'Sunday made up for the National Day');
  assert.equal(isWorkingDay('2026-10-10', china), true);
  assert.equal(isWorkingDay('2026-10-08', china), true);
  assert.equal(isWorkingDay('2026-03-07', china), false);
});

test('ten working days over the Spring Festival of 2026 count the make-up Saturday, over the National Day the make-up Sunday', () => {
  // 12, 13, 14 (made up) February; 24–27; 28 (made up); 2, 3 March
  assert.deepEqual(afterWorkingDays('2026-02-11', 10, china), { day: '2026-03-03', provisional: false });
  assert.deepEqual(afterWorkingDays('2026-09-18', 3, china), { day: '2026-09-22', provisional: false });
  assert.deepEqual(afterWorkingDays('2026-09-30', 3, china), { day: '2026-10-10', provisional: false });
});

test('beyond the announced years a deadline is provisional: weekdays count, but for the holidays with a fixed day', () => {
  assert.deepEqual(afterWorkingDays('2026-12-25', 4, china), { day: '2026-12-31', provisional: false });
  assert.deepEqual(afterWorkingDays('2026-12-25', 5, china), { day: '2027-01-04', provisional: true });
  assert.equal(isWorkingDay('2027-05-03', china), true, 'a Monday, which may be announced as a holiday');
  assert.equal(isWorkingDay('2027-10-01', china), false);
  assert.equal(afterWorkingDays('2021-12-30', 1, china).provisional, true);
});

test('counting between days is the other way round', () => {
  assert.equal(workingDaysBetween('2026-02-11', '2026-03-03', china), 10);
  assert.equal(workingDaysBetween('2026-03-03', '2026-02-11', china), -10);
  assert.equal(workingDaysBetween('2026-02-14', '2026-02-23', china), 0);
  assert.throws(() => afterWorkingDays('2026-02-30', 1, china), RangeError);
});

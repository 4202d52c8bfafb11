import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chinaWorkingCalendar as calendar } from '../../terms/calendar/chinaWorkingCalendar.ts';
import { cycleDeadline, isShownInInbox } from './catalogue.ts';

const due = (frequency: string, last: string): string | undefined =>
  cycleDeadline(frequency, last, calendar)?.day;

test('data is due one cycle after the last batch, or on the next working day', () => {
  // 2026-03-06 is a Friday, 2026-03-09 the Monday after it
  for (const often of ['realtime', 'hourly', 'daily']) assert.equal(due(often, '2026-03-06'), '2026-03-09');
  assert.equal(due('weekly', '2026-03-06'), '2026-03-13');
  assert.equal(due('monthly', '2026-01-31'), '2026-02-28', 'a Saturday that is worked for a holiday');
  assert.equal(due('quarterly', '2026-01-01'), '2026-04-01');
  assert.equal(due('half-yearly', '2025-08-29'), '2026-02-28');
  assert.equal(due('yearly', '2025-10-01'), '2026-10-08', 'after the National Day holidays');
  assert.equal(due('irregular', '2026-01-01'), undefined);
  assert.equal(cycleDeadline('yearly', '2026-06-01', calendar)?.provisional, true);
});

test('a pending change is shown two working days before its day, a retired dataset at once, late data from the day after', () => {
  // 2026-03-13 is a Friday: Wednesday is two working days before it
  assert.equal(isShownInInbox('revision', '2026-03-13', '2026-03-10', calendar), false);
  assert.equal(isShownInInbox('revision', '2026-03-13', '2026-03-11', calendar), true);
  assert.equal(isShownInInbox('retired', '2026-03-13', '2026-03-02', calendar), true);
  assert.equal(isShownInInbox('cycle', '2026-03-13', '2026-03-13', calendar), false);
  assert.equal(isShownInInbox('cycle', '2026-03-13', '2026-03-14', calendar), true);
});

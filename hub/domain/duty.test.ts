import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dutyState } from './duty.ts';

test('a duty is near for a week, overdue from the day after, and a withdrawn consent is due at once', () => {
  const state = (
    due: string,
    today: string,
    obligation: 'delete-after' | 'delete-withdrawn' = 'delete-after',
  ) => dutyState({ obligation, due, answered: false }, today);
  assert.deepEqual(
    [
      state('2026-03-10', '2026-03-02'),
      state('2026-03-10', '2026-03-03'),
      state('2026-03-10', '2026-03-10'),
      state('2026-03-10', '2026-03-11'),
      state('2026-03-10', '2026-01-01', 'delete-withdrawn'),
      dutyState({ obligation: 'delete-after', due: '2026-03-10', answered: true }, '2027-01-01'),
    ],
    ['running', 'due', 'due', 'overdue', 'due', 'answered'],
  );
});

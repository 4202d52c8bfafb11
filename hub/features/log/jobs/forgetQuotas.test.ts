/** Counters of days that are over go; those of today and of the last week stay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../../../tests/database.ts';
import { forgetQuotas } from './maintainLog.ts';

const database = await testDatabase();

test('counters of a week ago stay, older ones go', async () => {
  await database.app.query(
    "INSERT INTO agreement_quota (agreement, day, calls, ceiling) SELECT 'a', day::date, 1, 9 FROM unnest($1::text[]) AS day",
    [['2026-09-01', '2026-09-02', '2026-09-03', '2026-09-10']],
  );
  await forgetQuotas(database.app).run({
    now: () => Date.parse('2026-09-10T00:00:00+08:00'),
    state: null,
    signal: new AbortController().signal,
    act: () => assert.fail('no act'),
  });
  const { rows } = await database.app.query<{ day: string }>(
    'SELECT day::text AS day FROM agreement_quota ORDER BY day',
  );
  assert.deepEqual(
    rows.map(({ day }) => day),
    ['2026-09-03', '2026-09-10'],
  );
});

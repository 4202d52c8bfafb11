/** How long a message waits for its next attempt. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterOf, untilRetry } from './retrySchedule.ts';

const schedule = { firstMs: 1_000, maxMs: 60_000, windowMs: 3_600_000 };

test('a wait doubles with each failure up to its maximum, and jitter takes at most half of it', () => {
  for (const [failed, step] of [
    [1, 1_000],
    [2, 2_000],
    [6, 32_000],
    [7, 60_000],
    [10_000, 60_000],
  ] as const) {
    assert.equal(untilRetry(schedule, failed, 0), step / 2);
    assert.equal(untilRetry(schedule, failed, 1), step);
  }
});

test('Retry-After is obeyed as seconds or as a date, but not beyond the time in which messages are retried', () => {
  const now = Date.UTC(2026, 0, 1);
  assert.equal(retryAfterOf('120', now), 120_000);
  assert.equal(retryAfterOf(new Date(now + 90_000).toUTCString(), now), 90_000);
  for (const useless of [undefined, '', 'soon', '-5', new Date(now - 1_000).toUTCString()])
    assert.equal(retryAfterOf(useless, now), 0, useless);
  assert.equal(untilRetry(schedule, 1, 0, 120_000), 120_000);
  assert.equal(untilRetry(schedule, 1, 0, 1), 500);
  assert.equal(untilRetry(schedule, 1, 0, 999_999_999_000), schedule.windowMs);
});

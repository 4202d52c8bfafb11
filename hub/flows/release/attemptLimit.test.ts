import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptLimit, maxAttemptsADay } from './services.ts';

const [one, two, three] = [Buffer.from('one'), Buffer.from('two'), Buffer.from('three')] as const;
const now = Date.parse('2026-05-01T00:00:00Z');

test('so many a day of one department about one person; others are counted for themselves', () => {
  const limit = attemptLimit();
  for (let nth = 0; nth < maxAttemptsADay; nth += 1) assert.ok(limit.takes('transport', one, now));
  assert.equal(limit.takes('transport', one, now + 3_600_000), false);
  assert.ok(limit.takes('transport', two, now));
  assert.ok(limit.takes('ecology', one, now));
  assert.ok(limit.takes('transport', one, now + 86_400_000));
});

test('the memory is bounded: who was asked about longest ago is forgotten first', () => {
  const limit = attemptLimit(2);
  for (let nth = 0; nth < maxAttemptsADay; nth += 1) limit.takes('transport', one, now);
  limit.takes('transport', two, now);
  assert.equal(limit.takes('transport', one, now), false);
  limit.takes('transport', three, now);
  assert.ok(limit.takes('transport', one, now));
});

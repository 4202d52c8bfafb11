import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expiryStep } from './expiry.ts';

test('an end is notified thirty days, a week and a day before, and not once it is past', () => {
  const day = 86_400_000;
  const steps = [31, 30, 7.5, 7, 1.1, 1, 0.1, 0, -1].map((left) => expiryStep(left * day, 0));
  assert.deepEqual(steps, [undefined, 30, 30, 7, 7, 1, 1, undefined, undefined]);
});

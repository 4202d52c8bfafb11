/** A challenge is valid for a time, and for one purpose. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { checkChallenge, newChallenge } from './challenge.ts';

test('what a passkey is asked holds for five minutes, and for what it was asked', () => {
  const key = createSecretKey(randomBytes(32));
  const [at, minutes] = [Date.now(), 5 * 60_000];
  const requested = newChallenge(key, 'sign', at);
  checkChallenge(key, 'sign', requested, at + minutes - 1);
  for (const [use, moment] of [
    ['sign', at + minutes],
    ['sign-in', at],
  ] as const)
    assert.throws(() => checkChallenge(key, use, requested, moment), { code: 'challenge_invalid' });
});

/** A challenge is valid for a time, and for one purpose. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { checkChallenge, newChallenge } from './challenge.ts';

test('a challenge is valid for five minutes and for its purpose only', () => {
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

test('a challenge has one text: no other spelling of it is accepted', () => {
  const key = createSecretKey(randomBytes(32));
  const at = Date.now();
  const requested = newChallenge(key, 'sign', at);
  const last = requested.at(-1) ?? '';
  // the last character has two unused bits
  const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const unusedBits = requested.slice(0, -1) + (signs[signs.indexOf(last) + 1] ?? '');
  const others = [`${requested}=`, ` ${requested}`, `${requested}.`, `${requested}\n`, unusedBits];
  for (const other of others)
    assert.throws(() => checkChallenge(key, 'sign', other, at), { code: 'challenge_invalid' }, other);
});

import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { hmacBytes } from './hmac.ts';

test('an HMAC by one-shot hashes is the one that Node makes, whatever the lengths', () => {
  for (const prefix of ['', 'attempt\0']) {
    for (const keyLength of [1, 32, 64]) {
      const key = randomBytes(keyLength);
      const hmac = hmacBytes(key, prefix);
      for (const length of [0, 1, 32, 247, 248, 249, 256, 257, 5_000]) {
        const bytes = randomBytes(length);
        const expected = createHmac('sha256', key).update(prefix).update(bytes).digest('hex');
        assert.equal(hmac(bytes).toString('hex'), expected, `${prefix} ${keyLength} ${length}`);
      }
    }
  }
  assert.throws(() => hmacBytes(randomBytes(65)), RangeError);
});

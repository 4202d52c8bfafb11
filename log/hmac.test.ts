import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { hmacBytes, hmacInto } from './hmac.ts';

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

test('written to where it is wanted it is the same, of a stretch of longer bytes too', () => {
  const key = randomBytes(32);
  const hmac = hmacInto(key, 16);
  const into = Buffer.alloc(20);
  const made = (bytes: Uint8Array, from = 0, to = bytes.length): string => {
    hmac(bytes, from, to, into.fill(0xee), 2);
    return into.toString('hex');
  };
  const expected = (bytes: Uint8Array): string =>
    `eeee${createHmac('sha256', key).update(bytes).digest('hex').slice(0, 32)}eeee`;
  for (const length of [32, 0, 1, 32, 33, 255, 256, 257, 5_000, 32]) {
    const bytes = randomBytes(length + 7);
    assert.equal(made(bytes.subarray(0, length)), expected(bytes.subarray(0, length)), String(length));
    assert.equal(made(bytes, 5, 5 + length), expected(bytes.subarray(5, 5 + length)), String(length));
  }
  for (let i = 0; i < 500; i += 1) {
    const bytes = randomBytes(32);
    assert.equal(made(bytes), expected(bytes));
  }
  assert.throws(() => hmacInto(randomBytes(65), 16), RangeError);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base32, codeAt, stepOf } from './signInByCode.ts';

const secret = Buffer.from('12345678901234567890');

test('codes are those of RFC 6238, appendix B, cut to six digits', () => {
  const vectors: readonly (readonly [seconds: number, code: string])[] = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ];
  for (const [seconds, code] of vectors) assert.equal(codeAt(secret, Math.floor(seconds / 30)), code);
});

test('a code counts in its own half minute and in the neighbouring ones', () => {
  const now = 1_000_000_000_000;
  const step = Math.floor(now / 30_000);
  for (const offset of [-1, 0, 1])
    assert.equal(stepOf(secret, codeAt(secret, step + offset), now), step + offset);
  for (const offset of [-2, 2]) assert.equal(stepOf(secret, codeAt(secret, step + offset), now), undefined);
});

test('secrets are written as RFC 4648 writes them', () => {
  assert.equal(base32(Buffer.from('foobar')), 'MZXW6YTBOI');
  assert.equal(base32(Buffer.from('foob')), 'MZXW6YQ');
});

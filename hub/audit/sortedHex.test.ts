import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { piecesOf, sortedHex } from './sortedHex.ts';

const naive = (values: readonly Buffer[]): string =>
  values
    .map((value) => value.toString('hex'))
    .sort()
    .join('');

test('values are sorted as their texts are, doubles and common beginnings too', () => {
  const random = Array.from({ length: 1_000 }, () => randomBytes(16));
  const doubled = [...random.slice(0, 500), ...random.slice(0, 500), ...random.slice(0, 3)];
  const alike = (count: number): Buffer[] =>
    Array.from({ length: count }, () => Buffer.concat([Buffer.alloc(5, 7), randomBytes(11)]));
  const ends = [Buffer.alloc(16, 0xff), Buffer.alloc(16), Buffer.alloc(16, 0xff), Buffer.alloc(16, 0x7f)];
  const many = Array.from({ length: 8_200 }, () => randomBytes(16));
  for (const values of [[], random, doubled, alike(2), alike(40), [...random, ...alike(2)], ends, many])
    assert.equal(sortedHex(Buffer.concat(values), 16), naive(values), String(values.length));
  const short = Array.from({ length: 300 }, () => randomBytes(2));
  assert.equal(sortedHex(Buffer.concat(short), 2), naive(short));
});

test('a text falls into pieces', () => {
  assert.deepEqual(piecesOf('aabbcc', 2), ['aa', 'bb', 'cc']);
  assert.deepEqual(piecesOf('', 2), []);
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { distinctValues, sortedValues } from './sortedValues.ts';

const naive = (values: readonly Buffer[]): string =>
  values
    .map((value) => value.toString('hex'))
    .sort()
    .join('');

const sortedHex = (values: readonly Buffer[], length: number): string =>
  sortedValues(Buffer.concat(values), length).toString('hex');

test('values are sorted as their texts are, doubles and common beginnings too', () => {
  const random = Array.from({ length: 1_000 }, () => randomBytes(16));
  const doubled = [...random.slice(0, 500), ...random.slice(0, 500), ...random.slice(0, 3)];
  const alike = (count: number): Buffer[] =>
    Array.from({ length: count }, () => Buffer.concat([Buffer.alloc(5, 7), randomBytes(11)]));
  const ends = [Buffer.alloc(16, 0xff), Buffer.alloc(16), Buffer.alloc(16, 0xff), Buffer.alloc(16, 0x7f)];
  const many = Array.from({ length: 8_200 }, () => randomBytes(16));
  for (const values of [[], random, doubled, alike(2), alike(40), [...random, ...alike(2)], ends, many])
    assert.equal(sortedHex(values, 16), naive(values), String(values.length));
  const short = Array.from({ length: 300 }, () => randomBytes(2));
  assert.equal(sortedHex(short, 2), naive(short));
});

test('each value occurs once, in its order, and the input is unchanged', () => {
  const random = Array.from({ length: 300 }, () => randomBytes(16));
  const sorted = [...random].sort((one, other) => one.compare(other));
  const cases = [
    [],
    random.slice(0, 1),
    random,
    sorted,
    [...sorted, ...sorted],
    [...random, ...random.slice(7, 90)],
  ];
  const twice = sorted.flatMap((value, at) => (at % 3 === 0 ? [value, value, value] : [value]));
  for (const values of [...cases, twice, [Buffer.alloc(16), Buffer.alloc(16)]]) {
    const given = Buffer.concat(values);
    const once = [...new Set(values.map((value) => value.toString('hex')))].sort().join('');
    assert.equal(distinctValues(given, 16).toString('hex'), once);
    assert.equal(given.equals(Buffer.concat(values)), true);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson, canonicalJsonOfRow } from './canonicalJson.ts';

test('what is signed and logged holds safe integers only', () => {
  assert.equal(canonicalJson({ b: [1, 'x'], a: -0, gone: undefined }), '{"a":0,"b":[1,"x"]}');
  for (const value of [0.5, 2 ** 53, Number.NaN]) assert.throws(() => canonicalJson({ value }), TypeError);
});

test('a row may hold any finite number, written as RFC 8785 §3.2.2.3 says', () => {
  const row = { b: 26.9, a: [1e21, 1e-7, -0, 9007199254740993] };
  assert.equal(canonicalJsonOfRow(row), '{"a":[1e+21,1e-7,0,9007199254740992],"b":26.9}');
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => canonicalJsonOfRow({ value }), TypeError);
});

test('both write the same text where both have one', () => {
  const value = { name: '赵', list: ['a', 1, true, null], deep: { z: 0, a: Number.MAX_SAFE_INTEGER } };
  assert.equal(canonicalJsonOfRow(value), canonicalJson(value));
});

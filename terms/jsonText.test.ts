import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasExactNumbers, hasInexactNumber, isExactNumber, parseMarkingInexact } from './jsonText.ts';

test('a number is exact where the double keeps its digits', () => {
  for (const exact of ['0', '-0', '0.0', '1.50', '1e5', '1E+22', '9007199254740992', '9007199254740994'])
    assert.ok(isExactNumber(exact), exact);
  for (const exact of [
    '0.1',
    '0.30000000000000004',
    '1.7976931348623157e308',
    '5e-324',
    '0e999999',
    '0.10000000000000001',
    '1152921504606846976',
    '9223372036854775808',
    '0x1E',
    '-873325383328349.2',
  ])
    assert.ok(isExactNumber(exact), exact);
  for (const other of [
    '9007199254740993',
    '-9007199254740993.5',
    '0.12345678901234567890',
    '1e400',
    '1e-400',
  ])
    assert.ok(!isExactNumber(other), other);
  assert.ok(!isExactNumber(`1${'0'.repeat(2_000)}`));
});

test('numbers as programs write doubles are exact', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.ok(isExactNumber(String(value)));
      assert.ok(isExactNumber(value.toPrecision(17)));
      assert.ok(!hasInexactNumber(JSON.stringify({ value })));
    }),
  );
});

test('only the inexact numbers of a text are marked, and nothing in its strings', () => {
  const text = String.raw`{"9007199254740993":["9007199254740993","\"1e400\\",9007199254740993,1.5],"b":{"c":-1e400}}`;
  const value = parseMarkingInexact(text);
  assert.deepEqual(value, {
    '9007199254740993': ['9007199254740993', String.raw`"1e400\ `.trim(), Infinity, 1.5],
    b: { c: Infinity },
  });
  assert.ok(!hasExactNumbers(value));
  const exact = '{"id":"990101197610118739","rate":0.1}';
  assert.ok(hasExactNumbers(parseMarkingInexact(exact)));
  for (const malformed of ['{', '00000000000000000001', '[1e400'])
    assert.throws(() => parseMarkingInexact(malformed), SyntaxError);
});

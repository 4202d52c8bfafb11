import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EvidenceJsonFault, parseEvidenceJson } from './evidenceJson.ts';

const refused = (text: string): void =>
  assert.throws(() => parseEvidenceJson(text), EvidenceJsonFault, text.slice(0, 60));

describe('JSON of evidence', () => {
  test('is read as JSON.parse reads it, with any white space', () => {
    const value = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
        fc.maxSafeInteger(),
        fc.constantFrom(true, false, null),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(
          fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__'),
          tie('any'),
          { maxKeys: 4, noNullPrototype: true },
        ),
      ),
    })).any;
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2), (made, indent) => {
        const text = JSON.stringify(made, undefined, indent);
        assert.deepEqual(parseEvidenceJson(text), JSON.parse(text));
      }),
    );
  });

  test('arrays that repeat strings of the one before are read as written', () => {
    const word = fc.constantFrom('a', 'ab', 'b', 'a"', 'a\\', '', 'é', '\n');
    const row = fc.array(fc.oneof(word, fc.array(word, { maxLength: 2 })), { maxLength: 4 });
    const rows = fc.array(row, { maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.constantFrom(0, 1), (made, indent) => {
        const text = JSON.stringify(made, undefined, indent);
        assert.deepEqual(parseEvidenceJson(text), JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
    for (const text of ['[["a\\"b"],["a"b"]]', '[["a"],["a]]', '[["a"],["a""]]', '[["a\\"",["x"]],["a""]]'])
      refused(text);
  });

  test('what two readers could read differently is refused', () => {
    for (const text of [
      '{"a":1,"a":1}',
      '{"a":1,"\\u0061":2}',
      '{"__proto__":1}',
      '{"x":{"a":1,"b":2,"a":3}}',
    ])
      refused(text);
    for (const number of ['5.0', '5e0', '05', '-0', '1E3', '9007199254740993', '1.5', '-', '+1', '0x1', '1.'])
      refused(`{"index":${number}}`);
    for (const text of ['"\\ud800"', '"a\nb"', '"\t"', '"\\x"', '"', '"\\', '"\\"']) refused(text);
  });

  test('a text that is no JSON, or continues after its end, is refused', () => {
    for (const text of [
      '',
      ' ',
      '{',
      '[',
      '[1,]',
      '{"a":1,}',
      '{a:1}',
      '[1 2]',
      '1 2',
      'nul',
      'undefined',
      '\ufeff{}',
    ])
      refused(text);
    refused('['.repeat(100_000));
    refused(`${'{"a":'.repeat(100_000)}1`);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasNoLoneSurrogate, isWellFormed } from './controlText.ts';

test('a lone surrogate is found with and without the method of newer browsers', () => {
  for (const [text, wanted] of [
    ['', true],
    ['𠮷野家', true],
    ['a\ud83d', false],
    ['\udc00b', false],
    ['\ude00\ud83d', false],
  ] as const)
    assert.deepEqual([isWellFormed(text), hasNoLoneSurrogate(text)], [wanted, wanted], JSON.stringify(text));
  const units = fc.array(fc.constantFrom('a', '\ud83d', '\ude00', '人')).map((some) => some.join(''));
  fc.assert(fc.property(units, (text) => isWellFormed(text) === hasNoLoneSurrogate(text)));
});

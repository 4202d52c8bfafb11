import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nonEmpty } from '../tests/nonEmpty.ts';
import { fromBase64url } from '../certs/base64url.ts';
import { Base64Decoder, fromBase64, toBase64, toBase64url } from './base64.ts';

/** What an encoder writes, by the longer way: decoded and encoded again. */
const written = (text: string): boolean =>
  /^[A-Za-z0-9+/]*={0,2}$/.test(text) && Buffer.from(text, 'base64').toString('base64') === text;

test('bytes come back, and only the text that an encoder writes is read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      assert.deepEqual(fromBase64(toBase64(bytes)), Buffer.from(bytes));
      assert.deepEqual(fromBase64url(toBase64url(bytes)), Buffer.from(bytes));
    }),
  );
  const signs = fc.constantFrom(...Array.from('ABQZaz019+/=-_ \n\r.,é'));
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 12 }), (text) => {
      const one = text.join('');
      assert.equal(fromBase64(one) !== undefined, written(one), JSON.stringify(one));
    }),
    { numRuns: 20_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), signs, (bytes, place, sign) => {
      const text = toBase64(bytes);
      const at = place % text.length;
      const altered = `${text.slice(0, at)}${sign}${text.slice(at + 1)}`;
      assert.equal(fromBase64(altered) !== undefined, written(altered), JSON.stringify(altered));
    }),
    { numRuns: 5_000 },
  );
});

test('a decoder of many values reads what one reads, and leaves the values before untouched', () => {
  const decoder = new Base64Decoder();
  const signs = fc.constantFrom(...Array.from('ABQZaz019+/=-_ \né'));
  fc.assert(
    fc.property(fc.array(fc.array(signs, { maxLength: 12 }), { maxLength: 20 }), (lists) => {
      const texts = lists.map((list) => list.join(''));
      const read = texts.map((text) => decoder.decode(text));
      assert.deepEqual(read, texts.map(fromBase64));
    }),
    { numRuns: 2_000 },
  );
  const large = [3, 60_000, 65_000, 70_000, 65_535, 1].flatMap((length) =>
    Array.from({ length: 20 }, (_, at) => toBase64(Buffer.alloc(length, at))),
  );
  const read = large.map((text) => decoder.decode(text));
  assert.ok(nonEmpty(read).every((bytes, at) => bytes !== undefined && toBase64(bytes) === large[at]));
});

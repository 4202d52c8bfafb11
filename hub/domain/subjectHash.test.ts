import assert from 'node:assert/strict';
import { createHmac, createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { subjectHash, subjectHasher, subjectHashes } from './subjectHash.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const household = sharedSchema('household@1');

test("a row's subject is the HMAC-SHA-256 of kind and value, by every path", () => {
  const hashOf = subjectHasher(key, household);
  const quick = subjectHashes(key);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (value) => {
      const expected = createHmac('sha256', key).update(`person\n${value}`, 'utf8').digest('hex');
      assert.equal(hashOf(value), expected);
      assert.equal(subjectHash(key, 'person', value), expected);
      assert.equal(quick('person', value), expected);
    }),
  );
});

test('a row without its subject, and a dataset about no person, have none', () => {
  assert.equal(subjectHasher(key, household)(null), undefined);
  assert.equal(subjectHasher(key, sharedSchema('air-quality-hourly@1'))('x'), undefined);
});

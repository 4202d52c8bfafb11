import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subjectFindings } from './commitSubjects.ts';

test('a subject has a scope and at most 72 characters', () => {
  const longest = `log: ${'x'.repeat(67)}`;
  assert.deepEqual(subjectFindings(['intake: reject a batch', 'hub, cli: name the field', longest]), []);
  assert.equal(subjectFindings([`${longest}x`]).length, 1);
  assert.equal(subjectFindings(['without a scope']).length, 1);
  assert.equal(subjectFindings(['']).length, 1);
});

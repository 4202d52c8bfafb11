import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOf, checks } from './checks.ts';

test('a refusal belongs to the check that made it; of a code that is not listed nothing is said', () => {
  assert.equal(checkOf('certificate_revoked'), 'certificate');
  assert.equal(checkOf('nonce_replayed'), 'nonce');
  assert.equal(checkOf('no_agreement'), 'decision');
  assert.equal(checkOf('internal_error'), undefined);
  assert.equal(checks.at(-1), 'decision');
});

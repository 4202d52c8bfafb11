import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyProblems } from '../../../terms/problems/policy.ts';
import { wireProblems } from '../../../terms/problems/wire.ts';
import { checkOf, checks } from './checks.ts';

test('a refusal belongs to the check that made it; of a code that is not listed nothing is said', () => {
  assert.equal(checkOf('certificate_revoked'), 'certificate');
  assert.equal(checkOf('nonce_replayed'), 'nonce');
  assert.equal(checkOf('no_agreement'), 'decision');
  assert.equal(checkOf('internal_error'), undefined);
  assert.equal(checks.at(-1), 'decision');
});

/** Told by tools and on documents, or when all checks of a call had held: nothing is said of the checks then. */
const elsewhere = new Set([
  ...['message_malformed', 'key_malformed', 'jws_invalid'],
  ...[
    'policy_invalid',
    'policy_does_not_compile',
    'approval_by_import_only',
    'approval_unfit',
    'mask_unknown',
  ],
  ...[
    'mask_type_errors',
    'masked_row_invalid',
    'lookups_too_many_rows',
    'aggregate_fixed',
    'aggregate_too_fine',
  ],
]);

test('every code of the signed request and of the decision has its check', () => {
  const codes = [...Object.keys(wireProblems), ...Object.keys(policyProblems)];
  assert.ok(codes.length > 60);
  for (const code of codes) assert.equal(checkOf(code) === undefined, elsewhere.has(code), code);
});

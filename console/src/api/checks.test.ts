import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { isProblemCode } from '../../../terms/problemCatalogue.ts';
import { policyProblems } from '../../../terms/problems/policy.ts';
import { wireProblems } from '../../../terms/problems/wire.ts';
import { checkOf, checksOf } from './checks.ts';
import { defined } from '../../../terms/defined.ts';

test('a refusal belongs to the check that made it; a code that is not listed has none', () => {
  assert.equal(checkOf('certificate_revoked'), 'certificate');
  assert.equal(checkOf('nonce_replayed'), 'nonce');
  assert.equal(checkOf('no_agreement'), 'decision');
  assert.equal(checkOf('provider_unavailable'), 'delivery');
  assert.equal(checkOf('internal_error'), undefined);
});

test('a call for rows ends with the check delivery, another one with act; a call of a person and a fault of the hub have no checks', () => {
  const department = { department: 'education', keyid: 'k' };
  const lastCheck = (
    kind: 'release' | 'intake',
    code: string | undefined,
    actor = {},
    more: Partial<Parameters<typeof checksOf>[0]> = {},
  ): string | undefined => {
    const entry = { kind, actor, operation: 'any', ...defined({ code }), ...more };
    const { checks, failed } = checksOf(entry) ?? {};
    return checks && `${checks.at(-1)} ${failed ?? 'held'}`;
  };
  assert.equal(lastCheck('release', undefined, department), 'delivery held');
  assert.equal(lastCheck('release', 'export_void', department), 'delivery delivery');
  assert.equal(lastCheck('release', 'internal_error', department), undefined);
  assert.equal(lastCheck('intake', undefined, department), 'act held');
  assert.equal(lastCheck('intake', 'signature_invalid'), 'act signature');
  assert.equal(lastCheck('intake', 'batch_incomplete', department), 'act act');
  assert.equal(lastCheck('intake', 'internal_error', department), undefined);
  assert.equal(lastCheck('intake', 'batch_incomplete', { person: 'p', staff: 's' }), undefined);
  assert.equal(lastCheck('intake', 'session_ended'), undefined);
  for (const code of ['invalid_request', 'malformed_json', 'idempotency_conflict']) {
    assert.equal(
      lastCheck('intake', code, { person: 'p', staff: 's' }),
      undefined,
      'a call of a person is not signed',
    );
    assert.equal(lastCheck('intake', code), undefined);
  }
  assert.equal(lastCheck('release', undefined, department, { operation: 'requestExport' }), 'decision held');
  for (const [state, last] of [
    ['open', 'decision'],
    ['aborted', 'decision'],
    ['part', 'delivery'],
    ['complete', 'delivery'],
  ] as const) {
    const stream = { id: '01a202d9-90c8-72dd-ad2d-0bb6e8b3c876', state } as never;
    assert.equal(lastCheck('release', undefined, department, { stream }), `${last} held`);
  }
});

/** Folders that a call for rows passes through. The codes of signed requests and of policies are added. */
const folders = [
  ...['hub/pipeline', 'hub/identity/authentication', 'certs/signatures'],
  ...['policies', 'hub/flows/release', 'hub/flows/live'],
];

/** Codes that are listed and refuse no such call, by why not. */
const others = {
  'tools and documents': [
    ...['message_malformed', 'key_malformed', 'jws_invalid', 'certificate_foreign'],
    ...['policy_invalid', 'policy_does_not_compile', 'mask_unknown', 'approval_by_import_only'],
    ...['approval_unfit', 'consent_invalid', 'assertion_invalid', 'already_stopped'],
    ...['pseudonym_format', 'linkage_ended'],
    // rows of cases, read by persons
    ...['rows_not_changeable', 'case_notices_unfit', 'not_a_contributor'],
  ],
  'what a client finds in a reply': [
    ...['reply_not_bound', 'reply_signature_invalid', 'reply_signature_missing'],
  ],
  'calls of other listeners': ['cross_site_call', 'two_credentials'],
  'a provider’s connection': [
    ...[
      'not_the_provider',
      'dataset_hosted',
      'connectors_one_process',
      'connectors_too_many',
      'hub_draining',
    ],
  ],
  'no entry, or an answer within one': ['too_many_attempts', 'too_many_requests', 'not_found'],
  'the hub itself': ['internal_error', 'log_busy', 'job_taken_over'],
};

test('every code that a call for rows can be refused with has its check', () => {
  const root = resolve(import.meta.dirname, '../../..');
  const codesInSource = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /(?<!\.test)\.ts$/.test(name) && !/^(jobs|sandbox)\//.test(name))
      .flatMap((name) => [
        ...readFileSync(join(root, folder, name), 'utf8').matchAll(/'([a-z]+(?:_[a-z]+)+)'/g),
      ])
      .map(([, code = '']) => code)
      .filter(isProblemCode),
  );
  const codes = new Set<string>([
    ...codesInSource,
    ...Object.keys(wireProblems),
    ...Object.keys(policyProblems),
  ]);
  assert.ok(codes.size > 100, `${codes.size}`);
  const elsewhere = new Set(Object.values(others).flat());
  assert.deepEqual(
    [...codes].filter((code) => (checkOf(code) === undefined) !== elsewhere.has(code)),
    [],
  );
  for (const code of elsewhere) assert.ok(codes.has(code), `${code} is in no source file`);
});

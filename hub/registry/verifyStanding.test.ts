/** A document in force that this release cannot read is reported with the rule that it breaks. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { canonicalJson } from '../../terms/canonicalJson.ts';
import type { ConsentStateRow } from './store/policy/pagePolicyDocuments.ts';
import { verifyStanding } from './verifyStanding.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** The row of a document that was put in force by the entry that submitted it. */
function rowOf(document: Readonly<Record<string, string | number | object>>): ConsentStateRow {
  const text = canonicalJson(document as never);
  const digest = createHash('sha256').update(text).digest('hex');
  const leaf = {
    v: 1,
    id: '0192aa00-0000-7000-8000-000000000001',
    at: '2026-11-20T00:00:00.000Z',
    kind: 'management',
    operation: 'submitPolicyDocument',
    decision: 'allow',
    actor: { staff: 'hub' },
    change: { document: 'agr-old@1', digest, state: 'active' },
  };
  return {
    id: 'agr-old',
    version: 1,
    kind: 'Agreement',
    text,
    digest,
    state: 'active',
    automatic: true,
    signatures: [],
    stopped: [],
    decided: null,
    submitted: bytesOf(canonicalJson(leaf)),
  } as unknown as ConsentStateRow;
}

const witnesses = { departments: [], keys: new Map(), revocations: new Map() };

test('the reason names the place and the rule', async () => {
  const bilingual = { zh: '入学', en: 'enrolment' };
  const verdict = await verifyStanding(
    rowOf({
      kind: 'Agreement',
      id: 'agr-old',
      version: 1,
      provider: 'police',
      consumer: 'education',
      purposes: ['school'],
      basis: { type: 'statutory', reference: '义务教育法', clause: '第十二条' },
      valid: { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' },
      matters: [{ code: 'enrol', title: bilingual, materials: [bilingual] }],
      grants: [{ dataset: 'police.household', schema: 'household@1', fields: { name: true } }],
    }),
    witnesses,
  );
  assert.ok('fault' in verdict);
  assert.deepEqual([verdict.name, verdict.fault], ['agr-old@1', 'unreadable']);
  assert.equal(verdict.reason?.en, '/matters/0 "cases" is missing');
  assert.deepEqual(verdict.serves?.purposes, ['school'], 'the log contains the digest of its text');
});

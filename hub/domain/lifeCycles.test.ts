import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyDocumentLife } from './agreement.ts';
import { batchLife } from './batch.ts';
import { certificateLife, renewable } from './certificate.ts';
import { datasetLife, receives, releases } from './dataset.ts';
import { isFinal, transition, type LifeCycle } from './lifeCycle.ts';
import { schemaVersionLife } from './schemaVersion.ts';

const cycles: readonly (readonly [string, LifeCycle<string, string>, string])[] = [
  ['dataset', datasetLife, 'draft'],
  ['schema version', schemaVersionLife, 'draft'],
  ['agreement', policyDocumentLife, 'draft'],
  ['batch', batchLife, 'receiving'],
  ['certificate', certificateLife, 'active'],
];

test('every state of a life cycle can be reached, and every act leads to a state of it', () => {
  for (const [name, cycle, start] of cycles) {
    const reached = new Set([start]);
    for (const state of reached) {
      for (const next of Object.values(cycle[state] ?? {})) if (next !== undefined) reached.add(next);
    }
    assert.deepEqual([...reached].sort(), Object.keys(cycle).sort(), name);
  }
});

test('an act that a state does not allow is refused by name', () => {
  assert.throws(() => transition(policyDocumentLife, 'agreement agr-1', 'superseded', 'approve'), {
    code: 'transition_not_allowed',
    facts: { what: 'agreement agr-1', state: 'superseded', act: 'approve' },
  });
  assert.throws(
    () => transition(batchLife as LifeCycle<string, string>, 'batch', 'receiving', 'constructor'),
    {
      code: 'transition_not_allowed',
    },
  );
  assert.throws(() => transition(batchLife as LifeCycle<string, string>, 'batch', 'toString', 'commit'), {
    code: 'transition_not_allowed',
  });
});

test('what is revoked, retired or superseded never comes back', () => {
  assert.ok(isFinal(certificateLife, 'revoked'));
  assert.ok(isFinal(datasetLife, 'retired'));
  assert.ok(isFinal(policyDocumentLife, 'revoked'));
  assert.ok(isFinal(policyDocumentLife, 'superseded'));
  assert.equal(renewable('revoked'), false);
  assert.equal(renewable('expired'), true);
});

test('a suspended dataset gives no rows and takes none; an approved one takes its first batch', () => {
  assert.equal(releases('suspended'), false);
  assert.equal(receives('suspended'), false);
  assert.equal(receives('approved'), true);
  assert.equal(releases('approved'), false);
  assert.equal(transition(datasetLife, 'dataset', 'suspended', 'resume'), 'published');
});

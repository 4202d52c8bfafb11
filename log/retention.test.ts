/** How long an entry is retained follows from its kind, its decision and its dataset alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleId, yearsBefore, yearsOf, type RetentionRules } from './retention.ts';

const rules: RetentionRules = new Map([
  [ruleId('exchange'), 5],
  [ruleId('reading'), 4],
  [ruleId('exchange', 'civil.kept'), 10],
  [ruleId('exchange', 'civil.short'), 3],
  [ruleId('exchange', 'civil.ever'), undefined],
]);

test('rows in and out are retained by the rule of their dataset, accesses and refused acts by theirs, and the rules of decisions forever', () => {
  const years = (
    kind: 'release' | 'intake' | 'return' | 'inspect' | 'sandbox' | 'management' | 'retire',
    more = {},
  ) => yearsOf({ kind, decision: 'allow', ...more }, rules);
  assert.deepEqual([years('release'), years('intake'), years('return')], [5, 5, 5]);
  assert.equal(years('release', { decision: 'deny' }), 5, 'refused ones too');
  assert.deepEqual(
    [years('inspect'), years('sandbox'), years('management', { decision: 'deny' })],
    [4, 4, 4],
  );
  assert.deepEqual([years('management'), years('retire')], [undefined, undefined]);
  for (const [dataset, stored] of [
    ['civil.kept', 10],
    ['civil.short', 3],
    ['civil.ever', undefined],
    ['civil.other', 5],
  ] as const)
    assert.equal(years('release', { dataset }), stored, dataset);
  assert.equal(years('inspect', { dataset: 'civil.kept' }), 4, 'a rule of the other class says nothing');
  assert.equal(
    yearsOf({ kind: 'release', decision: 'allow' }, new Map()),
    undefined,
    'without a rule for ever',
  );
});

test('a year ago is the same day, and of 29 February the day after it', () => {
  assert.equal(yearsBefore(Date.UTC(2026, 8, 10), 3), Date.UTC(2023, 8, 10));
  assert.equal(yearsBefore(Date.UTC(2028, 1, 29), 3), Date.UTC(2025, 2, 1));
});

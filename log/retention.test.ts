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

const moment = (text: string): number => Date.parse(`${text}+08:00`);

test('a year ago is the same day and time in China', () => {
  assert.equal(yearsBefore(moment('2026-09-10T08:30:00'), 3), moment('2023-09-10T08:30:00'));
  // these hours of China are of the day before in UTC, one of which has a 29 February
  assert.equal(yearsBefore(moment('2027-03-01T00:30:00'), 3), moment('2024-03-01T00:30:00'));
  assert.equal(yearsBefore(moment('2028-03-01T00:30:00'), 3), moment('2025-03-01T00:30:00'));
  assert.equal(yearsBefore(moment('2032-02-29T12:00:00'), 4), moment('2028-02-29T12:00:00'));
  assert.ok(Number.isNaN(yearsBefore(NaN, 3)), 'a time that is none permits nothing');
});

test('on 29 February nothing of 1 March is over, and what was over on the 28th still is', () => {
  for (const time of ['00:00:00', '07:59:59', '08:00:00', '23:59:59.999'])
    assert.equal(
      yearsBefore(moment(`2028-02-29T${time}`), 3),
      moment('2025-02-28T23:59:59.999'),
      `${time} of 29 February`,
    );
  assert.equal(yearsBefore(moment('2028-02-28T23:59:59.999'), 3), moment('2025-02-28T23:59:59.999'));
  assert.equal(yearsBefore(moment('2028-03-01T00:00:00'), 3), moment('2025-03-01T00:00:00'));
});

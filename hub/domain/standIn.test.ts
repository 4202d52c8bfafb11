import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RoleGrant } from './permissions.ts';
import { isSamePerson, effectOfStandIns, type StandIn } from './standIn.ts';

const own: Readonly<Record<string, readonly RoleGrant[]>> = {
  ann: [
    { role: 'steward', department: 'edu' },
    { role: 'steward', department: 'health' },
    { role: 'auditor' },
  ],
  bob: [{ role: 'clerk', department: 'edu' }],
};
const named = (change: Partial<StandIn> = {}): StandIn => ({
  id: 'std-1',
  kind: 'deputy',
  steward: 'ann',
  person: 'bob',
  department: 'edu',
  begins: 100,
  until: 200,
  ended: false,
  ...change,
});
const at = (now: number, person: string, ...standIns: readonly StandIn[]) =>
  effectOfStandIns(person, standIns, (one) => own[one] ?? [], now);

test('a deputy has the steward’s role at the one place, from the beginning until, but not at, the end', () => {
  const lent = (now: number, change?: Partial<StandIn>) => at(now, 'bob', named(change)).lent;
  const steward = [{ role: 'steward', department: 'edu' }];
  assert.deepEqual([lent(99), lent(100), lent(199), lent(200)], [[], steward, steward, []]);
  assert.deepEqual(lent(150, { ended: true }), []);
  assert.deepEqual(lent(150, { department: 'police' }), [], 'the steward has no role there');
  assert.deepEqual(
    lent(1e15, { kind: 'second', until: null }),
    steward,
    'a permanent second has no end date',
  );
});

test('a deputy and their steward count as one person while it lasts; a permanent second counts as another person', () => {
  const { actingPersons, insteadOf } = at(150, 'bob', named());
  assert.deepEqual([actingPersons, insteadOf], [['bob', 'ann'], ['ann']]);
  assert.deepEqual(at(150, 'ann', named()).actingPersons, ['ann', 'bob']);
  assert.deepEqual(at(200, 'ann', named()).actingPersons, ['ann']);
  const second = at(150, 'bob', named({ kind: 'second', until: null }));
  assert.deepEqual([second.actingPersons, second.insteadOf], [['bob'], []]);
  assert.equal(isSamePerson({ actingPersons }, 'ann'), true);
  assert.equal(isSamePerson({ actingPersons }, null), false);
});

test('a deputy has no deputies: roles lent to a deputy are not lent on', () => {
  const chain = [named(), named({ id: 'std-2', steward: 'bob', person: 'cho' })];
  assert.deepEqual(at(150, 'cho', ...chain).lent, []);
});

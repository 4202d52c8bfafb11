import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayDecide } from './batch.ts';
import type { StandIn } from './standIn.ts';

const day = 86_400_000;
const now = 100 * day;
const named = { person: 'named', able: true };
const standIn = (person: string, more: Partial<StandIn> = {}): StandIn => ({
  id: person,
  kind: 'second',
  steward: 'named',
  person,
  department: 'education',
  begins: now - day,
  until: null,
  ended: false,
  ...more,
});
const requested = (person: string, standIns: readonly StandIn[] = [], first?: string): boolean =>
  mayDecide(person, named, { first, standIns, now });

test('the decision is the steward’s, or that of their deputy or permanent second while these act', () => {
  assert.deepEqual([requested('named'), requested('other')], [true, false]);
  assert.equal(requested('second', [standIn('second')]), true);
  assert.equal(requested('deputy', [standIn('deputy', { kind: 'deputy', until: now + 1 })]), true);
  const over = { kind: 'deputy', until: now } as const;
  for (const gone of [over, { ended: true }, { begins: now + 1 }, { steward: 'another' }])
    assert.equal(requested('deputy', [standIn('deputy', gone)]), false, JSON.stringify(gone));
  assert.equal(requested('named', [standIn('other')]), true);
});

test('after the steward’s first approval any other person gives the second; after another person’s first, the steward does', () => {
  assert.deepEqual([requested('other', [], 'named'), requested('other', [], 'third')], [true, false]);
  assert.equal(requested('named', [], 'third'), true);
  assert.equal(requested('other', [standIn('deputy')], 'deputy'), true);
});

test('while the steward can decide nothing, any other person with the role decides', () => {
  const vacant = { person: 'named', able: false };
  assert.equal(mayDecide('other', vacant, { first: undefined, standIns: [], now }), true);
});

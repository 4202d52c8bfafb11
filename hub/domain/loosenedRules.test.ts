import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultIntakeRules, type IntakeRules, loosenedRules } from './intakeRules.ts';

type Rules = Partial<IntakeRules>;

/** Each way and back again: what one way guards less guards more the other. */
const ways: readonly (readonly [
  what: string,
  before: Rules,
  after: Rules,
  there: readonly string[],
  back: readonly string[],
])[] = [
  ['nothing', {}, {}, [], []],
  ['a default that is named', {}, { mayShrink: defaultIntakeRules.mayShrink }, [], []],
  ['a larger share', { mayShrink: 0.1 }, { mayShrink: 0.2 }, ['mayShrink'], []],
  ['a share that is asked no more', { mayGrow: 0.5 }, {}, ['mayGrow'], []],
  ['none at all, and a little', { mayShrink: 0 }, { mayShrink: 0.000_1 }, ['mayShrink'], []],
  ['more that may be deleted', {}, { mayDelete: 0.9 }, ['mayDelete'], []],
  ['a weaker consequence', { onDrift: 'reject' }, { onDrift: 'hold' }, ['onDrift'], []],
  ['a switch', { signedOnly: true }, { signedOnly: false }, ['signedOnly'], []],
  ['days that a batch is held: either way', { holdDays: 3 }, { holdDays: 4 }, ['holdDays'], ['holdDays']],
  [
    'months and weeks',
    { expect: { every: 'week', by: 2 } },
    { expect: { every: 'month', by: 2 } },
    ['expect'],
    [],
  ],
  [
    'a later day of the month',
    { expect: { every: 'month', by: 5 } },
    { expect: { every: 'month', by: 6 } },
    ['expect'],
    [],
  ],
  ['any plan and none', { expect: { every: 'day' } }, {}, ['expect'], []],
  [
    'watched from a later day on',
    { expect: { every: 'day', since: '2026-01-01' } },
    { expect: { every: 'day', since: '2026-02-01' } },
    ['expect'],
    [],
  ],
  [
    'watched from the beginning, and from a day on',
    { expect: { every: 'day' } },
    { expect: { every: 'day', since: '2026-02-01' } },
    ['expect'],
    // a plan without a day counts from when it is stated: that may be later
    ['expect'],
  ],
  [
    'a day of the month, of a rarer plan that is no later',
    { expect: { every: 'month', by: 20 } },
    { expect: { every: 'quarter', by: 1 } },
    ['expect'],
    [],
  ],
  [
    'other rows deleted: either way',
    { deleteWhere: { field: 'gone', is: ['1'] } },
    { deleteWhere: { field: 'gone', is: ['1', '2'] } },
    ['deleteWhere'],
    ['deleteWhere'],
  ],
  [
    'other values computed: either way',
    { rollup: { of: 'a.b', every: '1h', fields: { x: ['avg'] } } },
    { rollup: { of: 'a.b', every: '1h', fields: { x: ['avg', 'max'] } } },
    ['rollup'],
    ['rollup'],
  ],
  [
    'rows deleted at all',
    {},
    { deleteWhere: { field: 'gone', is: ['1'] } },
    ['deleteWhere'],
    ['deleteWhere'],
  ],
];

test('what guards less is named, one way and not the other; what changes how long something stays, both ways', () => {
  for (const [what, before, after, there, back] of ways) {
    assert.deepEqual(loosenedRules(before, after), there, what);
    assert.deepEqual(loosenedRules(after, before), back, `${what}, back`);
  }
});

test('of lists each earlier rule is still present, in any order; one more is stricter', () => {
  const rule = (field: string): never =>
    ({ fields: [field], dataset: 'a.b', to: [field], severity: 'hold' }) as never;
  const [one, other] = [rule('x'), rule('y')];
  assert.deepEqual(loosenedRules({ references: [one, other] }, { references: [other, one] }), []);
  assert.deepEqual(loosenedRules({ references: [one] }, { references: [one, other] }), []);
  assert.deepEqual(loosenedRules({ references: [one, other] }, { references: [one] }), ['references']);
  assert.deepEqual(
    loosenedRules(
      { references: [one] },
      { references: [{ ...(one as object), severity: 'reject' } as never] },
    ),
    ['references'],
    'another wording counts, be it stricter: asked once too often, never too seldom',
  );
  const turned = Object.fromEntries(Object.entries(one as object).reverse()) as never;
  assert.deepEqual(loosenedRules({ references: [one] }, { references: [turned] }), [], 'the order of words');
  assert.deepEqual(loosenedRules({ crossRules: [one] }, {}), ['crossRules']);
});

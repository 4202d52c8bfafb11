import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drift, storedCodes, type FieldProfile, type FormerProfile } from './drift.ts';
import { defaultIntakeRules } from './intakeRules.ts';

const rules = { ...defaultIntakeRules, mayGrow: 0.1, mayEmpty: 0.1, mayShift: 0.1 };

const field = (empty: number, women = 0.5): FieldProfile => ({
  empty,
  distinct: 1,
  codes: new Map([
    ['1', 1 - women],
    ['2', women],
  ]),
});
const batch = (rows: number, { empty = 0, women = 0.5, approved = false } = {}): FormerProfile => ({
  rows,
  approved,
  fields: new Map([['sex', field(empty, women)]]),
});
const reported = (now: FormerProfile, ...former: readonly FormerProfile[]): readonly string[] =>
  drift(now, former, rules).map(({ code, facts }) => `${code} ${Object.values(facts).join(' ')}`);

test('what moves a little with each batch is found as soon as it has left the middle of the last ones', () => {
  assert.deepEqual(reported(batch(1_090), batch(1_000)), []);
  assert.deepEqual(reported(batch(1_188), batch(1_090), batch(1_000)), ['batch_grown 1188 1045 2']);
  assert.deepEqual(
    reported(batch(1_000, { empty: 0.24 }), ...[0.18, 0.12, 0.06, 0].map((empty) => batch(1_000, { empty }))),
    ['batch_field_emptied sex 24 9 4'],
  );
  assert.deepEqual(
    reported(
      batch(1_000, { women: 0.74 }),
      ...[0.68, 0.62, 0.56, 0.5].map((women) => batch(1_000, { women })),
    ),
    ['batch_codes_shifted sex 15 4'],
  );
});

test('one odd batch among the last ones makes nothing of the next', () => {
  const usual = batch(1_000);
  for (const odd of [batch(5_000), batch(150), batch(1_000, { empty: 0.9 }), batch(1_000, { women: 0 })])
    for (const former of [
      [odd, usual, usual],
      [usual, odd, usual, usual],
      [usual, usual, usual, usual, odd],
    ])
      assert.deepEqual(reported(batch(1_010), ...former), []);
});

test('values that a person released are usual from then on, and earlier usual values are no drift either', () => {
  const usual = batch(1_000);
  const released = batch(3_000, { empty: 0.5, women: 0.9, approved: true });
  assert.deepEqual(
    reported(batch(3_100, { empty: 0.5, women: 0.9 }), released, usual, usual, usual, usual),
    [],
  );
  assert.deepEqual(reported(batch(1_010), released, usual, usual, usual, usual), []);
  assert.deepEqual(reported(batch(3_400, { empty: 0.7, women: 0.1 }), released, usual, usual, usual, usual), [
    'batch_grown 3400 3000 5',
    'batch_field_emptied sex 70 50 5',
    'batch_codes_shifted sex 40 5',
  ]);
});

test('five batches count, and those that are too small to say anything do not', () => {
  const [small, usual, long] = [batch(99), batch(1_000), batch(9_000)];
  assert.deepEqual(reported(batch(9_000), small, small), []);
  assert.deepEqual(reported(batch(9_000), small, usual, usual, usual, usual, usual, long, long, long, long), [
    'batch_grown 9000 1000 5',
  ]);
  assert.deepEqual(reported(batch(60, { empty: 1 }), usual), [], 'nor is a small one compared by its shares');
});

test('a field whose codes were not stored is not compared, nor is one that the others lack', () => {
  const without = { rows: 1_000, approved: false, fields: new Map([['sex', { empty: 0, distinct: 1 }]]) };
  assert.deepEqual(reported(batch(1_000, { women: 1 }), without), []);
  assert.deepEqual(reported(batch(1_000, { women: 1 }), without, batch(1_000), batch(1_000)), [
    'batch_codes_shifted sex 50 3',
  ]);
  assert.deepEqual(reported(batch(1_000, { empty: 1 }), { ...without, fields: new Map() }), []);
});

test('the codes of five rows and more are stored of a batch, in thousandths', () => {
  const codes = new Map([
    ['rare', 0.004],
    ['some', 0.0051],
    ['most', 0.9909],
  ]);
  assert.deepEqual(
    [...storedCodes(codes, 1_000)],
    [
      ['most', 0.991],
      ['some', 0.005],
    ],
  );
  assert.deepEqual([...storedCodes(codes, 100)], [['most', 0.991]]);
  const many = new Map(Array.from({ length: 80 }, (_, i) => [String(i), i / 4_000] as const));
  assert.equal(storedCodes(many, 1_000_000).size, 50);
  assert.ok(!storedCodes(many, 1_000_000).has('1'));
});

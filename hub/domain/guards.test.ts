import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guard, type Arrival } from './guards.ts';
import { defaultIntakeRules } from './intakeRules.ts';

const sound: Arrival = {
  counts: { rows: 1_000, bad: 0 },
  over: undefined,
  replaces: true,
  reference: 1_000,
  before: undefined,
  elsewhere: undefined,
  profiles: undefined,
  rowsBefore: undefined,
  rowsElsewhere: false,
};
const codes = (arrival: Partial<Arrival>, rules = defaultIntakeRules): readonly string[] =>
  guard({ ...sound, ...arrival }, rules).map(({ code }) => code);

test('a batch that is like those before it passes', () => {
  assert.deepEqual(codes({}), []);
  assert.deepEqual(codes({ reference: undefined, counts: { rows: 1, bad: 0 } }), []);
});

test('a snapshot that lost more than half of its rows is held; what adds to a dataset may be small', () => {
  assert.deepEqual(codes({ counts: { rows: 500, bad: 0 } }), []);
  assert.deepEqual(guard({ ...sound, counts: { rows: 499, bad: 0 } }, defaultIntakeRules), [
    { code: 'batch_shrunk', severity: 'hold', facts: { rows: 499, reference: 1_000 } },
  ]);
  assert.deepEqual(codes({ counts: { rows: 499, bad: 0 }, replaces: false }), []);
});

test('short lists are compared by share too, from ten rows on', () => {
  assert.deepEqual(codes({ counts: { rows: 1, bad: 0 }, reference: 99 }), ['batch_shrunk']);
  assert.deepEqual(codes({ counts: { rows: 50, bad: 0 }, reference: 99 }), []);
  assert.deepEqual(codes({ counts: { rows: 1, bad: 0 }, reference: 9 }), []);
});

test('no rows after some are always held, however short the list was and whatever the rules allow', () => {
  const allowing = { ...defaultIntakeRules, mayShrink: 1, onDrift: 'warn' as const };
  for (const reference of [1, 50, 1_000])
    for (const rules of [defaultIntakeRules, allowing])
      assert.deepEqual(guard({ ...sound, counts: { rows: 0, bad: 0 }, reference }, rules), [
        { code: 'batch_shrunk', severity: 'hold', facts: { rows: 0, reference } },
      ]);
  assert.deepEqual(codes({ counts: { rows: 0, bad: 0 }, reference: undefined }), []);
  assert.deepEqual(codes({ counts: { rows: 0, bad: 0 }, replaces: false }), []);
});

test('the dataset defines how much it may shrink', () => {
  const strict = { ...defaultIntakeRules, mayShrink: 0.02 };
  assert.deepEqual(codes({ counts: { rows: 970, bad: 0 } }, strict), ['batch_shrunk']);
  assert.deepEqual(codes({ counts: { rows: 1, bad: 0 } }, { ...strict, mayShrink: 1 }), []);
});

test('every reason is reported, not only the first', () => {
  const before = { batch: 'b', day: '2026-01-02' };
  assert.deepEqual(
    codes({ counts: { rows: 1, bad: 9 }, over: { limit: 'maxBad', allowed: 8 }, before, elsewhere: 'other' }),
    ['too_many_bad_rows', 'batch_shrunk', 'batch_bytes_before', 'batch_bytes_elsewhere'],
  );
});

test('bytes of another dataset are held; those of a dataset that was made anew only warn at its first file', () => {
  const found = (elsewhere: 'replaced' | 'other', reference: number | undefined): string[] =>
    guard({ ...sound, elsewhere, reference }, defaultIntakeRules).map(
      ({ code, severity }) => `${severity} ${code}`,
    );
  const both = (severity: string): string[] => [`${severity} batch_bytes_elsewhere`];
  assert.deepEqual(found('replaced', undefined), both('warn'));
  assert.deepEqual(found('replaced', 1000), both('hold'));
  assert.deepEqual(found('other', undefined), both('hold'));
});

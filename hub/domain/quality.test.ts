import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filledIn, gradeOf, partsOf } from './quality.ts';

const field = (empty: number): { readonly empty: number; readonly distinct: number } => ({
  empty,
  distinct: 1,
});

test('a batch is described in four shares', () => {
  const profile = { repeated: 5, fields: { a: field(0), b: field(0.5) } };
  const measures = { rows: 90, bad: 10, repeated: 5, filled: filledIn(profile) };
  const reported = { validity: 0.9, completeness: 0.75, uniqueness: 0.95 };
  assert.deepEqual(partsOf(measures, undefined), reported);
  assert.deepEqual(partsOf(measures, false), { ...reported, timeliness: 0 });
  assert.equal(filledIn({ repeated: 0, fields: {} }), 1);
  assert.equal(partsOf({ rows: 0, bad: 0, repeated: 0, filled: 1 }, undefined).completeness, 1);
});

test('a grade is the weighted mean of the last five batches, and any reader can compute it again', () => {
  const whole = { validity: 1, completeness: 1, uniqueness: 1 };
  assert.deepEqual(gradeOf([whole]), { grade: 'A', score: 1 });
  const poor = { validity: 0.5, completeness: 0.5, uniqueness: 1 };
  assert.deepEqual(gradeOf([poor]), { grade: 'D', score: 0.6111 }, '(0.4 × 0.5 + 0.3 × 0.5 + 0.2) / 0.9');
  assert.deepEqual(gradeOf([whole, whole, whole, whole, whole, poor])?.score, 1, 'the sixth does not count');
  assert.deepEqual(gradeOf([{ ...whole, timeliness: 0 }]), { grade: 'B', score: 0.9 });
  assert.equal(gradeOf([]), undefined);
});

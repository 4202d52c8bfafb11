import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defined, present } from './defined.ts';

const members = { zero: 0, empty: '', no: false, nothing: null, missing: undefined, last: 'x' } as const;

test('defined drops members without a value and retains every other one in its order', () => {
  assert.deepEqual(defined(members), { zero: 0, empty: '', no: false, nothing: null, last: 'x' });
  assert.deepEqual(Object.keys(defined(members)), ['zero', 'empty', 'no', 'nothing', 'last']);
});

test('present drops null as well', () => {
  assert.deepEqual(present(members), { zero: 0, empty: '', no: false, last: 'x' });
  assert.deepEqual(present({ nothing: null }), {});
});

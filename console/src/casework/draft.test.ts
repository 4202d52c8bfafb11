import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differingFields } from './draft.ts';

test('fields that another department changed, emptied or filled; an absent value equals null', () => {
  const fields = ['state', 'note', 'photos', 'cost', 'place'].map((name) => ({ name }));
  const before = { state: 'open', note: null, photos: ['a'], cost: 3, place: 'x' };
  const now = { state: 'accepted', photos: ['a', 'b'], cost: null, place: 'x' };
  assert.deepEqual(
    differingFields(fields, before, now).map(({ name }) => name),
    ['state', 'photos', 'cost'],
  );
  assert.deepEqual(differingFields(fields, before, before), []);
});

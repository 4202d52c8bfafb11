import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedValues, isAsked } from './changedValues.ts';

const field = (name: string, kind: 'text' | 'choice' | 'boolean' | 'number' | 'integer') => ({ name, kind });
const photos = { name: 'photos', kind: 'attachment', list: true } as const;

test('an emptied text is null; a choice or boolean that is set to unchanged is not sent', () => {
  const fields = [field('note', 'text'), field('kind', 'choice'), field('urgent', 'boolean')];
  const record = { note: 'x', kind: 'a', urgent: true };
  const typed = { note: '', kind: '', urgent: '' };
  assert.deepEqual(changedValues(fields, record, { typed, files: {} }), { note: null });
  const other = { note: 'x', kind: 'b', urgent: 'false' };
  assert.deepEqual(changedValues(fields, record, { typed: other, files: {} }), { kind: 'b', urgent: false });
});

for (const [text, value] of [
  ['12', 12],
  [' -1.50 ', -1.5],
  ['0x10', '0x10'],
  ['1e3', '1e3'],
  ['  ', '  '],
  ['9007199254740993', '9007199254740993'],
  ['9007199254740993.5', '9007199254740993.5'],
] as const)
  test(`the number «${text}»`, () => {
    const given = { typed: { cost: text }, files: {} };
    assert.deepEqual(changedValues([field('cost', 'number')], {}, given), { cost: value });
    assert.deepEqual(changedValues([field('cost', 'integer')], {}, given), { cost: value });
  });

test('files are added to a list, which is not asked for where it cannot be read', () => {
  const files = { photos: ['c'] };
  assert.deepEqual(changedValues([photos], { photos: ['a', 'b'] }, { typed: {}, files }), {
    photos: ['a', 'b', 'c'],
  });
  assert.equal(isAsked(photos, {}), true, 'granted and empty');
  assert.equal(isAsked(photos, { photos: 'not_granted' }), false);
  assert.equal(isAsked({ name: 'photo', kind: 'attachment' }, { photo: 'not_granted' }), true);
  assert.equal(isAsked({ name: 'where', kind: 'place' }, {}), false);
});

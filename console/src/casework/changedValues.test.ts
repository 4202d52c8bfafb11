import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedValues, isAsked } from './changedValues.ts';

const field = (name: string, kind: 'text' | 'choice' | 'boolean' | 'number' | 'integer') => ({ name, kind });
const photos = { name: 'photos', kind: 'attachment', list: true } as const;

test('an emptied text is null; a choice or boolean that is set to unchanged is not sent', () => {
  const fields = [field('note', 'text'), field('kind', 'choice'), field('urgent', 'boolean')];
  const record = { note: 'x', kind: 'a', urgent: true };
  const typed = { note: '', kind: '', urgent: '' };
  assert.deepEqual(changedValues(fields, record, { typed, files: {}, masked: [] }), { note: null });
  const other = { note: 'x', kind: 'b', urgent: 'false' };
  assert.deepEqual(changedValues(fields, record, { typed: other, files: {}, masked: [] }), {
    kind: 'b',
    urgent: false,
  });
});

for (const [text, value] of [
  ['12', 12],
  [' -1.50 ', -1.5],
  ['0x10', '0x10'],
  ['1e3', '1e3'],
  ['  ', '  '],
  ['9007199254740993', '9007199254740993'],
  ['9007199254740993.5', '9007199254740993.5'],
  ['0.12345678901234567890', '0.12345678901234567890'],
] as const)
  test(`the number «${text}»`, () => {
    const given = { typed: { cost: text }, files: {}, masked: [] };
    assert.deepEqual(changedValues([field('cost', 'number')], {}, given), { cost: value });
    assert.deepEqual(changedValues([field('cost', 'integer')], {}, given), { cost: value });
  });

test('files are added to a list, which is not asked for where it cannot be read', () => {
  const files = { photos: ['c'] };
  const granted = { withheld: {}, masked: [] };
  assert.deepEqual(changedValues([photos], { photos: ['a', 'b'] }, { typed: {}, files, masked: [] }), {
    photos: ['a', 'b', 'c'],
  });
  assert.equal(isAsked(photos, granted), true, 'granted and empty');
  assert.equal(isAsked(photos, { ...granted, withheld: { photos: 'not_granted' } }), false);
  assert.equal(isAsked(photos, { ...granted, masked: ['photos'] }), false);
  assert.equal(
    isAsked({ name: 'photo', kind: 'attachment' }, { ...granted, withheld: { photo: 'not_granted' } }),
    true,
  );
  assert.equal(isAsked({ name: 'where', kind: 'place' }, granted), false);
});

test('the mask of a value is never sent as a value, and a new value is sent even where it looks the same', () => {
  const fields = [field('phone', 'text')];
  const record = { phone: '138****0000' };
  const given = (typed: Readonly<Record<string, string>>) =>
    changedValues(fields, record, { typed, files: {}, masked: ['phone'] });
  assert.deepEqual(given({}), {});
  assert.deepEqual(given({ phone: '' }), {});
  assert.deepEqual(given({ phone: '13800000001' }), { phone: '13800000001' });
  assert.deepEqual(given({ phone: '138****0000' }), { phone: '138****0000' });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Column } from '../domain/rowTable/layout.ts';
import { literalName } from '../domain/rowTable/names.ts';
import { keyFits, textOfKey, valuesOfKey } from './ownKey.ts';

const column = (field: string, kind: Column['kind']): Column => ({
  field,
  kind,
  decimal: false,
  nullable: false,
  isPlace: false,
  name: literalName(`f_${field}`),
});

test('a key has each of its fields, of its type, also as text; of a number it does not matter how it is written', () => {
  const fields = [column('event', 'text'), column('version', 'integer')];
  assert.ok(keyFits({ event: '007', version: '7' }, fields));
  assert.ok(keyFits({ event: '007', version: 7 }, fields));
  for (const version of ['7.0', '', '7 ', '0x7', true])
    assert.ok(!keyFits({ event: '007', version }, fields));
  assert.ok(!keyFits({ event: '007' }, fields));
  // what no row can hold is no key
  for (const event of ['a\u0000', '\ud800']) assert.ok(!keyFits({ event, version: 7 }, fields));
  const same = textOfKey({ event: '007', version: 7 }, fields);
  assert.equal(textOfKey({ version: '007', event: '007', other: 1 }, fields), same);
  assert.notEqual(textOfKey({ event: '7', version: 7 }, fields), same, 'a text is what it is');
  assert.notEqual(textOfKey({ event: '007', version: 8 }, fields), same);
  const rate = [column('rate', 'number')];
  assert.equal(textOfKey({ rate: '1.50' }, rate), textOfKey({ rate: 1.5 }, rate));
  assert.ok(keyFits({ rate: '1.50' }, rate));
  assert.ok(!keyFits({ rate: '123456789012345.123456' }, rate), 'as a double it is another number');
});

test('a key’s values are those that a row holds, in any form of writing', () => {
  const fields = [
    column('event', 'text'),
    column('version', 'integer'),
    column('open', 'boolean'),
    column('rate', 'number'),
  ];
  const held = { event: '007', version: 7, open: false, rate: 1.5 };
  assert.deepEqual(valuesOfKey({ event: '007', version: '007', open: 'false', rate: '1.50' }, fields), held);
  assert.deepEqual(valuesOfKey(held, fields), held);
  assert.equal(valuesOfKey({ ...held, open: 'true' }, fields)['open'], true);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSchema } from '../../../schemas/parse.ts';
import { layoutOf, type Layout } from './layout.ts';
import { widening } from './storable.ts';

const text = { type: 'string' };
const layout = (properties: object, more: object = {}): Layout =>
  layoutOf(
    readSchema(
      { $id: 'urn:datong:a:1.0', type: 'object', 'x-primary-key': ['/id'], properties, ...more },
      () => undefined,
    ),
  );
const from = layout({ id: text, size: { type: 'integer' } });
const reported = (to: Layout, ...required: string[]): unknown[] => {
  const { added, unfit } = widening(from, to, new Set(required));
  return [added.map(({ field }) => field), unfit.map(({ field, code }) => `${field} ${code}`)];
};

test('a further optional field is a column; what is left out stays where it lies', () => {
  assert.deepEqual(reported(layout({ id: text, size: { type: 'integer' }, note: text }), 'id'), [
    ['note'],
    [],
  ]);
  assert.deepEqual(reported(layout({ id: text }), 'id'), [[], []]);
});

test('a required field, another type, key or subject is named', () => {
  assert.deepEqual(reported(layout({ id: text, size: { type: 'integer' }, note: text }), 'note'), [
    ['note'],
    ['note column_required'],
  ]);
  assert.deepEqual(reported(layout({ id: text, size: { type: 'number' } })), [[], ['size column_retyped']]);
  assert.deepEqual(reported(layout({ id: { ...text, format: 'decimal' }, size: { type: 'integer' } })), [
    [],
    ['id column_retyped'],
  ]);
  const properties = { id: text, size: { type: 'integer' } };
  assert.deepEqual(reported(layout(properties, { 'x-primary-key': ['/size'] })), [[], ['size key_changed']]);
  const subject = { ...properties, id: { ...text, 'x-subject-key': 'person' } };
  assert.deepEqual(reported(layout(subject)), [[], ['id subject_changed']]);
});

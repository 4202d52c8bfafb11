import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fieldType } from './fieldType.ts';

const shared = new URL('../../../schemas/shared/', import.meta.url);
const propertiesOf = (file: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  (
    JSON.parse(readFileSync(new URL(file, shared), 'utf8')) as {
      readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    }
  ).properties ?? {};

test('every field of the shared schemas has a word for its type', () => {
  const files = readdirSync(shared).filter((file) => file.endsWith('.json'));
  const fields = files.flatMap((file) => Object.entries(propertiesOf(file)));
  assert.ok(fields.length > 100, `${fields.length} fields`);
  const others = fields.filter(([, property]) => fieldType(property).word === 'ft_other');
  assert.deepEqual(others, []);
});

test('a choice without a type, a text that may be null, a list, and one without any of these', () => {
  const { relation, mobile } = propertiesOf('household.json');
  const of = (property: Readonly<Record<string, unknown>> = {}): readonly unknown[] =>
    Object.values(fieldType(property));
  assert.deepEqual(of(relation), ['ft_choice', false]);
  assert.deepEqual(of(mobile), ['vk_cn-mobile', true]);
  assert.deepEqual(of({ enum: ['a', null] }), ['ft_choice', true]);
  assert.deepEqual(of({ type: 'array', items: {} }), ['ft_list', false]);
  assert.deepEqual(of({ type: ['object', 'null'] }), ['ft_object', true]);
  assert.deepEqual(of({ type: 'object', 'x-geo': {} }), ['ft_geometry', false]);
  assert.deepEqual(of({ type: ['string', 'integer'] }), ['ft_other', false]);
});

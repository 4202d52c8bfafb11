import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import { placeOf } from './fieldPath.ts';

test('a mask finds a field after a reference whose name needs escapes, and what is next to the reference', () => {
  const titled = { 'x-title': { zh: '字段', en: 'field' }, 'x-sensitivity': 'L1' };
  const person = {
    type: 'object',
    properties: { id: { $ref: '#/$defs/%E5%8F%B7~1%E7%A0%81', maxLength: 8 } },
    additionalProperties: false,
  };
  const schema = parseDatasetSchema({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:datong:example:1.0',
    'x-title': { zh: '示例', en: 'Example' },
    type: 'object',
    properties: { people: { ...titled, type: 'array', maxItems: 3, items: { $ref: '#/$defs/a~0b' } } },
    additionalProperties: false,
    $defs: { 'a~b': person, '号/码': { type: 'string', maxLength: 18 } },
  });
  assert.equal(placeOf(schema, 'people[].id')?.schema['maxLength'], 8);
});

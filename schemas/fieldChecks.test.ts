import { shippedSurroundings } from '../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSchema } from './compile.ts';
import type { JsonSchema } from './datasetSchema.ts';
import { readSchema } from './parse.ts';

const short = { type: 'string', maxLength: 3 };
const long = { type: 'string', maxLength: 10 };
const values = [undefined, null, 'a', 'abcd', 5, true, [], ['a'], ['abcd'], {}, { b: 'a' }, { b: 'abcd' }];
const has = (properties: JsonSchema): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});

/** Whether a schema taken apart says of every record what the whole one says. */
function agrees(fields: Readonly<Record<string, JsonSchema>>, more: JsonSchema): void {
  const titled = Object.entries(fields).map(([name, field]) => [
    name,
    { 'x-title': { zh: name, en: name }, 'x-sensitivity': 'L1', ...field },
  ]);
  // names that registration refuses too: a schema that is registered already may have them
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:datong:parts:1.0',
    'x-title': { zh: 'parts', en: 'parts' },
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(titled) as JsonSchema,
    ...more,
  };
  const schema = readSchema(document, shippedSurroundings.resolve);
  const { check, fields: parts } = compileSchema(schema, shippedSurroundings);
  const checks = parts();
  assert.ok(checks !== undefined);
  const [first = '', second = ''] = Object.keys(fields);
  const verdicts = new Set<boolean>();
  for (const one of values) {
    for (const other of values) {
      const record = Object.fromEntries(
        [[first, one] as const, [second, other] as const].filter(([, value]) => value !== undefined),
      );
      const apart: boolean =
        schema.fields.every(({ name, required }) =>
          name in record ? checks.ofField.get(name)?.(record[name]) === true : !required,
        ) && checks.together?.(record) !== false;
      assert.equal(apart, check(record), JSON.stringify(record));
      verdicts.add(apart);
    }
  }
  assert.equal(verdicts.size, 2);
}

test('fields of any name', () => {
  for (const name of [
    'a/b',
    'a~b',
    'a~1b',
    'a%b',
    'a%2Fb',
    'a#b',
    'a b',
    'a"b',
    'a\\b',
    '姓名',
    '𠮷',
    '$ref',
  ])
    agrees({ [name]: short, b: { type: ['string', 'null'], maxLength: 3 } }, {});
});

test('what is said of several fields may refer to a field, to a definition, to the whole', () => {
  const then = has({ a: {} });
  agrees({ a: short, b: long }, { if: has({ b: { $ref: '#/properties/a' } }), then });
  agrees({ a: short, b: long }, { if: has({ b: { $ref: 'urn:datong:parts:1.0#/properties/a' } }), then });
  agrees({ a: short, b: long }, { $defs: { x: short }, if: has({ b: { $ref: '#/$defs/x' } }), then });
  agrees(
    { a: short, b: long },
    { $defs: { x: { $ref: '#/properties/a' } }, if: has({ b: { $ref: '#/$defs/x' } }), then },
  );
  const inner = { type: 'object', additionalProperties: false, properties: { b: long } };
  agrees({ a: short, b: inner }, { not: has({ b: { $ref: '#' } }) });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonSchema } from '../datasetSchema.ts';
import { placesOf } from './places.ts';

test('a wide schema with many versions is compared with yields between: no caller waits for all fields of one place', () => {
  const wide = (number: number): JsonSchema => {
    const leaf = (n: number): object => ({ type: 'string', 'x-sensitivity': n % 2 === 0 ? 'L2' : 'L3' });
    const inner = (n: number): object => ({
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries([0, 1, 2].map((nth) => [`g${nth}`, leaf(n + nth)])),
    });
    const fields = Array.from({ length: 300 }, (_, n): [string, object] => [`f${n}`, inner(n)]);
    return { $id: `urn:datong:wide:1.${number}`, type: 'object', properties: Object.fromEntries(fields) };
  };
  const versions = 60;
  // work between two yields, counted in documents read: hundreds of fields of sixty versions would be thousands
  let since = 0;
  let most = 0;
  const schemas = Array.from({ length: versions }, (_, n) => wide(n));
  const counted = schemas.map((schema) => {
    const properties = new Proxy(schema['properties'] as object, {
      get: (target, name) => {
        since += 1;
        return Reflect.get(target, name) as unknown;
      },
    });
    return { ...schema, properties };
  });
  for (const _ of placesOf([wide(99), ...counted], () => undefined)) {
    most = Math.max(most, since);
    since = 0;
  }
  assert.equal(most, versions);
});

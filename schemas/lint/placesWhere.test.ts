/** Where a part is in documents that refer to each other: found in one pass, however many references lead to the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonSchema } from '../datasetSchema.ts';
import { placesWhere, placeWhere } from './placeWhere.ts';

const named = (schema: JsonSchema): boolean => schema['x-semantic'] === 'it';
const it = { 'x-semantic': 'it' };

/** Places of it in some documents, the first of them asked first; by one who remembers from each what holds for the next. */
function places(documents: Readonly<Record<string, JsonSchema>>, ...requested: readonly string[]): unknown {
  const placesOf = placesWhere((urn) => documents[urn.replace('urn:datong:', '')], named);
  return requested.map((name) => {
    const steps = placesOf(documents[name] ?? {});
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  });
}
const to = (place: string): JsonSchema => ({ $ref: `urn:datong:${place}` });

test('what references lead to counts, nested and over other documents; within one the place itself does', () => {
  const documents = {
    base: { properties: { a: { items: it }, b: {} }, $defs: { c: { $ref: '#/properties/a' } } },
    middle: { $defs: { a: to('base#/properties/a'), b: to('base#/properties/b'), c: to('base#/$defs/c') } },
    top: {
      properties: {
        a: to('middle#/$defs/a'),
        b: to('middle#/$defs/b'),
        c: { anyOf: [to('middle#/$defs/c')] },
        d: to('nowhere'),
        e: { ...to('middle#/$defs/b'), ...it },
      },
    },
  };
  assert.deepEqual(places(documents, 'base', 'middle', 'top'), [
    ['/properties/a/items'],
    ['/$defs/a', '/$defs/c'],
    ['/properties/a', '/properties/c/anyOf/0', '/properties/e'],
  ]);
});

test('in a cycle nothing counts as settled before all of it is seen, whichever is asked about first', () => {
  // a leads to b, b to a and to c, c to b and to what is sought: each of the three leads to it, d to itself alone
  const documents = {
    circle: {
      $defs: {
        a: { items: { $ref: '#/$defs/b' } },
        b: { prefixItems: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/c' }] },
        c: { properties: { b: { $ref: '#/$defs/b' }, found: it } },
        d: { items: { $ref: '#/$defs/d' } },
      },
    },
    ...Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, to(`circle#/$defs/${name}`)])),
  };
  for (const order of ['abcd', 'bcda', 'cdab', 'dcba', 'badc'])
    assert.deepEqual(
      places(documents, ...order),
      [...order].map((name) => (name === 'd' ? [] : [''])),
      order,
    );
});

test('each sub-schema is gone through once, however many references of however many documents lead to it', () => {
  const many = 300;
  const names = Array.from({ length: many }, (_, at) => `d${at}`);
  const taking = { $defs: Object.fromEntries(names.map((name) => [name, to('base')])) };
  const documents: Readonly<Record<string, JsonSchema>> = {
    base: { $defs: Object.fromEntries(names.map((name) => [name, { type: 'integer' }])) },
    one: taking,
    two: structuredClone(taking),
  };
  let requested = 0;
  const placesOf = placesWhere(
    (urn) => documents[urn.replace('urn:datong:', '')],
    (schema) => {
      requested += 1;
      return named(schema);
    },
  );
  const steps = ['one', 'two'].map((name) => [...placesOf(documents[name] ?? {})].length);
  assert.ok(Math.min(...steps) > many, 'others are let in between');
  assert.equal(requested, 3 * (many + 1));
});

test('the first place of a document is found in one pass too', () => {
  let read = 0;
  const big = {
    get properties() {
      read += 1;
      return { a: {} };
    },
  };
  const refs = Array.from({ length: 300 }, () => ({ $ref: '#/$defs/big' }));
  const documents: JsonSchema = { prefixItems: refs, $defs: { big } };
  assert.equal(
    placeWhere(documents, () => undefined, named),
    undefined,
  );
  assert.ok(read <= 2, `its parts were read ${read} times`);
});

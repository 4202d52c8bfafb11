import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalText } from '../readJson.ts';
import { compareSchemas } from './compare.ts';
import { subset } from './fixtures/subset.ts';
import { bareSurroundings } from '../surroundings.ts';
import { SchemaFault } from './judge.ts';
import { evaluate } from './evaluate.ts';
import { ruleTable } from './ruleTable.ts';
import { readUniverse } from './universe.ts';
import { validatorOf } from './validator.ts';
import { findWitness } from './witness.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';

const text = { type: 'string' };
const closed = (properties: object, required: readonly string[] = [], more: object = {}): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  ...more,
});

describe('the table of rules, row by row', () => {
  for (const row of ruleTable) {
    test(row.change.en, async () => {
      const backward = await compareSchemas(row.old, row.fresh, 'BACKWARD');
      const forward = await compareSchemas(row.old, row.fresh, 'FORWARD');
      const full = await compareSchemas(row.old, row.fresh, 'FULL', { tries: 0 });
      assert.equal(backward.compatible, row.backward, 'backward');
      assert.equal(forward.compatible, row.forward, 'forward');
      assert.equal(full.compatible, row.backward && row.forward, 'full');
      if (row.code === undefined) return;
      const change = backward.changes.find(({ code }) => code === row.code);
      assert.ok(change, `${row.code} among ${backward.changes.map(({ code }) => code).join(', ')}`);
      assert.match(change.reason.zh, /\p{Script=Han}/u);
      assert.ok(change.reason.en.length > 0 && !change.reason.en.includes('{'));
      if (!row.backward)
        assert.ok(
          backward.changes.some((one) => !one.backward),
          'a refusal names its reason',
        );
      for (const [comparison, from, to] of [
        [backward, row.old, row.fresh],
        [forward, row.fresh, row.old],
      ] as const) {
        if (!('witness' in comparison)) continue;
        assert.equal(validatorOf(from, [], bareSurroundings)?.(comparison.witness), true);
        assert.equal(validatorOf(to, [], bareSurroundings)?.(comparison.witness), false);
      }
    });
  }

  test('every refusal of the table but pattern and format changes comes with a witness', async () => {
    const without: string[] = [];
    for (const row of ruleTable) {
      if (row.backward) continue;
      const comparison = await compareSchemas(row.old, row.fresh, 'BACKWARD');
      if (!('witness' in comparison)) without.push(row.change.en);
    }
    assert.deepEqual(without, ['pattern changed']);
  });
});

/** a, b, whether a ⊆ b */
const cases: Readonly<Record<string, readonly (readonly [unknown, unknown, boolean])[]>> = {
  'integer against number': [
    [{ type: 'integer' }, { type: 'number', multipleOf: 1 }, true],
    [{ type: 'number', multipleOf: 1 }, { type: 'integer' }, true],
    [{ type: 'number', multipleOf: 0.5 }, { type: 'integer' }, false],
    [{ type: 'integer', exclusiveMinimum: 0 }, { type: 'integer', minimum: 1 }, true],
    [{ type: 'integer', minimum: 0, maximum: 3 }, { enum: [0, 1, 2, 3] }, true],
    [{ type: 'number', minimum: 0, maximum: 3 }, { enum: [0, 1, 2, 3] }, false],
    [{ const: 1 }, { type: 'integer' }, true],
    [{ const: 1.5 }, { type: 'integer' }, false],
  ],
  'multipleOf without float error': [
    [{ type: 'number', multipleOf: 0.3 }, { type: 'number', multipleOf: 0.1 }, true],
    [{ const: 0.29 }, { type: 'number', multipleOf: 0.01 }, true],
    [
      { type: 'integer', multipleOf: 6 },
      { type: 'integer', allOf: [{ multipleOf: 2 }, { multipleOf: 3 }] },
      true,
    ],
    [
      { allOf: [{ multipleOf: 2 }, { multipleOf: 3 }], type: 'integer' },
      { type: 'integer', multipleOf: 6 },
      true,
    ],
    [{ type: 'number', multipleOf: 0.07 }, { type: 'number', multipleOf: 0.03 }, false],
  ],
  'huge bounds': [
    [{ type: 'number', maximum: 1e308 }, { type: 'number', maximum: 1.7e308 }, true],
    [{ type: 'number', minimum: -1e-300 }, { type: 'number', minimum: 0 }, false],
    [{ type: 'string', maxLength: 9007199254740991 }, { type: 'string', maxLength: 9007199254740990 }, false],
    [{ type: 'number', minimum: 5, maximum: 4 }, { const: 'nothing' }, true],
  ],
  'enum against pattern, format and bounds': [
    [{ enum: ['2020-02-29', '2021-01-01'] }, { type: 'string', format: 'date' }, true],
    [{ enum: ['2021-02-29'] }, { type: 'string', format: 'date' }, false],
    [{ enum: ['ab', 'abc'] }, { type: 'string', pattern: '^[a-c]{2}$' }, false],
    [{ enum: [1, 'x', null] }, { type: ['integer', 'string', 'null'] }, true],
    [{ type: 'string', pattern: '^\\d{18}$' }, { type: 'string', minLength: 18, maxLength: 18 }, true],
    [{ type: 'string', format: 'cn-resident-id' }, { type: 'string', maxLength: 18 }, true],
    [{ type: 'boolean' }, { enum: [true, false] }, true],
  ],
  'tuples and contains': [
    [
      { type: 'array', prefixItems: [text, { type: 'number' }], items: false },
      { type: 'array', maxItems: 2 },
      true,
    ],
    [
      { type: 'array', prefixItems: [text, { type: 'number' }], items: false },
      { type: 'array', items: { type: ['string', 'number'] } },
      true,
    ],
    [
      { type: 'array', prefixItems: [text], items: { type: 'number' } },
      { type: 'array', items: text },
      false,
    ],
    [{ type: 'array', items: text, minItems: 1 }, { type: 'array', contains: text }, true],
    [{ type: 'array', items: text }, { type: 'array', contains: text }, false],
    [
      { type: 'array', contains: { const: 1 }, minContains: 2 },
      { type: 'array', contains: { type: 'integer' } },
      true,
    ],
    [
      { type: 'array', contains: { const: 1 }, maxContains: 2 },
      { type: 'array', contains: { const: 1 }, maxContains: 1 },
      false,
    ],
    [{ type: 'array', items: text, maxItems: 1 }, { type: 'array', uniqueItems: true }, true],
  ],
  'dependent and conditional keywords': [
    [
      closed({ a: text, b: text }, ['b']),
      closed({ a: text, b: text }, [], { dependentRequired: { a: ['b'] } }),
      true,
    ],
    [
      closed({ a: text, b: text }, [], { dependentRequired: { a: ['b'] } }),
      closed({ a: text, b: text }, [], { dependentSchemas: { a: { required: ['b'] } } }),
      true,
    ],
    [closed({ a: text }, [], { dependentSchemas: { a: { minProperties: 2 } } }), closed({ a: text }), true],
    [
      { if: text, then: { maxLength: 3 }, else: { type: 'number' } },
      { anyOf: [{ type: 'string', maxLength: 4 }, { type: 'number' }] },
      true,
    ],
    [{ type: ['string', 'number'] }, { if: text, then: { maxLength: 3 } }, false],
    [{ type: 'string' }, { not: { type: 'number' } }, true],
    [{ not: { type: 'number' } }, { type: ['string', 'null', 'boolean', 'array', 'object'] }, true],
    [
      { type: 'number', minimum: 0, maximum: 100 },
      { type: 'number', anyOf: [{ maximum: 50 }, { minimum: 50 }] },
      true,
    ],
    [
      { type: 'number', minimum: 0, maximum: 100 },
      { type: 'number', anyOf: [{ maximum: 50 }, { minimum: 51 }] },
      false,
    ],
    [
      closed({ a: { enum: [1, 2] } }, ['a']),
      { anyOf: [closed({ a: { const: 1 } }), closed({ a: { const: 2 } })] },
      true,
    ],
  ],
  'branches do not leak into each other': [
    [
      {
        anyOf: [
          { oneOf: [closed({ a: { const: 0 } }, ['a']), closed({ a: { const: 1 } }, ['a'])] },
          { type: 'null' },
        ],
      },
      {
        anyOf: [
          { oneOf: [{ type: 'object', required: ['a'] }, closed({ a: { const: 1 } }, ['a'])] },
          { type: 'null' },
        ],
      },
      false,
    ],
    [
      { anyOf: [{ oneOf: [{ type: 'string' }, { type: 'integer' }] }, { type: 'object', required: ['b'] }] },
      { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      false,
    ],
    [
      {
        allOf: [
          { anyOf: [{ required: ['a'] }, { required: ['b'] }] },
          { anyOf: [{ required: ['c'] }, { required: ['d'] }] },
        ],
        type: 'object',
      },
      { anyOf: [{ required: ['a', 'c'] }, { required: ['b', 'd'] }] },
      false,
    ],
    [
      {
        allOf: [
          { anyOf: [{ required: ['a'] }, { required: ['b'] }] },
          { anyOf: [{ required: ['c'] }, { required: ['d'] }] },
        ],
        type: 'object',
      },
      {
        anyOf: [
          { required: ['a', 'c'] },
          { required: ['a', 'd'] },
          { required: ['b', 'c'] },
          { required: ['b', 'd'] },
        ],
      },
      true,
    ],
  ],
  'unevaluated keywords, names and patterns': [
    [
      { allOf: [{ properties: { a: text } }], type: 'object', unevaluatedProperties: false },
      closed({ a: text }),
      true,
    ],
    [
      closed({ a: text }),
      { allOf: [{ properties: { a: text } }], type: 'object', unevaluatedProperties: false },
      true,
    ],
    [
      closed({ a: text, b: text }),
      { allOf: [{ properties: { a: text } }], type: 'object', unevaluatedProperties: false },
      false,
    ],
    [
      {
        type: 'object',
        anyOf: [{ properties: { a: text } }, { properties: { b: text } }],
        unevaluatedProperties: false,
      },
      closed({ a: true, b: true }),
      true,
    ],
    [{ type: 'array', prefixItems: [text], unevaluatedItems: false }, { type: 'array', maxItems: 1 }, true],
    [
      { type: 'object', propertyNames: { maxLength: 3 } },
      { type: 'object', propertyNames: { maxLength: 4 } },
      true,
    ],
    [
      { type: 'object', patternProperties: { '^x': text }, additionalProperties: false },
      { type: 'object', additionalProperties: text },
      true,
    ],
    [
      { type: 'object', additionalProperties: text },
      { type: 'object', patternProperties: { '^x': { type: 'number' } } },
      false,
    ],
    [closed({ a: text, b: text }), { type: 'object', maxProperties: 2 }, true],
  ],
  'old drafts': [
    [
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'array',
        items: [text],
        additionalItems: false,
      },
      { type: 'array', maxItems: 1 },
      true,
    ],
    [
      {
        definitions: { t: text },
        type: 'object',
        properties: { a: { $ref: '#/definitions/t' } },
        additionalProperties: false,
      },
      closed({ a: text }),
      true,
    ],
    [
      { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', dependencies: { a: ['b'] } },
      { type: 'object', dependentRequired: { a: ['b'] } },
      true,
    ],
    [
      {
        $schema: 'https://json-schema.org/draft/2019-09/schema',
        $id: 'https://example.org/a',
        $ref: '#t',
        $defs: { t: { $anchor: 't', ...text } },
      },
      text,
      true,
    ],
    [
      { $schema: 'http://json-schema.org/draft-07/schema#', type: 'array', additionalItems: false },
      { type: 'array', maxItems: 0 },
      false,
    ],
  ],
};

const counted = (more: object, length = 5): object =>
  closed({ a: { type: 'string', maxLength: length }, b: { type: 'integer' } }, [], more);

test('objects whose number of members is bounded are compared, inside and outside', () => {
  for (const [old, fresh, expected] of [
    [counted({ maxProperties: 1 }), counted({ maxProperties: 2 }), true],
    [counted({ maxProperties: 2 }), counted({ maxProperties: 1 }), false],
    [counted({ minProperties: 2 }), counted({ minProperties: 1 }), true],
    [counted({ minProperties: 1 }), counted({ minProperties: 2 }), false],
    [counted({ maxProperties: 1 }), counted({ maxProperties: 1 }, 6), true],
    [
      counted({ minProperties: 1, maxProperties: 2 }),
      counted({ minProperties: 1, maxProperties: 2 }, 6),
      true,
    ],
    [counted({ maxProperties: 1 }), counted({ maxProperties: 1 }, 4), false],
    [{ type: 'object', maxProperties: 1 }, { type: 'object', maxProperties: 2 }, true],
    [{ type: 'object', maxProperties: 2 }, { type: 'object', maxProperties: 1 }, false],
    [{ type: 'object', minProperties: 3 }, { type: 'object', minProperties: 2 }, true],
  ] as const)
    assert.equal(subset(old, fresh), expected, `${canonicalText(old)} ⊆ ${canonicalText(fresh)}`);
});

describe('subset', () => {
  for (const [name, pairs] of Object.entries(cases)) {
    test(name, () => {
      for (const [a, b, expected] of nonEmpty(pairs))
        assert.equal(subset(a, b), expected, `${canonicalText(a)} ⊆ ${canonicalText(b)}`);
    });
  }
});

/** A chain of `links` definitions that ends where it began; each is one of 12 kinds. */
function ring(links: number, last: object): object {
  const link = (at: number, kind: number): object =>
    closed(
      {
        kind: { const: `k${kind}` },
        next: { $ref: `#/$defs/l${(at + 1) % links}` },
        v: at === links - 1 && kind === 11 ? last : text,
      },
      ['kind'],
    );
  const kinds = (at: number): object => ({ oneOf: Array.from({ length: 12 }, (_, kind) => link(at, kind)) });
  return {
    $ref: '#/$defs/l0',
    $defs: Object.fromEntries(Array.from({ length: links }, (_, at) => [`l${at}`, kinds(at)])),
  };
}

describe('recursion', () => {
  const tree = (value: object, name: string): object => ({
    $ref: `#/$defs/${name}`,
    $defs: {
      [name]: closed({
        v: value,
        n: { $ref: `#/$defs/${name}` },
        list: { type: 'array', items: { $ref: `#/$defs/${name}` } },
      }),
    },
  });

  test('is followed through cycles, also under other names', () => {
    assert.equal(subset(tree({ type: 'integer' }, 't'), tree({ type: 'number' }, 'u')), true);
    assert.equal(subset(tree({ type: 'number' }, 't'), tree({ type: 'integer' }, 'u')), false);
  });

  test('a break hidden after forty links of a cycle is found', () => {
    assert.equal(subset(ring(40, text), ring(40, { type: ['string', 'null'] })), true);
    assert.equal(subset(ring(40, text), ring(40, { type: 'string', maxLength: 3 })), false);
  });

  test('a schema that no finite value satisfies is below every other', () => {
    assert.equal(subset(closed({ a: { $ref: '#' } }, ['a']), { type: 'string' }), true);
  });

  test('what explodes is refused with a sentence', async () => {
    const hard = (shift: number): object => ({
      type: 'object',
      allOf: Array.from({ length: 22 }, (_, at) => ({
        anyOf: Array.from({ length: 5 }, (_, kind) => ({
          properties: {
            [`p${(at * 7 + kind * shift) % 23}`]: { minimum: kind + shift, type: ['number', 'string'] },
          },
        })),
      })),
    });
    const comparison = await compareSchemas(hard(1), hard(2), 'BACKWARD', { budget: 3000, tries: 0 });
    assert.equal(comparison.compatible, false);
    assert.ok(comparison.changes.some(({ backward }) => !backward));
  });

  /** Twenty levels, each with the one below it twice. */
  const doubling = (leaf: object, level: (below: object) => object): object => ({
    $ref: '#/$defs/l20',
    $defs: Object.fromEntries(
      Array.from({ length: 21 }, (_, at) => [
        `l${at}`,
        at === 0 ? leaf : { $comment: `${at}`, ...level({ $ref: `#/$defs/l${at - 1}` }) },
      ]),
    ),
  });
  const shapes: Readonly<Record<string, (below: object) => object>> = {
    arrays: (below) => ({ type: 'array', minItems: 2, items: below }),
    'arrays in objects': (below) => ({
      type: 'object',
      properties: { a: { type: 'array', minItems: 2, items: below }, b: below },
      required: ['a', 'b'],
    }),
    alternatives: (below) => ({ anyOf: [below, { ...below, title: 'again', minLength: 1 }] }),
    conjunctions: (below) => ({ allOf: [below, { ...below, title: 'again', minLength: 1 }] }),
  };
  for (const [name, level] of Object.entries(shapes)) {
    test(`${name} that double are answered, and cost steps in number of their levels`, async () => {
      const [old, fresh] = [10, 5].map((maxLength) => doubling({ type: 'string', maxLength }, level));
      const comparison = await compareSchemas(old, fresh, 'BACKWARD', { budget: 3000, tries: 60 });
      assert.equal(comparison.compatible, false);
      assert.ok(comparison.changes.some(({ backward, reason }) => !backward && reason.en !== ''));

      const universe = readUniverse([old, fresh]);
      const [left = -1, right = -1] = universe.roots;
      let looks = 0;
      const counting = {
        ...universe,
        node: Object.assign(
          (id: number) => {
            looks += 1;
            return universe.node(id);
          },
          { codeLists: universe.node.codeLists },
        ),
      };
      evaluate(counting.node, left, 'text');
      assert.ok(looks < 200, `${looks} looks at nodes for one text`);
      looks = 0;
      findWitness({ universe: counting, left, right, confirms: () => false, tries: 600, steps: 2000 });
      assert.ok(looks > 0 && looks < 500_000, `${looks} looks at nodes for 2000 steps`);
    });
  }

  test('references that return in place, lead nowhere or to a malformed schema are faults with a pointer', () => {
    const fault = (document: unknown): string => {
      try {
        subset(document, true);
      } catch (error) {
        if (error instanceof SchemaFault) return `${error.code} ${error.pointer}`;
        throw error;
      }
      return 'none';
    };
    assert.match(
      fault({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }),
      /^ref_cycle/,
    );
    assert.match(
      fault({ $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] } }, $ref: '#/$defs/a' }),
      /^ref_cycle/,
    );
    assert.equal(
      fault({ properties: { a: { $ref: 'https://example.org/other' } } }),
      'ref_unresolved /properties/a/$ref',
    );
    assert.equal(
      fault({ properties: { a: { maxLength: 'x' } } }),
      'schema_malformed /properties/a/maxLength',
    );
    assert.equal(fault({ properties: { a: { pattern: '(' } } }), 'schema_malformed /properties/a/pattern');
    assert.equal(fault({ $schema: 'http://json-schema.org/draft-04/schema#' }), 'draft_unknown /$schema');
  });
});

describe('versions', () => {
  test('differences of policy are distinguished and refuse nothing', async () => {
    const field = (more: object): object => ({
      ...closed({ f: { ...text, ...more } }),
      'x-primary-key': ['/f'],
    });
    const old = field({
      'x-sensitivity': 'L3',
      'x-unit': 'm',
      'x-subject-key': 'person',
      'x-code': { list: 'urn:datong:code:gbt2261', version: '2003' },
    });
    const fresh = {
      ...field({
        'x-sensitivity': 'L1',
        'x-unit': 'km',
        'x-code': { list: 'urn:datong:code:gbt2261', version: '2003' },
      }),
      'x-primary-key': ['/g'],
    };
    const comparison = await compareSchemas(old, fresh, 'FULL');
    assert.equal(comparison.compatible, true);
    assert.deepEqual(comparison.policy.map(({ code }) => code).sort(), [
      'primary_key_changed',
      'sensitivity_lowered',
      'subject_key_changed',
      'unit_changed',
    ]);
  });
});

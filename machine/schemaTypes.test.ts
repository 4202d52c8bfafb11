/** Types of schemas whose every name and text is an attack: what comes out is declarations of types, and it compiles. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compile } from 'json-schema-to-typescript';
import { sharedSchemas } from './shippedSchemas.ts';
import { shippedSurroundings } from './surroundings.ts';
import { statementKinds, typeErrors } from '../tests/typeErrors.ts';
import { isFieldName } from '../terms/fieldName.ts';
import { lintSchema } from '../schemas/lint/lintSchema.ts';
import { parseDatasetSchema } from '../schemas/parse.ts';
import { Random } from '../schemas/sample/random.ts';
import { schemaTypes } from './schemaTypes.ts';

/** A schema inside the profile, with fields and root keywords of the test's own. */
function schema(properties: object, root: object = {}): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:datong:example:1.0',
    'x-title': { zh: '示例', en: 'Example' },
    type: 'object',
    properties,
    additionalProperties: false,
    ...root,
  };
}

const titled = { 'x-title': { zh: '字段', en: 'field' }, 'x-sensitivity': 'L1' };
const word = { ...titled, type: 'string', maxLength: 10 };
const typesOf = (document: object): Promise<string> =>
  schemaTypes(parseDatasetSchema(document, shippedSurroundings));
const onlyTypes = new Set(['InterfaceDeclaration', 'TypeAliasDeclaration']);

function assertOnlyTypes(text: string): void {
  for (const kind of statementKinds(text)) assert.ok(onlyTypes.has(kind), `${kind}:\n${text}`);
}

const attacks = [
  '标题*/ export const evil=1; /*',
  '*/*/ export default eval("1") /*',
  '*\\/ */',
  '@ts-expect-error',
  '@ts-nocheck',
  '\n@ts-ignore',
  '\u2028export const evil = 1;\u2029',
  '${process.exit()} `',
  "'; export const evil = 1; '",
  '"]: any; [k: string]: any; "',
  '[k: string]',
  'a-b',
  'aB',
  'a b',
  '居民',
  '企业',
  'Record',
  'record',
  'Array',
  'String',
  'undefined',
  'any',
  'default',
  'readonly',
  'get',
  'new',
  'static',
  'constructor',
  '1st',
  '~a/b%25',
  '𠮷野家',
  '\\u{0}',
  '//# sourceMappingURL=x',
] as const;

test('a title that ends its comment stays a title', async () => {
  const text = await typesOf(
    schema(
      { a: { ...word, title: attacks[0], 'x-title': { zh: attacks[0], en: attacks[1] } } },
      { title: attacks[0], description: attacks[0], 'x-title': { zh: attacks[0], en: attacks[0] } },
    ),
  );
  assert.match(text, /标题\*∕ export const evil=1;/);
  assertOnlyTypes(text);
});

describe('names', () => {
  test('every definition has a type of its own, whatever it is called', async () => {
    const names = ['居民', '企业', 'a-b', 'aB', 'a b', 'a/b', 'a~b', '%', 'ExampleRecord', 'example-record'];
    const escaped = (name: string): string =>
      encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
    const text = await typesOf(
      schema(
        Object.fromEntries(
          names.map((name, i) => [`f${i}`, { ...titled, $ref: `#/$defs/${escaped(name)}` }]),
        ),
        { $defs: Object.fromEntries(names.map((name, i) => [name, { const: i }])) },
      ),
    );
    const declared = new Map([...text.matchAll(/export type (\S+) = (\d+);/g)].map(([, a, b]) => [a, b]));
    assert.equal(declared.size, names.length, text);
    for (const [i] of names.entries()) {
      const used = new RegExp(`f${i}\\?: (\\S+);`).exec(text)?.[1];
      assert.equal(declared.get(used), String(i), text);
    }
    assert.match(text, /export type 居民 = 0;/);
    assert.deepEqual(typeErrors(new Map([['/a.mts', text]])), []);
  });

  test('references to the root, to a field, into an item and through another document', async () => {
    const text = await typesOf(
      schema(
        {
          a: { ...word, enum: ['x'] },
          again: { ...titled, $ref: '#/properties/a' },
          parts: {
            ...titled,
            type: 'array',
            maxItems: 3,
            items: { type: 'object', properties: { n: { type: 'integer' } }, additionalProperties: false },
          },
          part: { ...titled, $ref: '#/properties/parts/items' },
          children: { ...titled, type: 'array', maxItems: 3, items: { $ref: '#' } },
          where: { ...titled, $ref: 'urn:datong:address:1.0' },
        },
        { required: ['a'] },
      ),
    );
    assert.match(text, /again\?: A;/);
    assert.match(text, /part\?: PartsItems;/);
    assert.match(text, /children\?: ExampleRecord\[\];/);
    assert.match(text, /where\?: Address;/);
    const use = `
      export const record: ExampleRecord = { a: 'x', again: 'x', part: { n: 1 }, children: [{ a: 'x' }] };
      // @ts-expect-error a field of another type
      export const wrong: ExampleRecord = { a: 'y' };`;
    assert.deepEqual(typeErrors(new Map([['/a.mts', text + use]])), []);
  });

  test('$anchor is outside the profile: references name places by pointer', () => {
    const findings = lintSchema(
      schema({ a: { ...titled, $ref: '#x' } }, { $defs: { b: { $anchor: 'x', type: 'integer' } } }),
    ).map(({ code, path }) => `${code} ${path}`);
    assert.deepEqual(findings, ['keyword_not_allowed /$defs/b/$anchor', 'ref_unresolved /properties/a/$ref']);
  });
});

test('shapes: tuples, maps, choices, conditions, nullable objects', async () => {
  const text = await typesOf(
    schema({
      tuple: {
        ...titled,
        type: 'array',
        prefixItems: [word, { type: 'integer' }],
        items: false,
        minItems: 2,
      },
      map: {
        ...titled,
        type: 'object',
        additionalProperties: false,
        patternProperties: { '^[a-z]{1,3}$': { type: ['integer', 'null'] } },
      },
      choice: {
        ...titled,
        oneOf: [{ const: '*/ x' }, { type: 'array', maxItems: 2, items: { type: 'null' } }],
      },
      either: {
        ...titled,
        type: ['object', 'null'],
        properties: { p: word, q: word },
        anyOf: [{ required: ['p'] }, { required: ['q'] }],
        additionalProperties: false,
      },
      empty: { ...titled, type: 'object', properties: {}, additionalProperties: false },
      literal: { ...titled, enum: ["it's", { a: [1, null] }, '\u202e', -1.5] },
    }),
  );
  const use = `
    export const good: ExampleRecord[] = [
      { tuple: ['a', 1] }, { map: { x: 1, y: null } }, { choice: '*/ x' }, { choice: [null] },
      { either: null }, { either: { q: 'x' } }, { empty: {} }, { literal: { a: [1, null] } }, { literal: "it's" },
    ];
    // @ts-expect-error too long
    export const a: ExampleRecord = { tuple: ['a', 1, 2] };
    // @ts-expect-error not of the map's type
    export const b: ExampleRecord = { map: { x: 'x' } };
    // @ts-expect-error no such value
    export const c: ExampleRecord = { literal: 'other' };
    // @ts-expect-error no such member
    export const d: ExampleRecord = { empty: { x: 1 } };`;
  assert.doesNotMatch(text, /\u202e/);
  assert.deepEqual(typeErrors(new Map([['/a.mts', text + use]])), []);
});

test('two hundred schemas of hostile names, titles and values give modules of types that compile', async () => {
  const random = new Random(27);
  const pick = (): string => random.pick(attacks);
  const shape = (depth: number, definitions: readonly string[]): object => {
    const texts = { title: pick(), description: pick() };
    const kind = random.whole(0, depth > 2 ? 3 : 6);
    if (kind === 0) return { ...texts, enum: [pick(), `${pick()}.`, null, { [pick()]: [pick()] }] };
    if (kind === 1) return { ...texts, type: 'string', maxLength: 9 };
    if (kind === 2) return { ...texts, const: pick() };
    if (kind === 3) {
      const name = random.pick(definitions).replaceAll('~', '~0').replaceAll('/', '~1');
      return { ...texts, $ref: `#/$defs/${encodeURIComponent(name)}` };
    }
    if (kind === 4)
      return { ...texts, type: ['array', 'null'], maxItems: 3, items: shape(depth + 1, definitions) };
    if (kind === 5)
      return { ...texts, anyOf: [shape(depth + 1, definitions), shape(depth + 1, definitions)] };
    const properties = { first: shape(depth + 1, definitions), second: shape(depth + 1, definitions) };
    return {
      ...texts,
      type: 'object',
      properties,
      required: Object.keys(properties).slice(1),
      additionalProperties: false,
    };
  };
  const files = new Map<string, string>();
  for (let i = 0; files.size < 200 && i < 4000; i += 1) {
    const definitions = [pick(), pick(), pick()];
    const document = schema(
      Object.fromEntries(
        [pick(), pick()].map((name, place) => [
          isFieldName(name) ? name : `field_${place}`,
          { ...shape(0, definitions), ...titled },
        ]),
      ),
      { title: pick(), $defs: Object.fromEntries(definitions.map((name) => [name, shape(1, definitions)])) },
    );
    if (lintSchema(document).length > 0) continue;
    const text = await typesOf(document);
    assertOnlyTypes(text);
    files.set(`/m${i}.mts`, text);
  }
  assert.equal(files.size, 200);
  assert.deepEqual(typeErrors(files), []);
});

const texts = new Set(['$id', '$schema', 'title', 'description']);

/** The document without the texts and words that are ours: the library makes names of titles. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => typeof member !== 'string' || !texts.has(name))
      .filter(([name]) => !name.startsWith('x-'))
      .map(([name, member]) => [name, plain(member)]),
  );
}

test('of every shipped schema the library returns the same types without our conversion: values of either are values of the other', async () => {
  const sources = new Map<string, string>();
  for (const schema of sharedSchemas()) {
    const { document } = schema;
    if (JSON.stringify(document).includes('"$ref":"urn:')) continue;
    const actual = await schemaTypes(schema);
    const [, record = ''] = /export (?:interface|type) (\w+Record)\b/.exec(actual) ?? [];
    const judged = await compile(plain(document) as object, 'Judged', {
      bannerComment: '',
      additionalProperties: false,
      unknownAny: true,
      ignoreMinAndMaxItems: true,
    });
    const check = [
      actual,
      `namespace Judge {\n${judged}\n}`,
      `export const forth = (value: ${record}): Judge.Judged => value;`,
      `export const back = (value: Judge.Judged): ${record} => value;`,
    ];
    sources.set(`/${schema.name}.mts`, check.join('\n'));
  }
  assert.ok(sources.size >= 10, `${sources.size} schemas`);
  assert.deepEqual(typeErrors(sources), []);
});

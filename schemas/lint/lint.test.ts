import { shippedSurroundings } from '../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDatasetSchema } from '../parse.ts';
import { guardedLint } from '../../machine/guardedLint.ts';
import { noQueue } from '../../machine/turns.ts';
import { pointForm } from '../places/point.ts';
import { lintSchema } from './lintSchema.ts';
import { allowedKeywords } from './profile.ts';
import { lintRules } from './rules.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';

const titled = { 'x-title': { zh: '字段', en: 'field' }, 'x-sensitivity': 'L1' };
const word = { ...titled, type: 'string', maxLength: 10 };

const attached = {
  type: 'string',
  format: 'attachment',
  'x-attachment': { mediaTypes: ['image/jpeg'], maxBytes: 1_000_000 },
};

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

const codes = (document: unknown): string[] =>
  lintSchema(document, shippedSurroundings).map(({ code, path }) => `${code} ${path}`);

/** A field's schema, and the findings it must have (paths below /properties/f). */
const fields: readonly (readonly [string, unknown, readonly string[]])[] = [
  ['a bounded text', word, []],
  ['a text without bound', { ...titled, type: 'string' }, ['string_unbounded ']],
  ['a text bounded by its format', { ...titled, type: 'string', format: 'date' }, []],
  ['a text bounded by its pattern', { ...titled, type: 'string', pattern: '^[0-9]{4}$' }, []],
  ['an enum', { ...titled, enum: ['a', null] }, []],
  [
    'codes that had terms, as of no day',
    { ...titled, type: 'string', 'x-code': { list: 'urn:datong:code:gbt2260' } },
    ['code_terms_unasked /x-code'],
  ],
  [
    'codes of any time',
    { ...titled, type: 'string', 'x-code': { list: 'urn:datong:code:gbt2260', ever: true } },
    [],
  ],
  ['a code list', { ...titled, type: 'string', 'x-code': { list: 'urn:datong:code:gbt2261' } }, []],
  [
    'an unknown code list',
    { ...titled, type: 'string', 'x-code': { list: 'urn:datong:code:nothing' } },
    ['code_list_unknown /x-code'],
  ],
  [
    'a code list at a field that is not there',
    { ...titled, type: 'string', 'x-code': { list: 'urn:datong:code:gbt2261', at: 'year' } },
    ['code_at_unknown /x-code/at'],
  ],
  ['an attachment', { ...titled, ...attached }, []],
  ['a list of attachments', { ...titled, type: 'array', maxItems: 20, items: attached }, []],
  [
    'a list of attachments without bound',
    { ...titled, type: 'array', maxItems: 21, items: attached },
    ['attachment_misplaced /items'],
  ],
  [
    'the rules of an attachment without its format',
    { ...titled, ...attached, format: 'uuid' },
    ['attachment_misplaced '],
  ],
  [
    'the format of an attachment without its rules',
    { ...titled, type: 'string', format: 'attachment' },
    ['attachment_misplaced '],
  ],
  [
    'an attachment inside an object',
    { ...titled, type: 'object', additionalProperties: false, properties: { in: attached } },
    ['attachment_misplaced /properties/in'],
  ],
  [
    'an attachment of a type that runs code',
    { ...titled, ...attached, 'x-attachment': { mediaTypes: ['image/svg+xml'], maxBytes: 9 } },
    ['keyword_value /x-attachment'],
  ],
  ['a place', { ...titled, ...pointForm, 'x-geo': 'point' }, []],
  ['a place that may be null', { ...titled, ...pointForm, type: ['object', 'null'], 'x-geo': 'point' }, []],
  [
    'a place of another form',
    { ...titled, 'x-geo': 'point', type: 'string', maxLength: 40 },
    ['geo_misplaced '],
  ],
  [
    'a place without the bounds of its coordinates',
    {
      ...titled,
      ...pointForm,
      'x-geo': 'point',
      properties: {
        type: { const: 'Point' },
        coordinates: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
      },
    },
    ['geo_misplaced '],
  ],
  [
    'a place inside an object',
    {
      ...titled,
      type: 'object',
      additionalProperties: false,
      properties: { in: { ...pointForm, 'x-geo': 'point' } },
    },
    ['geo_misplaced /properties/in'],
  ],
  ['no type', titled, ['type_missing ']],
  ['no sensitivity', { 'x-title': titled['x-title'], type: 'boolean' }, ['sensitivity_missing ']],
  ['no title', { 'x-sensitivity': 'L1', type: 'boolean' }, ['title_missing ']],
  [
    'a title in one language',
    { ...titled, 'x-title': { zh: '字段' }, type: 'boolean' },
    ['keyword_value /x-title'],
  ],
  ['$async', { ...word, $async: true }, ['keyword_not_allowed /$async']],
  [
    'a title that moves the cursor',
    { ...word, 'x-title': { zh: '字段\u001b[2K', en: 'field' }, description: 'turned \u202e round' },
    ['text_form /description', 'text_form /x-title'],
  ],
  ['$dynamicRef', { ...word, $dynamicRef: '#x' }, ['keyword_not_allowed /$dynamicRef']],
  [
    'unevaluatedItems',
    { ...titled, type: 'array', items: word, maxItems: 3, unevaluatedItems: false },
    ['keyword_not_allowed /unevaluatedItems'],
  ],
  ['a nested $id', { ...word, $id: 'urn:datong:other:1.0' }, ['keyword_place /$id']],
  ['a misspelt keyword', { ...word, maxLenght: 3 }, ['keyword_unknown /maxLenght']],
  ['a misspelt x- keyword', { ...word, 'x-sensitivty': 'L1' }, ['keyword_unknown /x-sensitivty']],
  ['a wrong level', { ...word, 'x-sensitivity': 'L9' }, ['keyword_value /x-sensitivity']],
  [
    'a wrong value of a standard keyword',
    { ...word, maxLength: '10' },
    ['keyword_value /maxLength', 'string_unbounded '],
  ],
  ['a remote reference', { ...titled, $ref: 'https://example.org/x' }, ['ref_remote /$ref']],
  ['a reference that leads nowhere', { ...titled, $ref: '#/$defs/none' }, ['ref_unresolved /$ref']],
  ['an unknown format', { ...word, format: 'hostname' }, ['pattern_format /format']],
  ['a pattern without anchors', { ...word, pattern: 'a+' }, ['pattern_not_anchored /pattern']],
  [
    'a pattern anchored in one alternative only',
    { ...word, pattern: '^a|b$' },
    ['pattern_not_anchored /pattern'],
  ],
  ['a pattern that looks around', { ...word, pattern: '^(?=a)b$' }, ['pattern_syntax /pattern']],
  ['a back-reference', { ...word, pattern: '^(a)\\1$' }, ['pattern_syntax /pattern']],
  ['a broken pattern', { ...word, pattern: '^(a$' }, ['pattern_syntax /pattern']],
  [
    'a pattern with too long a reach',
    { ...word, maxLength: 400, pattern: '^[a-z]+$' },
    ['pattern_unbounded '],
  ],
  ['an open object', { ...titled, type: 'object', properties: {} }, ['object_open ']],
  [
    'an object closed by unevaluatedProperties',
    { ...titled, type: 'object', properties: {}, unevaluatedProperties: false },
    [],
  ],
  [
    'unevaluatedProperties beside half a condition',
    {
      ...titled,
      type: 'object',
      properties: { a: word },
      unevaluatedProperties: false,
      if: { required: ['a'] },
      then: {},
    },
    ['keywords_together '],
  ],
  [
    'a tuple that does not say how long it is',
    { ...titled, type: 'array', prefixItems: [word], items: false },
    ['tuple_open /prefixItems'],
  ],
  ['if alone', { ...word, if: { const: 'a' } }, ['keyword_idle /if']],
  ['then and else without if', { ...word, then: {}, else: {} }, ['keyword_idle /then', 'keyword_idle /else']],
  [
    'minContains without contains',
    { ...titled, type: 'array', items: word, maxItems: 3, minContains: 2 },
    ['keyword_idle /minContains'],
  ],
  [
    'a declared name that matches a pattern too',
    {
      ...titled,
      type: 'object',
      properties: { ab: word },
      patternProperties: { '^a[a-z]{1,3}$': word },
      additionalProperties: false,
    },
    ['name_matches_pattern /properties/ab'],
  ],
  ['an unbounded array', { ...titled, type: 'array', items: word }, ['array_unbounded ']],
  ['an array without items', { ...titled, type: 'array', maxItems: 3 }, ['items_missing ']],
  [
    'contains beside prefixItems',
    { ...titled, type: 'array', prefixItems: [word], minItems: 1, items: false, contains: { const: 'x' } },
    ['keywords_together '],
  ],
  [
    'uniqueItems on many objects',
    {
      ...titled,
      type: 'array',
      maxItems: 5000,
      uniqueItems: true,
      items: { type: 'object', properties: {}, additionalProperties: false },
    },
    ['unique_items_costly '],
  ],
  [
    'uniqueItems on many scalars',
    { ...titled, type: 'array', maxItems: 5000, uniqueItems: true, items: { type: 'integer' } },
    [],
  ],
  ['bounds that nothing fits', { ...word, minLength: 11 }, ['nothing_fits ']],
  [
    'an integer beyond exactness',
    { ...titled, type: 'integer', maximum: 2 ** 60 },
    ['number_not_exact /maximum'],
  ],
  [
    'an identity number without tag',
    { ...titled, type: 'string', format: 'cn-resident-id' },
    ['tag_format '],
  ],
  ['a tag without format', { ...word, 'x-semantic': 'cn.uscc' }, ['tag_format ']],
  [
    'an identity number too low and not personal',
    { ...titled, type: 'string', format: 'cn-resident-id', 'x-semantic': 'cn.resident-id' },
    ['sensitivity_too_low ', 'personal_missing '],
  ],
  [
    'a name that is personal',
    {
      ...word,
      'x-sensitivity': 'L2',
      'x-personal': 'personal',
      'x-semantic': 'person.name',
      'x-subject-key': 'person',
    },
    [],
  ],
];

describe('lint of a field', () => {
  for (const [name, field, expected] of fields) {
    test(name, () => {
      assert.deepEqual(
        codes(schema({ f: field })).sort(),
        expected.map((one) => one.replace(' ', ' /properties/f')).sort(),
      );
    });
  }
});

describe('lint of a document', () => {
  test('root keywords', () => {
    assert.deepEqual(codes(schema({ f: word })), []);
    assert.deepEqual(codes({ ...schema({ f: word }), $schema: 'http://json-schema.org/draft-07/schema#' }), [
      'schema_draft /$schema',
    ]);
    for (const $id of [
      'https://example.org/x',
      'urn:datong:dataset:1.0',
      'urn:datong:Example:1.0',
      'urn:datong:example:1',
    ]) {
      assert.deepEqual(codes(schema({ f: word }, { $id })), ['id_malformed /$id']);
    }
    assert.deepEqual(codes(schema({ f: word }, { required: ['g'] })), ['required_unknown /required']);
    assert.deepEqual(codes(schema({ f: word }, { 'x-primary-key': ['/f'] })), [
      'primary_key_unknown /x-primary-key/0',
    ]);
    assert.deepEqual(codes(schema({ f: word }, { 'x-primary-key': ['/f'], required: ['f'] })), []);
    const nullable = { $defs: { maybe: { type: ['string', 'null'], maxLength: 9 } } };
    const keys: readonly (readonly [object, boolean])[] = [
      [{ type: ['string', 'null'], maxLength: 9 }, false],
      [{ enum: ['a', null] }, false],
      [{ enum: ['a', 'b'] }, true],
      [{ const: null }, false],
      [{ anyOf: [{ type: 'integer', minimum: 0, maximum: 9 }, { enum: [null] }] }, false],
      [{ oneOf: [{ enum: ['a'] }, { const: 'b' }] }, true],
      [{ anyOf: [{ enum: ['a'] }, { $ref: '#/$defs/maybe' }] }, false],
      [{ allOf: [{ $ref: '#/$defs/maybe' }], type: 'string', maxLength: 9 }, true],
    ];
    for (const [field, canBeKey] of keys)
      assert.deepEqual(
        codes(
          schema({ f: { ...titled, ...field } }, { ...nullable, 'x-primary-key': ['/f'], required: ['f'] }),
        ),
        canBeKey ? [] : ['primary_key_unknown /x-primary-key/0'],
        JSON.stringify(field),
      );
    const subject = { ...word, 'x-subject-key': 'person' };
    assert.deepEqual(codes(schema({ f: subject, g: subject })), ['subject_key_many /properties']);
    const referred = { $defs: { subject }, properties: { f: { $ref: '#/$defs/subject' } } };
    assert.deepEqual(
      codes(schema({ ...referred.properties, g: { $ref: '#/$defs/subject' } }, { $defs: referred.$defs })),
      ['subject_key_many /properties'],
      'references count',
    );
    for (const nothing of [null, 3, 'x', [], true]) assert.deepEqual(codes(nothing), ['not_an_object ']);
  });

  test('personal data names its subject', () => {
    const personal = { ...word, 'x-personal': 'personal' };
    const missing = (at: string): string[] => [`subject_key_missing ${at}`];
    const about = (kind: string) => ({ ...word, 'x-subject-key': kind });
    const nested = {
      ...titled,
      type: 'array',
      maxItems: 3,
      items: {
        type: 'object',
        additionalProperties: false,
        properties: { of: { ...word, 'x-personal': 'sensitive' } },
      },
    };
    const person = 'urn:datong:person:1.0#/properties/person_id';
    assert.deepEqual(codes(schema({ f: word, g: { ...word, 'x-personal': 'none' } })), []);
    assert.deepEqual(codes(schema({ f: word, g: personal })), missing('/properties/g'));
    assert.deepEqual(codes(schema({ f: nested })), missing('/properties/f/items/properties/of'));
    assert.deepEqual(codes(schema({ f: personal, g: about('place') })), missing('/properties/f'));
    for (const kind of ['person', 'organization'])
      assert.deepEqual(codes(schema({ f: personal, g: about(kind) })), []);
    // a mark next to a reference does not undo what it leads to; a key that comes by reference is one
    const hidden = {
      f: { ...titled, $ref: 'urn:datong:household:1.0#/properties/name', 'x-personal': 'none' },
    };
    assert.deepEqual(codes(schema(hidden)), missing('/properties/f'));
    assert.deepEqual(codes(schema({ ...hidden, g: { $ref: person } })), []);
  });

  test('names', () => {
    const named = (name: string): string[] =>
      codes(schema(JSON.parse(JSON.stringify({ [name]: word })) as object)).map(
        (one) => one.split(' ', 1)[0] ?? '',
      );
    assert.deepEqual(codes(schema(JSON.parse(`{"__proto__": ${JSON.stringify(word)}}`) as object)), [
      'name_reserved /properties/__proto__',
    ]);
    for (const name of ['constructor', 'toString', '_subject', 'prototype'])
      assert.deepEqual(named(name), ['name_reserved'], name);
    for (const name of ['', 'a\u0000b', 'a\u202eb', '姓名', 'PM2.5', 'a-b', 'a b', '1a', 'a'.repeat(64)])
      assert.deepEqual(named(name), ['name_form'], JSON.stringify(name));
    assert.deepEqual(named('12'), ['name_unordered']);
    for (const name of ['permit_no', 'PM2_5', 'a', 'a'.repeat(63)]) assert.deepEqual(named(name), [], name);
  });

  test('references: cycles through a field are fine, cycles in place and explosions are not', () => {
    const tree = {
      type: 'object',
      properties: { v: word, n: { $ref: '#/$defs/t' } },
      additionalProperties: false,
    };
    assert.deepEqual(codes(schema({ f: { ...titled, $ref: '#/$defs/t' } }, { $defs: { t: tree } })), []);
    assert.deepEqual(
      codes(
        schema(
          { f: { ...titled, $ref: '#/$defs/a' } },
          { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
        ),
      ),
      ['ref_cycle /$defs/a/$ref', 'ref_cycle /$defs/b/$ref'],
    );
    assert.ok(
      codes(
        schema(
          { f: { ...titled, $ref: '#/$defs/a' } },
          { $defs: { a: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/a' }] } } },
        ),
      ).some((one) => one.startsWith('ref_cycle')),
    );
    const doubling = Object.fromEntries(
      Array.from({ length: 16 }, (_, at) => [
        `d${at}`,
        { anyOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] },
      ]),
    );
    assert.deepEqual(
      codes(
        schema(
          { f: { ...titled, $ref: '#/$defs/d0' } },
          { $defs: { ...doubling, d16: { type: 'integer' } } },
        ),
      ),
      ['expanded_too_large '],
    );
    // definitions count, whether or not anything refers to them
    const wide = { anyOf: Array.from({ length: 75 }, (_, at) => ({ const: at })) };
    const taking = (many: number): object =>
      Object.fromEntries(Array.from({ length: many }, (_, at) => [`d${at}`, { $ref: '#/$defs/wide' }]));
    const defined = (many: number): string[] =>
      codes(schema({ f: { ...titled, type: 'integer' } }, { $defs: { ...taking(many), wide } }));
    assert.deepEqual([defined(63), defined(64)], [[], ['expanded_too_large ']]);
  });

  test('sizes: depth, nodes, properties, text; nothing overflows', () => {
    let deep: Record<string, unknown> = { type: 'integer' };
    for (let at = 0; at < 600; at += 1) deep = { anyOf: [deep] };
    assert.deepEqual(codes(schema({ f: { ...titled, ...deep } })), ['too_deep ']);
    let deeper: unknown = 1;
    for (let at = 0; at < 100_000; at += 1) deeper = [deeper];
    assert.deepEqual(codes({ ...schema({ f: word }), default: deeper }), ['too_deep ']);
    const wide = Object.fromEntries(Array.from({ length: 301 }, (_, at) => [`f${at}`, { ...word }]));
    assert.deepEqual(codes(schema(wide)), ['too_many_properties ']);
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`f${at}`, { type: 'null' }]));
    assert.deepEqual(
      codes(schema(many)).map((one) => one.split(' ', 1)[0]),
      ['too_large'],
    );
    assert.deepEqual(
      codes(schema({ f: { ...word, description: 'x'.repeat(300_000) } })).map((one) => one.split(' ', 1)[0]),
      ['too_large'],
    );
    const nodes = {
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 299 }, (_, at) => [
          `p${at}`,
          { anyOf: Array.from({ length: 7 }, () => ({ type: 'null' })) },
        ]),
      ),
    };
    assert.deepEqual(codes(schema({ f: { ...titled, ...nodes } })), ['too_many_nodes ']);
  });

  test('every finding has a sentence in both languages and says how to mend it', () => {
    for (const [code, { message, mend }] of Object.entries(lintRules)) {
      for (const text of [message, mend]) {
        assert.match(text.zh, /\p{Script=Han}/u, code);
        assert.ok(text.en.length > 5, code);
      }
    }
    assert.ok(
      nonEmpty(lintSchema(schema({ f: { type: 'string' } }))).every(
        ({ message, mend }) => !/\{[a-z]+\}/.test(message.en + mend.en),
      ),
    );
    assert.ok(allowedKeywords.has('x-code') && !allowedKeywords.has('$async'));
  });

  test('parseDatasetSchema throws one problem with all findings', () => {
    assert.throws(
      () => parseDatasetSchema(schema({ f: { type: 'string' } })),
      (error: { code: string; extras: { findings: unknown[] } }) => {
        assert.equal(error.code, 'schema_invalid');
        assert.equal(error.extras.findings.length, 3);
        return true;
      },
    );
    const parsed = parseDatasetSchema(
      schema(
        { f: word, g: { ...titled, type: ['integer', 'null'] } },
        { 'x-primary-key': ['/f'], required: ['f'] },
      ),
    );
    assert.deepEqual(parsed.primaryKey, ['f']);
    assert.deepEqual(
      parsed.fields.map(({ name, type, nullable, required }) => [name, type, nullable, required]),
      [
        ['f', 'string', false, true],
        ['g', 'integer', true, false],
      ],
    );
    assert.match(parsed.digest, /^[0-9a-f]{64}$/);
  });
});

describe('patterns', () => {
  const pattern = (source: string): string[] =>
    codes(schema({ f: { ...titled, type: 'string', maxLength: 60, pattern: source } })).map(
      (one) => one.split(' ', 1)[0] ?? '',
    );

  test('those that backtrack are found', () => {
    for (const source of ['^(a+)+$', '^(a|aa)+$', '^(a|a)*$', '^([a-z]+)*$', '^(?:\\d+|\\d+x)+$', '^(.*)*$'])
      assert.deepEqual(pattern(source), ['pattern_unsafe'], source);
  });

  test('those of names are not run before they are proven', () => {
    const name = `${'a'.repeat(60)}!`;
    const document = schema({ [name]: word }, { patternProperties: { '^(a+)+$': word } });
    const found = codes(document);
    assert.ok(found.includes('pattern_unsafe /patternProperties'), found.join());
    const safe = schema({ ab: word }, { patternProperties: { '^a[a-z]$': word } });
    assert.ok(codes(safe).includes('name_matches_pattern /properties/ab'));
  });

  test('those that do not are let through', () => {
    for (const source of [
      '^\\d{6}(\\d{6})?$',
      '^[0-9]{1,3}(\\.[0-9]{1,3}){3}$',
      '^\\p{Script=Han}{2,40}$',
      '^(?:[a-z]+-)*[a-z]+$',
      '^[\\u4e00-\\u9fa5A-Z]{2,8}$',
      '^(?:男|女)$',
    ]) {
      assert.deepEqual(pattern(source), [], source);
    }
  });
});

describe('lint in a worker', () => {
  test('answers as lint does, and compiles what passes', async () => {
    assert.deepEqual(await guardedLint(noQueue, schema({ f: word })), []);
    assert.deepEqual(
      (await guardedLint(noQueue, schema({ f: { ...titled, type: 'string' } }))).map(({ code }) => code),
      ['string_unbounded'],
    );
    const untyped = schema(
      { f: word },
      { if: { required: ['f'] }, then: { properties: { f: { maxLength: 3 } } } },
    );
    assert.deepEqual(
      (await guardedLint(noQueue, untyped)).map(({ code }) => code),
      ['required_unknown'],
    );
  });

  test('what takes too long is a finding, and the caller goes on', async () => {
    // so many that a worker is busy for long after it reported that it began
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`f${i}`, word]));
    const findings = await guardedLint(noQueue, schema(many), shippedSurroundings, 0);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['compile_timeout'],
    );
  });
});

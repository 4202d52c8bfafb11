/** Validation of records: what is checked, what a clerk is shown, and that no value is ever reported. */
import { shippedSurroundings } from '../machine/surroundings.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilePlain, compileSchema } from './compile.ts';
import type { DatasetSchema } from './datasetSchema.ts';
import { messageFor, type Finding } from './messages.ts';
import { JsonFault, readJson } from './readJson.ts';
import { readSchema } from './parse.ts';
import { sharedSchema, sharedSchemas } from '../machine/shippedSchemas.ts';
import { Problem } from '../terms/problem.ts';
import { metaschema } from './vocabulary/configureAjv.ts';
import { nonEmpty } from '../tests/nonEmpty.ts';
import type { JsonSchema } from './datasetSchema.ts';

const household = compileSchema(sharedSchema('household@1'), shippedSurroundings);
const person = {
  person_id: '990101198001010014',
  name: '赵望舒',
  sex: '2',
  birth_date: '1980-01-01',
  household_no: '990101000123',
  relation: '户主',
  address: '云栖市',
  region_code: '110105',
  mobile: null,
  guardian_id: null,
  move_in_date: null,
  income: null,
};

function schema(properties: object, more: object = {}): DatasetSchema {
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:datong:example:1.0',
    'x-title': { zh: '示例', en: 'Example' },
    type: 'object',
    properties,
    additionalProperties: false,
    ...more,
  };
  return readSchema(document, () => undefined);
}

describe('findings', () => {
  test('name place, title, rule and class of the value, in both languages', () => {
    const [finding] = household.explain({ ...person, person_id: '990101198001010015' });
    assert.deepEqual(finding, {
      pointer: '/person_id',
      field: 'person_id',
      title: { zh: '公民身份号码', en: 'Citizen identity number' },
      rule: 'cn-resident-id.checksum',
      valueClass: 'string, 18 chars',
      message: { zh: '校验位不正确', en: 'the check digit does not match' },
      expected: 'cn-resident-id',
      schema: 'urn:datong:household:1.0#/properties/person_id/format',
    });
  });

  test('of a record with very many unknown members examine few of them, and miss no other rule', () => {
    // a member that is examined is read
    let examined = 0;
    const strange = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`strange${i}`, i]));
    const counted = new Proxy(
      { ...person, ...strange, relation: '租客' },
      {
        get: (record, name) => {
          if (String(name).startsWith('strange')) examined += 1;
          return Reflect.get(record, name) as unknown;
        },
      },
    );
    const findings = household.explain(counted);
    assert.deepEqual(findings.map(({ pointer, rule }) => `${pointer} ${rule}`).sort(), [
      '/* additionalProperties',
      '/relation enum',
    ]);
    assert.ok(examined <= 100, `${examined} members were examined`);
  });

  test('name no member that the schema does not know, also one of digits', () => {
    const number = '990101201501010015';
    const pointersOf = (compiled: ReturnType<typeof compileSchema>, record: object): readonly string[] =>
      compiled.explain(record).map(({ pointer }) => pointer);
    assert.deepEqual(pointersOf(household, { ...person, [number]: 1 }), ['/*']);
    assert.deepEqual(pointersOf(household, { ...person, '0': 1 }), ['/*']);
    const closed = { type: 'object', additionalProperties: false, properties: { a: { type: 'integer' } } };
    const either = { type: ['array', 'object'], items: closed, additionalProperties: { type: 'integer' } };
    const nested = compileSchema(
      schema({ f: closed, g: { type: 'array', items: closed }, h: either }),
      shippedSurroundings,
    );
    assert.deepEqual(pointersOf(nested, { f: { [number]: 1 } }), ['/f/*']);
    assert.deepEqual(pointersOf(nested, { g: [{}, { [number]: 1 }] }), ['/g/1/*']);
    assert.deepEqual(pointersOf(nested, { g: [{ a: 'x' }] }), ['/g/0/a']);
    assert.deepEqual(pointersOf(nested, { h: { [number]: 'x' } }), ['/h/*']);
    assert.deepEqual(pointersOf(nested, { h: [{ [number]: 'x' }] }), ['/h/0/*']);
  });

  test('show the shape of a value only up to level L2', () => {
    const [low] = household.explain({ ...person, region_code: '990A' });
    assert.equal(low?.valueClass, 'string, 4 chars, 9{3}A');
    const [high] = household.explain({ ...person, address: '某'.repeat(300) });
    assert.equal(high?.valueClass, 'string, 300 chars');
  });

  test('name the values that are allowed where they are few', () => {
    const messageOf = (changed: object): { readonly zh: string; readonly en: string } => {
      const [first] = household.explain({ ...person, ...changed });
      return first?.message ?? assert.fail('no finding');
    };
    const kind = messageOf({ relation: '租客' });
    assert.match(kind.zh, /^不在允许的取值之内：只能是 户主、配偶、.*其他$/);
    assert.match(kind.en, /^is none of the allowed values: one of 户主, 配偶, /);
    const code = messageOf({ sex: '7' });
    const sexes = shippedSurroundings.codeLists.list('gbt2261') ?? assert.fail('no list of sexes');
    assert.match(code.zh, /：只能是 0 未知的性别、1 男/);
    assert.match(code.zh, new RegExp(sexes.title.zh));
    assert.match(code.en, new RegExp(`${sexes.title.en}.*1 ${sexes.entries[1]?.en ?? '?'}`));
    const region = messageOf({ region_code: '999999' });
    assert.match(region.zh, /中的有效代码$/, 'six thousand are not read out');
    const many = Array.from({ length: 13 }, (_, index) => `v${index}`);
    const reported = compileSchema(schema({ f: { enum: many } }), shippedSurroundings).explain({ f: 'x' });
    assert.equal(reported[0]?.message.zh, '不在允许的取值之内');
    const trees = compileSchema(schema({ f: { enum: ['a', null, { b: 1 }] } }), shippedSurroundings);
    assert.equal(trees.explain({ f: 'x' })[0]?.message.en, 'is none of the allowed values');
  });

  test('never carry a value or a name that the sender made up', () => {
    const canary = '李四光13800138000';
    const reported = JSON.stringify(
      household.explain({
        ...person,
        [canary]: canary,
        name: [canary],
        person_id: canary,
        address: { [canary]: canary },
        relation: canary,
        mobile: canary,
      }),
    );
    assert.doesNotMatch(reported, /李四光|13800138000/);
    assert.match(reported, /"pointer":"\/\*"/);
  });

  test('are at most twenty, even where branches double', () => {
    const pair = (inner: object): object => ({
      anyOf: [inner, { type: 'array', items: inner, maxItems: 2 }],
    });
    const deep = Array.from({ length: 8 }).reduce<object>((inner) => pair(inner), { type: 'integer' });
    assert.ok(compileSchema(schema({ f: deep }), shippedSurroundings).explain({ f: 'x' }).length <= 20);
    const fields = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`f${at}`, { type: 'integer' }]));
    assert.equal(
      compileSchema(schema(fields), shippedSurroundings).explain(
        Object.fromEntries(Object.keys(fields).map((name) => [name, 'x'])),
      ).length,
      20,
    );
  });

  test('may be worded by the schema', () => {
    const own = { zh: '请填四位年份', en: 'give a year of four digits' };
    const [finding] = compileSchema(
      schema({ year: { type: 'string', pattern: '^\\d{4}$', maxLength: 4, 'x-message': own } }),
      shippedSurroundings,
    ).explain({ year: '26' });
    assert.deepEqual(finding?.message, own);
  });

  test('look codes up at the date next to them', () => {
    const at = compileSchema(
      schema({
        day: { type: 'string', format: 'date' },
        code: { type: 'string', 'x-code': { list: 'urn:datong:code:gbt2260', at: 'day' } },
      }),
      shippedSurroundings,
    );
    assert.equal(at.check({ day: '2009-05-01', code: '110103' }), true);
    assert.equal(at.check({ day: '2015-05-01', code: '110103' }), false);
    assert.deepEqual(
      at.explain({ day: '2015-05-01', code: '110103' }).map(({ rule, pointer }) => `${rule} ${pointer}`),
      ['x-code /code'],
    );
    assert.equal(at.check({ code: '110103' }), true);
  });
});

describe('traps', () => {
  test('names of Object.prototype are not there by themselves', () => {
    assert.equal(
      compilePlain(
        { type: 'object', properties: { toString: {} }, required: ['toString'] },
        shippedSurroundings,
      )({}),
      false,
    );
  });

  test('numbers are exact: 0.29 is a multiple of 0.01', () => {
    const money = compilePlain({ type: 'number', multipleOf: 0.01 }, shippedSurroundings);
    for (const value of [0.29, 0.07, 1.1, 33.33, 1e15]) assert.equal(money(value), true, String(value));
    for (const value of [0.295, 1e-3]) assert.equal(money(value), false, String(value));
    const [finding] = compileSchema(
      schema({ f: { type: 'number', multipleOf: 0.5 } }),
      shippedSurroundings,
    ).explain({ f: 0.3 });
    assert.equal(finding?.message.en, 'must be a multiple of 0.5');
  });

  test('deep data against a recursive schema is invalid, not a crash', () => {
    const recursive = schema(
      { f: { $ref: '#/$defs/t' } },
      {
        $defs: {
          t: { type: 'object', properties: { n: { $ref: '#/$defs/t' } }, additionalProperties: false },
        },
      },
    );
    let deep: Record<string, unknown> = {};
    for (let at = 0; at < 50_000; at += 1) deep = { n: deep };
    const compiled = compileSchema(recursive, shippedSurroundings);
    assert.equal(compiled.check({ f: deep }), false);
    assert.deepEqual(
      compiled.explain({ f: deep }).map(({ rule }) => rule),
      ['too-deep'],
    );
    assert.equal(compiled.check({ f: { n: {} } }), true);
  });

  test('one schema version is compiled once', () => {
    assert.equal(compileSchema(sharedSchema('household@1'), shippedSurroundings), household);
  });

  test('what lint lets pass and strict mode does not is a finding of ours at the place, in both languages', () => {
    const refused = (field: object, code: string, path: string, en: RegExp, zh: RegExp): void => {
      assert.throws(
        () => compileSchema(schema({ 名称: field }), shippedSurroundings),
        (error) => {
          assert.ok(error instanceof Problem && error.code === 'schema_invalid', String(error));
          const [finding, ...others] = error.extras['findings'] as Finding[];
          assert.deepEqual([finding?.code, finding?.path, others.length], [code, path, 0]);
          assert.match(finding?.message.en ?? '', en);
          assert.match(finding?.message.zh ?? '', zh);
          return true;
        },
      );
    };
    const item = { type: 'string', maxLength: 5 };
    refused(
      { ...item, minimum: 3 },
      'keyword_idle_type',
      '/properties/名称/minimum',
      /"minimum" works on number only/,
      /“minimum”只对 number 起作用/,
    );
    refused(
      { ...item, allOf: [{ type: 'integer' }] },
      'type_contradicts',
      '/properties/名称/allOf/0',
      /asks for integer where only string/,
      /要求 integer，外层却只允许 string/,
    );
    refused(
      {
        type: 'object',
        properties: { a: item },
        additionalProperties: false,
        anyOf: [{ required: ['a'] }, { maxProperties: 0 }],
      },
      'required_unknown',
      '/properties/名称/anyOf/0',
      /"a" is not declared/,
      /“a”没有定义/,
    );
  });

  test('unknown keywords and formats do not compile', () => {
    const compiling = (schema: JsonSchema) => () => compilePlain(schema, shippedSurroundings);
    assert.throws(compiling({ type: 'string', requird: true }), /unknown keyword: "requird"/);
    assert.throws(compiling({ type: 'string', format: 'no-such-format' }), /unknown format "no-such-format"/);
    assert.throws(
      compiling({ $ref: 'https://example.org/x' }),
      /can't resolve reference https:\/\/example\.org\/x/,
    );
  });
});

/** keyword → [schema, valid, invalid]: own cases, in the spirit of draft 2020-12. */
const byKeyword: Readonly<Record<string, readonly [object, readonly unknown[], readonly unknown[]]>> = {
  type: [{ type: 'integer' }, [1, 1.0, -0], [1.5, '1', null, true, [], {}]],
  'type (several)': [{ type: ['string', 'null'] }, ['', null], [0, false]],
  enum: [
    { enum: [1, 'a', null, [1], { a: 1 }] },
    [1, 'a', null, [1], { a: 1 }],
    [2, 'b', [2], { a: 2 }, false],
  ],
  const: [{ const: { a: [1, false] } }, [{ a: [1, false] }], [{ a: [1, 0] }, null]],
  minimum: [{ type: 'number', minimum: 1.1 }, [1.1, 2], [1.05, -1]],
  exclusiveMaximum: [{ type: 'number', exclusiveMaximum: 3 }, [2.999], [3, 4]],
  multipleOf: [{ type: 'number', multipleOf: 0.0001 }, [0.0075, 1], [0.00751]],
  minLength: [{ type: 'string', minLength: 2 }, ['ab', '💩💩'], ['a', '💩']],
  maxLength: [{ type: 'string', maxLength: 1 }, ['💩', '汉', ''], ['ab']],
  pattern: [{ type: 'string', pattern: '^\\p{Script=Han}+$' }, ['汉字'], ['a', '汉a', '']],
  items: [{ type: 'array', items: { type: 'integer' } }, [[], [1, 2]], [[1, 'x']]],
  prefixItems: [
    { type: 'array', prefixItems: [{ type: 'integer' }], items: false, minItems: 1, maxItems: 1 },
    [[1]],
    [[], ['x'], [1, 2]],
  ],
  contains: [
    { type: 'array', contains: { const: 1 }, minContains: 2, maxContains: 3 },
    [
      [1, 1],
      [1, 2, 1, 1],
    ],
    [[1], [], [1, 1, 1, 1]],
  ],
  uniqueItems: [
    { type: 'array', uniqueItems: true },
    [[1, '1', true, [1], { a: 1 }]],
    [
      [1, 1.0],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  properties: [
    { type: 'object', properties: { a: { type: 'integer' } } },
    [{}, { a: 1 }, { b: 'x' }],
    [{ a: 'x' }],
  ],
  required: [{ type: 'object', properties: { a: {} }, required: ['a'] }, [{ a: null }], [{}]],
  additionalProperties: [
    { type: 'object', properties: { a: {} }, additionalProperties: { type: 'integer' } },
    [{ a: 'x', b: 1 }],
    [{ b: 'x' }],
  ],
  patternProperties: [
    { type: 'object', patternProperties: { '^x': { type: 'integer' } }, additionalProperties: false },
    [{ x1: 1 }],
    [{ x1: 'a' }, { y: 1 }],
  ],
  propertyNames: [
    { type: 'object', propertyNames: { type: 'string', maxLength: 2 } },
    [{ ab: 1 }],
    [{ abc: 1 }],
  ],
  minProperties: [
    { type: 'object', minProperties: 1, maxProperties: 2 },
    [{ a: 1 }],
    [{}, { a: 1, b: 1, c: 1 }],
  ],
  dependentRequired: [
    { type: 'object', dependentRequired: { a: ['b'] } },
    [{}, { b: 1 }, { a: 1, b: 1 }],
    [{ a: 1 }],
  ],
  dependentSchemas: [
    { type: 'object', dependentSchemas: { a: { minProperties: 2 } } },
    [{ b: 1 }, { a: 1, b: 1 }],
    [{ a: 1 }],
  ],
  unevaluatedProperties: [
    { type: 'object', allOf: [{ properties: { a: {} } }], unevaluatedProperties: false },
    [{ a: 1 }],
    [{ b: 1 }],
  ],
  allOf: [{ allOf: [{ type: 'integer' }, { type: 'integer', minimum: 2 }] }, [2], [1]],
  anyOf: [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, [1, 'x'], [null]],
  oneOf: [{ oneOf: [{ type: 'integer' }, { type: 'number', minimum: 2 }] }, [1, 2.5], [3, 1.5]],
  not: [{ not: { type: 'integer' } }, ['x', 1.5], [1]],
  if: [
    {
      type: 'integer',
      if: { type: 'integer', minimum: 10 },
      then: { type: 'integer', multipleOf: 10 },
      else: { type: 'integer', maximum: 5 },
    },
    [20, 5],
    [15, 7],
  ],
  $ref: [
    { $defs: { a: { type: 'integer' } }, type: 'object', properties: { a: { $ref: '#/$defs/a' } } },
    [{ a: 1 }],
    [{ a: 'x' }],
  ],
  format: [{ type: 'string', format: 'ipv4' }, ['192.0.2.1'], ['192.0.2.256', '1.2.3']],
};

describe('keywords of the profile', () => {
  for (const [name, [document, valid, invalid]] of Object.entries(byKeyword)) {
    test(name, () => {
      const check = compilePlain(document as Record<string, unknown>, shippedSurroundings);
      for (const value of nonEmpty(valid)) assert.equal(check(value), true, JSON.stringify(value));
      for (const value of nonEmpty(invalid)) assert.equal(check(value), false, JSON.stringify(value));
    });
  }
});

describe('the meta-schema for editors', () => {
  const editor = new Ajv2020({ strict: false, logger: false }).compile({ ...metaschema() });

  test('takes every shipped schema, and knows a typing error', () => {
    for (const shared of sharedSchemas()) assert.equal(editor(shared.document), true, shared.urn);
    const { document } = sharedSchema('household@1');
    assert.equal(editor({ ...document, 'x-primery-key': ['/person_id'] }), false);
    assert.equal(editor({ ...document, 'x-class': 'secret' }), false);
    const properties = { person_id: { type: 'string', 'x-sensitivty': 'L3' } };
    assert.equal(editor({ ...document, properties }), false);
  });
});

describe('JSON as it comes in', () => {
  const code = (text: string | Uint8Array): string => {
    try {
      readJson(text);
    } catch (error) {
      if (error instanceof JsonFault) return `${error.code} ${error.line}`;
      throw error;
    }
    return 'read';
  };

  test('doubled names, deep nesting, inexact numbers and broken bytes are refused with their line', () => {
    assert.equal(code('{"a":1,\n"b":2,"a":3}'), 'name_doubled 2');
    assert.equal(code('{"a":1,"\\u0061":3}'), 'name_doubled 1');
    assert.equal(code('{"a":{"a":1},"b":[{"a":1},{"a":1}]}'), 'read');
    assert.equal(code('['.repeat(70) + ']'.repeat(70)), 'too_deep 1');
    assert.equal(code('[12345678901234567890]'), 'number_not_exact 1');
    assert.equal(code('[0.12345678901234567890]'), 'number_not_exact 1');
    assert.equal(code('[1e400]'), 'number_not_exact 1');
    assert.equal(code('[0.1234567890123456, 1e3, "12345678901234567890"]'), 'read');
    assert.equal(code('{"a":'), 'not_json 1');
    assert.equal(code(new Uint8Array([0x22, 0xff, 0x22])), 'not_utf8 0');
    assert.equal(code('{"a":"{\\"a\\":1,\\"a\\":2}"}'), 'read');
  });
});

test('a field that must be absent is reported as that, and a rule without a sentence as no match of the schema', () => {
  const condition = {
    if: { properties: { a: { const: 'x' } } },
    then: { properties: { b: false } },
    else: true,
  };
  const text = { type: 'string', 'x-title': { zh: '项', en: 'Item' }, 'x-sensitivity': 'L1' };
  const conditional = compileSchema(schema({ a: text, b: text }, condition), shippedSurroundings);
  const found = conditional.explain({ a: 'x', b: 'y' });
  assert.deepEqual(
    found.map(({ rule, message }) => [rule, message.zh, message.en]),
    [['false schema', '不得填写', 'must be absent']],
  );
  assert.deepEqual(
    ['discriminator', 'email', 'cn-mobile.other', 'cn-mobile.prefix'].map((rule) => messageFor(rule).en),
    [
      'does not match the schema',
      'has the wrong format',
      'has the wrong format',
      'the number range is not correct',
    ],
  );
});

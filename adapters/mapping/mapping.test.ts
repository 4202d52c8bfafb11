import { surroundingsWith } from '../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileSchema } from '../../schemas/compile.ts';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { Problem } from '../../terms/problem.ts';
import { schemaOf } from '../fixtures/schemaOf.ts';
import type { Cell, CellGroup } from '../reading/reader.ts';
import { rowOfRecord } from '../fixtures/rowOfRecord.ts';
import { bindMapping, type BoundMapping } from './bind.ts';
import { compileMapping, compileNewMapping } from './compile.ts';
import type { FieldSpec } from './document.ts';
import { Fault } from './fault.ts';
import { codeStep } from './steps/codeStep.ts';

const surroundings = surroundingsWith([
  {
    id: 'test.colour',
    version: '2024',
    title: { zh: '颜色', en: 'colours' },
    entries: [
      { code: '1', zh: '红', en: 'red' },
      { code: '2', zh: '蓝', en: 'blue' },
      { code: '3', zh: '蓝' },
    ],
  },
]);

const string: JsonSchema = { type: ['string', 'null'], maxLength: 100 };
const number: JsonSchema = { type: ['number', 'null'], minimum: -1e12, maximum: 1e12 };
const integer: JsonSchema = { type: ['integer', 'null'], minimum: -1e12, maximum: 1e12 };
const decimal: JsonSchema = { type: ['string', 'null'], format: 'decimal', maxLength: 40 };

const document = (fields: Readonly<Record<string, FieldSpec>>, more: object = {}): object => ({
  mapping: 'x/y@1',
  target: 'one@1',
  source: { format: 'csv' },
  fields,
  ...more,
});

/** The value that a field gets from a cell, or the rule that it fails. */
function value(
  spec: FieldSpec,
  cell: Cell,
  target: JsonSchema = string,
  others: Readonly<Record<string, Cell>> = {},
): unknown {
  const schema = schemaOf('one@1', { v: target });
  const mapping = compileMapping(
    document({
      v: {
        ...(spec.from === undefined && spec.when === undefined && spec.join === undefined
          ? { from: 'c' }
          : {}),
        ...spec,
      },
    }),
    schema,
    surroundings.codeLists,
  );
  const bound = bindMapping(mapping, compileSchema(schema, surroundings), {
    kind: 'table',
    columns: ['c', ...Object.keys(others)],
  });
  const record = [cell, ...Object.values(others)];
  const row = rowOfRecord(bound, record);
  return typeof row === 'object'
    ? row['v']
    : bound
        .explain(record, 7)
        .map(({ rule }) => rule)
        .join();
}

describe('text', () => {
  test('trim, width, case', () => {
    assert.equal(value({ trim: true }, ' \u3000a b\u00a0'), 'a b');
    assert.equal(value({ width: true, trim: true, upper: true }, '１１０１ｘ　'), '1101X');
    assert.equal(value({ lower: true }, 'ABC'), 'abc');
  });

  test('missing values: null, default, nullIf, empty text that is meant', () => {
    assert.equal(value({}, ''), null);
    assert.equal(value({ default: 'n/a' }, ''), 'n/a');
    assert.equal(value({ nullIf: ['无', '9999-12-31'], trim: true }, ' 无 '), null);
    assert.equal(value({ keepEmpty: true }, ''), '');
    assert.equal(value({}, '', { type: 'string', maxLength: 9 }), 'required');
  });

  test('a field of the key is never null, also where a schema that was registered formerly allows it', () => {
    const plain = schemaOf('one@1', { v: { enum: ['A', null] } });
    const schema = { ...plain, primaryKey: ['v'] };
    const bound = (spec: FieldSpec): BoundMapping =>
      bindMapping(
        compileMapping(document({ v: spec }), schema, surroundings.codeLists),
        compileSchema(schema, surroundings),
        { kind: 'table', columns: ['c'] },
      );
    assert.deepEqual(rowOfRecord(bound({ from: 'c' }), ['A']), { v: 'A' });
    const specs: readonly FieldSpec[] = [
      { from: 'c' },
      { from: 'c', default: null },
      { const: null },
      { from: 'c', nullIf: ['Z'] },
    ];
    for (const spec of specs) {
      const record = [spec.nullIf === undefined ? '' : 'Z'];
      assert.equal(rowOfRecord(bound(spec), record), 'wrong', JSON.stringify(spec));
      assert.deepEqual(
        bound(spec)
          .explain(record, 7)
          .map(({ rule, field }) => [rule, field]),
        [['required', 'v']],
      );
    }
  });

  test('split, slice by characters, pad, join, const', () => {
    assert.equal(value({ split: { by: '/', index: 1 } }, 'a/b/c'), 'b');
    assert.equal(value({ split: { by: '/', index: 5 } }, 'a/b'), 'split.missing');
    assert.equal(value({ slice: [1, 3] }, '𠀀张三丰'), '张三');
    assert.equal(value({ slice: [-2] }, 'abcd'), 'cd');
    assert.equal(value({ pad: { to: 6, with: '0' } }, '42'), '000042');
    assert.equal(value({ pad: { to: 4, with: '-', side: 'right' } }, '42'), '42--');
    assert.equal(value({ join: ['c', 'd'], sep: '-' }, 'a', string, { d: 'b' }), 'a-b');
    assert.equal(value({ join: ['c', 'd'], sep: '-' }, '', string, { d: '' }), null);
  });
});

describe('numbers', () => {
  test('groups of three, other marks, signs, zeros, exponents: exact', () => {
    const grouped: FieldSpec = { number: { group: ',' } };
    for (const [cell, expected] of [
      ['1,234.50', '1234.50'],
      ['-1,234,567', '-1234567'],
      ['007', '7'],
      ['+0.10', '0.10'],
      ['12,34', 'number.group'],
      ['1,2345', 'number.group'],
      [',123', 'number.group'],
      ['1.234,5', 'number.group'],
      ['八万六千', 'number.shape'],
      ['１２', 'number.shape'],
      ['1.', 'number.shape'],
      ['.5', 'number.shape'],
      ['1e3', '1000'],
      ['5.7E-4', '0.00057'],
    ] as const) {
      assert.equal(value(grouped, cell, decimal), expected, cell);
    }
    assert.equal(value({ number: { group: '.', decimal: ',' } }, '1.234,5', decimal), '1234.5');
    assert.equal(value({ number: { sign: 'trailing' } }, '12-', decimal), '-12');
    assert.equal(value({ number: { sign: 'parentheses' } }, '(3.5)', decimal), '-3.5');
  });

  test('numbers of the schema are numbers only where they are exact', () => {
    assert.equal(value({}, '12.5', number), 12.5);
    assert.equal(value({}, '1234567890123456.7', number), 'number.inexact');
    assert.equal(value({}, '3.0', integer), 3);
    assert.equal(value({}, '3.5', integer), 'number.integer');
    assert.equal(value({}, '-0', number), 0);
    assert.equal(value({}, 7, integer), 7);
  });

  test('times and scale are decimal arithmetic on the digits', () => {
    assert.equal(value({ number: { group: ',' }, times: '100' }, '16,280.48', integer), 1_628_048);
    assert.equal(value({ number: { group: ',' }, times: '100' }, '16,280.485', integer), 'number.integer');
    assert.equal(value({ times: '0.1' }, '0.3', number), 0.03);
    assert.equal(value({ scale: 2 }, '5', decimal), '5.00');
    assert.equal(value({ scale: 2 }, '5.1', decimal), '5.10');
    assert.equal(value({ scale: 2 }, '5.1200', decimal), '5.12');
    assert.equal(value({ scale: 2 }, '5.123', decimal), 'number.scale');
    assert.equal(value({ scale: 0 }, '5.000', decimal), '5');
  });
});

test('a path that continues in a list returns the only value there, or is reported', () => {
  const schema = schemaOf('one@1', { v: string });
  const bind = (from: string): BoundMapping =>
    bindMapping(
      compileMapping(
        document({ v: { from } }, { source: { format: 'json' } }),
        schema,
        surroundings.codeLists,
      ),
      compileSchema(schema, surroundings),
      { kind: 'tree' },
    );
  const at = (from: string, record: CellGroup): unknown => {
    const bound = bind(from);
    const row = rowOfRecord(bound, record);
    return typeof row === 'object' ? row['v'] : bound.explain(record, 1)[0]?.rule;
  };
  const items = [{ id: '1', note: '' }, { id: '2', note: 'only' }, {}];
  assert.equal(at('items/id', { items }), 'several');
  assert.equal(at('items/note', { items }), 'only');
  assert.equal(at('items/1/id', { items }), '2');
  assert.equal(at('items/length', { items }), null);
  assert.equal(at('deep/items/id', { deep: { items } }), 'several');
  assert.equal(at('deep/items/id', { deep: [{ items: [{ id: '7' }] }, { items: [] }] }), '7');
  assert.equal(at('PID-3.1', { PID: { 3: ['1', { 1: '2' }] } }), 'several');
  assert.equal(at('OBX-5', { OBX: [{ 5: '1' }, { 5: '2' }] }), 'several');
  assert.equal(at('OBX[2]-5', { OBX: [{ 5: '1' }, { 5: '2' }] }), '2');
});

describe('dates', () => {
  const date: JsonSchema = { type: ['string', 'null'], format: 'date' };
  const moment: JsonSchema = { type: ['string', 'null'], format: 'date-time' };

  test('patterns, several of them, calendars, two-digit years; days that do not exist', () => {
    assert.equal(value({ date: 'yyyyMMdd' }, '19860930', date), '1986-09-30');
    assert.equal(value({ date: 'yyyyMMdd' }, '19860931', date), 'date.unreal');
    assert.equal(value({ date: 'yyyyMMdd' }, '1986-09-30', date), 'date.shape');
    assert.equal(
      value({ date: ['yyyyMMdd', 'yyyy/M/d', 'yyyy年M月d日'] }, '2024年2月29日', date),
      '2024-02-29',
    );
    assert.equal(value({ date: 'yyy.MM.dd', calendar: 'roc' }, '113.02.29', date), '2024-02-29');
    assert.equal(value({ date: 'yy-MM-dd', pivot: 30 }, '30-01-01', date), '1930-01-01');
    assert.equal(value({ date: 'yy-MM-dd', pivot: 30 }, '29-01-01', date), '2029-01-01');
    assert.equal(value({ date: 'yyyyMMdd', width: true }, '２０２４０１０１', date), '2024-01-01');
  });

  test('times with a zone or their own offset', () => {
    assert.equal(
      value({ datetime: 'yyyy/M/d HH:mm:ss', zone: '+08:00' }, '2024/1/2 03:04:05', moment),
      '2024-01-02T03:04:05+08:00',
    );
    assert.equal(
      value({ datetime: 'yyyy-MM-ddTHH:mm:ssXXX' }, '2024-01-02T03:04:05Z', moment),
      '2024-01-02T03:04:05Z',
    );
    assert.equal(
      value({ datetime: 'yyyy-MM-dd HH:mm', zone: '+08:00' }, '2024-01-02 24:00', moment),
      'date.time',
    );
  });
});

describe('codes, choices, checks', () => {
  test('a table in the mapping; unknown codes are errors or the declared one', () => {
    const code = { 正常: 'active', 终止: 'ended' };
    assert.equal(value({ code }, '正常'), 'active');
    assert.equal(value({ code }, '暂停'), 'code.unknown');
    assert.equal(value({ code, otherCode: 'other' }, '暂停'), 'other');
    assert.equal(value({ code: { constructor: 'x' } }, 'toString'), 'code.unknown');
  });

  test('a code list takes codes and names; a name of two codes is no name', () => {
    const code = 'test.colour@2024';
    assert.equal(value({ code }, '红'), '1');
    assert.equal(value({ code }, 'blue'), '2');
    assert.equal(value({ code }, '3'), '3');
    assert.equal(value({ code }, '蓝'), 'code.unknown');
  });

  test('an unknown code names those there are', () => {
    const messageOf = (code: string | Record<string, string>): string => {
      const fault = codeStep(code, undefined, surroundings.codeLists)('暂停');
      return fault instanceof Fault ? fault.message.zh : '';
    };
    assert.equal(messageOf({ 正常: 'active', 终止: 'ended' }), '取值不在代码表中：只能是 正常、终止');
    assert.equal(messageOf('test.colour@2024'), '取值不在代码表中：只能是 1 红、2 蓝、3 蓝');
  });

  test('when, booleans, named checks', () => {
    const spec: FieldSpec = {
      when: [{ from: 'kind', is: ['a', 'b'], use: { from: 'c', upper: true } }],
      else: { const: 'none' },
    };
    assert.equal(value(spec, 'x', string, { kind: 'b' }), 'X');
    assert.equal(value(spec, 'x', string, { kind: 'z' }), 'none');
    assert.equal(value(spec, 'x', string, { kind: { 1: 'a' } }), 'nested', 'a group equals no text');
    assert.equal(value(spec, 'x', string, { kind: ['a', 'b'] }), 'several');
    const flag: JsonSchema = { type: ['boolean', 'null'] };
    assert.equal(value({ boolean: { true: ['是'], false: ['否'] } }, '是', flag), true);
    assert.equal(value({ boolean: { true: ['是'], false: ['否'] } }, '也许', flag), 'boolean.unknown');
    assert.equal(value({ check: 'cn-resident-id' }, '11010519491231002X'), '11010519491231002X');
    assert.equal(value({ check: 'cn-resident-id' }, '110105194912310021'), 'cn-resident-id.checksum');
  });

  test('all errors of a row are reported at once, without its values', () => {
    const schema = schemaOf('one@1', {
      a: { type: 'integer', minimum: 0, maximum: 9 },
      b: { type: 'string', format: 'date', 'x-sensitivity': 'L3' },
      d: { type: 'string', maxLength: 2 },
    });
    const mapping = compileMapping(
      document({ a: { from: 'A' }, b: { from: 'B', date: 'yyyyMMdd' }, d: { from: 'D' } }),
      schema,
      surroundings.codeLists,
    );
    const bound = bindMapping(mapping, compileSchema(schema, surroundings), {
      kind: 'table',
      columns: ['A', 'B', 'D'],
    });
    const problems = bound.explain(['x1', '19860931', 'secret'], 17);
    assert.deepEqual(
      problems.map(({ line, column, header, field, rule, got }) => [line, column, header, field, rule, got]),
      [
        [17, 1, 'A', 'a', 'number.shape', 'string, 2 chars, A9'],
        [17, 2, 'B', 'b', 'date.unreal', 'string, 8 chars'],
        [17, 3, 'D', 'd', 'maxLength', 'string, 6 chars, A{6}'],
      ],
    );
  });
});

describe('columns', () => {
  test('by name whatever its spaces, by number, by path in trees; doubled names are refused', () => {
    const schema = schemaOf('one@1', { v: string });
    const row = (from: string | number, columns: readonly string[]): unknown => {
      const bound = bindMapping(
        compileMapping(document({ v: { from } }), schema, surroundings.codeLists),
        compileSchema(schema, surroundings),
        {
          kind: 'table',
          columns,
        },
      );
      return (rowOfRecord(bound, ['1', '2', '3']) as Record<string, unknown>)['v'];
    };
    assert.equal(row('former_name', ['a', 'former_name ', 'c']), '2');
    assert.equal(row('年收入(元)', ['a', 'b', '年收入（元）']), '3');
    assert.equal(row(2, ['x', 'x', 'x']), '2');
    assert.throws(
      () => row('x', ['x', 'x']),
      (error) => error instanceof Problem && error.code === 'mapping_column_doubled',
    );
    const tree = bindMapping(
      compileMapping(document({ v: { from: 'a/b/0/c' } }), schema, surroundings.codeLists),
      compileSchema(schema, surroundings),
      { kind: 'tree' },
    );
    assert.deepEqual(rowOfRecord(tree, { a: { b: [{ c: 'deep' }] } }), { v: 'deep' });
    assert.deepEqual(rowOfRecord(tree, { a: null }), { v: null });
  });

  test('skipIf leaves records out', () => {
    const schema = schemaOf('one@1', { v: string });
    const mapping = compileMapping(
      document(
        { v: { from: 'c' } },
        {
          skipIf: [
            { from: 'c', is: ['合计'] },
            { from: 'c', begins: ['制表人：'] },
            { from: 'd', empty: true },
          ],
        },
      ),
      schema,
      surroundings.codeLists,
    );
    const bound = bindMapping(mapping, compileSchema(schema, surroundings), {
      kind: 'table',
      columns: ['c', 'd'],
    });
    assert.equal(rowOfRecord(bound, [' 合计 ', 'x']), 'skip');
    assert.equal(rowOfRecord(bound, [' 制表人：演示', 'x']), 'skip');
    assert.deepEqual(rowOfRecord(bound, ['审核制表人：', 'x']), { v: '审核制表人：' });
    assert.equal(rowOfRecord(bound, ['a', ' ']), 'skip');
    assert.deepEqual(rowOfRecord(bound, ['a', 'x']), { v: 'a' });
    assert.deepEqual(rowOfRecord(bound, ['a', { 1: 'x' }]), { v: 'a' }, 'a group is not empty');
  });
});

test('texts of skipIf, when and nullIf are compared like the cells: without blanks at their ends', () => {
  const schema = schemaOf('one@1', { v: { type: ['string', 'null'] } });
  const row = (v: FieldSpec, cells: readonly string[], more: object = {}): unknown =>
    rowOfRecord(
      bindMapping(
        compileMapping(document({ v }, more), schema, surroundings.codeLists),
        compileSchema(schema, surroundings),
        { kind: 'table', columns: ['c', 'd'] },
      ),
      cells,
    );
  for (const skip of [{ is: '合计 ' }, { is: ['\u3000合计'] }, { begins: [' 合计'] }])
    assert.equal(row({ from: 'd' }, ['合计', 'x'], { skipIf: [{ from: 'c', ...skip }] }), 'skip');
  assert.deepEqual(row({ from: 'd' }, ['合计：3', 'x'], { skipIf: [{ from: 'c', is: '合计 ' }] }), {
    v: 'x',
  });
  const chosen = { when: [{ from: 'c', is: 'A ', use: { from: 'd' } }] };
  assert.deepEqual(row(chosen, ['A', 'x']), { v: 'x' });
  assert.deepEqual(row({ from: 'c', trim: true, nullIf: ['无 '] }, ['无', 'x']), { v: null });
  assert.deepEqual(row({ from: 'c', upper: true, nullIf: ['n/a'] }, ['N/a', 'x']), { v: null });
  assert.deepEqual(
    row({ from: 'c', nullIf: ['无 '] }, ['无', 'x']),
    { v: '无' },
    'cells are not trimmed here',
  );
  assert.throws(
    () => row({ from: 'd' }, ['a', 'x'], { skipIf: [{ from: 'c', begins: [' '] }] }),
    (error) => error instanceof Problem,
  );
});

test('an option of the reader without an effect is refused where a mapping is registered, and read where one is stored', () => {
  const schema = schemaOf('one@1', { v: string });
  const options = { hidden: true, headerRows: [1] };
  const mapping = document({ v: { from: 'a' } }, { source: { format: 'xlsx', options } });
  compileMapping(mapping, schema, surroundings.codeLists);
  assert.throws(
    () => compileNewMapping(mapping, schema, surroundings.codeLists),
    (error) => {
      assert.ok(error instanceof Problem && error.code === 'mapping_invalid');
      const [{ code, path } = {}] = error.extras.findings as { code?: string; path?: string }[];
      assert.deepEqual([code, path], ['mapping_unused', '/source/options/hidden']);
      return true;
    },
  );
});

test('a path that matches nothing in an HL7 message is refused where a mapping is registered, at its place', () => {
  const schema = schemaOf('one@1', { v: string });
  const refusedAt = (v: FieldSpec, more: object = {}): string[] => {
    const mapping = document({ v }, { source: { format: 'hl7' }, ...more });
    compileMapping(mapping, schema, surroundings.codeLists);
    try {
      compileNewMapping(mapping, schema, surroundings.codeLists);
      return [];
    } catch (error) {
      assert.ok(error instanceof Problem && error.code === 'mapping_invalid');
      return (error.extras.findings as { readonly code: string; readonly path: string }[]).map(
        ({ code, path }) => `${code} ${path}`,
      );
    }
  };
  const wrong = ['PID-05', 'PID-5.01', 'PID-5.0', 'OBX[0]-5', 'OBX[01]-5', 'PID-3[0]', 'PID-3/1', 'PID-'];
  for (const from of wrong) assert.deepEqual(refusedAt({ from }), ['mapping_path /fields/v/from'], from);
  for (const from of ['PID-5', 'PID-10.20', 'OBX[2]-5', 'Z01[10]-3[2].4.2', 'OBX/0/#', 'pid'])
    assert.deepEqual(refusedAt({ from }), [], from);
  const [from] = wrong as [string];
  assert.deepEqual(refusedAt({ join: ['PID-5', from] }), ['mapping_path /fields/v/join/1']);
  assert.deepEqual(refusedAt({ when: [{ from, is: 'a', use: { from } }], else: { from } }), [
    'mapping_path /fields/v/when/0/from',
    'mapping_path /fields/v/when/0/use/from',
    'mapping_path /fields/v/else/from',
  ]);
  assert.deepEqual(refusedAt({ from: 'PID-5' }, { skipIf: [{ from, is: 'a' }] }), [
    'mapping_path /skipIf/0/from',
  ]);
  // a field of another format may have such a name
  assert.deepEqual(refusedAt({ from }, { source: { format: 'json' } }), []);
});

test('words without an effect are refused where a mapping is registered, and read where one is stored', () => {
  const place: JsonSchema = {
    type: ['object', 'null'],
    'x-geo': 'point',
    additionalProperties: false,
    required: ['type', 'coordinates'],
    properties: {
      type: { const: 'Point' },
      coordinates: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
    },
  };
  const boolean: JsonSchema = { type: ['boolean', 'null'] };
  const unused = (v: FieldSpec, target: JsonSchema = string): string[] => {
    const schema = schemaOf('one@1', { v: target });
    const mapping = document({ v });
    compileMapping(mapping, schema, surroundings.codeLists);
    try {
      compileNewMapping(mapping, schema, surroundings.codeLists);
      return [];
    } catch (error) {
      assert.ok(error instanceof Problem && error.code === 'mapping_invalid');
      return (error.extras.findings as { readonly code: string; readonly path: string }[]).map(
        ({ code, path }) => {
          assert.equal(code, 'mapping_unused');
          return path.slice('/fields/v/'.length);
        },
      );
    }
  };
  const from = 'c';
  const yesNo = { true: ['是'], false: ['否'] };
  const table = { 高: 3, 低: 1 };
  assert.deepEqual(unused({ from, check: 'cn-mobile' }, integer), ['check']);
  assert.deepEqual(unused({ from, check: 'cn-mobile' }, number), ['check']);
  assert.deepEqual(unused({ from, check: 'cn-mobile' }, boolean), ['check']);
  assert.deepEqual(unused({ from, code: table, check: 'cn-mobile' }), ['check']);
  assert.deepEqual(unused({ from, code: table, times: '10', scale: 2 }, integer), ['times', 'scale']);
  assert.deepEqual(unused({ from, date: 'yyyyMMdd', times: '10' }), ['times']);
  assert.deepEqual(unused({ from, datetime: 'yyyyMMddXXX', scale: 1, zone: 'Z' }), ['scale', 'zone']);
  assert.deepEqual(unused({ from, boolean: yesNo }, integer), ['boolean']);
  assert.deepEqual(unused({ from, boolean: yesNo, scale: 1 }), ['boolean']);
  assert.deepEqual(unused({ from, boolean: yesNo, date: 'yyyyMMdd' }), ['boolean']);
  assert.deepEqual(unused({ const: 'x', check: 'cn-mobile', upper: true, default: 'y' }), [
    'check',
    'upper',
    'default',
  ]);
  const cases = [{ from, is: 'a', use: { from, calendar: 'roc' } as const }];
  assert.deepEqual(unused({ when: cases, trim: true, else: { from, pivot: 3 }, default: 'y' }), [
    'trim',
    'default',
    'when/0/use/calendar',
    'else/pivot',
  ]);
  assert.deepEqual(unused({ from, date: 'yyyyMMdd', pivot: 50 }), ['pivot']);
  assert.deepEqual(unused({ from, date: 'yyMMdd', calendar: 'roc', pivot: 50 }), ['pivot']);
  assert.deepEqual(unused({ from, upper: true, lower: true }), ['upper']);
  assert.deepEqual(unused({ from, date: 'yyyyMMdd', asWritten: true }), ['asWritten']);
  assert.deepEqual(unused({ from, datetime: 'yyyyMMddXXX', asWritten: true }), ['asWritten']);
  assert.deepEqual(unused({ from, asWritten: true }, { ...string, format: 'date' }), ['asWritten']);
  assert.deepEqual(unused({ from, number: true, check: 'cn-mobile' }, place), ['number', 'check']);

  for (const used of [
    { from, trim: false, check: 'cn-mobile' },
    { from, code: 'test.colour@2024', check: 'cn-mobile' },
    { from, code: { 无: 0 }, otherCode: '13800138000', check: 'cn-mobile' },
    { from, calendar: 'gregorian', pivot: 30 },
    { from, asWritten: true },
    { from, code: { 1: 'a' }, asWritten: true },
    { from, number: { group: ',' }, times: '0.01', scale: 2 },
    { from, date: ['yyyyMMdd', 'yyMMdd'], pivot: 50 },
    { from, datetime: ['yyyyMMddXXX', 'yyyyMMddHH'], zone: 'Z' },
    { const: 'x' },
    { when: [{ from, is: 'a', use: { const: 'b' } }], default: 'c' },
  ] as const)
    assert.deepEqual(unused(used), [], JSON.stringify(used));
  assert.deepEqual(unused({ from, boolean: yesNo }, boolean), []);
  assert.deepEqual(unused({ from, point: {} }, place), []);
  assert.deepEqual(unused({ from, scale: 2 }, number), []);
});

test('a document that does not fit is refused with every place', () => {
  const schema = schemaOf('one@1', { v: string, w: { type: 'string', maxLength: 3 } }, ['w']);
  const findings = (fields: object, more: object = {}): string[] => {
    try {
      compileMapping(
        document(fields as Readonly<Record<string, FieldSpec>>, more),
        schema,
        surroundings.codeLists,
      );
      return [];
    } catch (error) {
      assert.ok(error instanceof Problem);
      return [
        error.code,
        ...((error.extras.findings ?? []) as { code: string; path: string }[]).map(
          ({ code, path }) => `${code} ${path}`,
        ),
      ];
    }
  };
  const w = { w: { from: 'w' } };
  assert.deepEqual(findings({ ...w, v: { from: 'a' } }), []);
  assert.deepEqual(findings({ v: { from: 'a' } }), ['mapping_invalid', 'mapping_field_missing /fields/w']);
  assert.deepEqual(findings({ ...w, z: { from: 'a' } }), [
    'mapping_invalid',
    'mapping_field_unknown /fields/z',
  ]);
  assert.deepEqual(findings({ ...w, v: { from: 'a', code: 'no.such.list' } }), [
    'mapping_invalid',
    'mapping_code_list /fields/v/code',
  ]);
  assert.deepEqual(findings({ ...w, v: { from: 'a', check: 'no-check' } }), [
    'mapping_invalid',
    'mapping_check /fields/v/check',
  ]);
  assert.deepEqual(findings({ ...w, v: { from: 'a', date: 'MMdd' } }), [
    'mapping_invalid',
    'mapping_date_pattern /fields/v/date',
  ]);
  assert.deepEqual(findings({ ...w, v: { from: 'a', datetime: 'yyyyMMddHH' } }), [
    'mapping_invalid',
    'mapping_date_pattern /fields/v/datetime',
  ]);
  assert.equal(findings({ ...w, v: { from: 'a', const: 'b' } })[0], 'mapping_invalid');
  assert.equal(findings({ ...w, v: { from: 'a', eval: '1' } })[0], 'mapping_invalid');
  assert.equal(
    findings({ ...w, v: { from: 'a', code: { a: 'b' }, date: 'yyyyMMdd' } })[0],
    'mapping_invalid',
  );
  assert.equal(findings(w, { target: 'two@1' })[1], 'mapping_target /target');
  assert.equal(findings(w, { source: { format: 'nope' } })[0], 'format_unknown');
  assert.equal(
    findings(w, { source: { format: 'csv', options: { nope: 1 } } })[0],
    'adapter_options_invalid',
  );
});

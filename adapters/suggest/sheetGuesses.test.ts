import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shippedSurroundings } from '../../machine/surroundings.ts';
import { compileSchema } from '../../schemas/compile.ts';
import type { DatasetSchema, JsonSchema } from '../../schemas/datasetSchema.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { schemaOf } from '../fixtures/schemaOf.ts';
import { compileMapping } from '../mapping/compile.ts';
import { translate } from '../translate.ts';
import { formatted, number, text, workbookFile, type SheetSource } from '../xlsx/fixtures/workbookFile.ts';
import { suggestMapping, type Suggestion } from './suggest.ts';

const string: JsonSchema = { type: 'string', maxLength: 40 };
const { codeLists } = shippedSurroundings;

/** A schema whose fields have these titles; their names are f0, f1 … */
const titled = (fields: Readonly<Record<string, JsonSchema>>): DatasetSchema =>
  schemaOf(
    'sheet@1',
    Object.fromEntries(
      Object.entries(fields).map(([title, field], i) => [
        `f${i}`,
        { ...field, 'x-title': { zh: title, en: title } },
      ]),
    ),
  );

/** Guesses of fields, by their titles. */
const byTitle = <T>(schema: DatasetSchema, ofFields: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(ofFields).map(([name, value]) => [
      schema.fields.find((field) => field.name === name)?.title.zh ?? name,
      value,
    ]),
  );

/** The draft for a workbook, and what it makes of it. */
async function drafted(
  sheets: readonly SheetSource[],
  fields: Readonly<Record<string, JsonSchema>>,
  formats: readonly string[] = [],
): Promise<{
  readonly suggestion: Suggestion;
  readonly rows: readonly unknown[];
  readonly reported: readonly string[];
}> {
  const bytes = workbookFile(sheets, false, formats);
  const schema = titled(fields);
  const suggestion = await suggestMapping(bytes, schema, codeLists);
  const mapping = compileMapping({ ...suggestion.mapping, doubts: 'tell' }, schema, codeLists);
  const rows: unknown[] = [];
  const reported: string[] = [];
  for await (const batch of translate(bytesOf(bytes), mapping, compileSchema(schema, shippedSurroundings))) {
    rows.push(...batch.rows.map((row) => byTitle(schema, row)));
    reported.push(
      ...[...batch.doubts, ...batch.bad.flatMap(({ problems }) => problems)].map(({ rule }) => rule),
    );
  }
  const mapped = { ...suggestion.mapping, fields: byTitle(schema, suggestion.mapping.fields) };
  return { suggestion: { ...suggestion, mapping: mapped }, rows, reported };
}

const valuesOf = ({ options }: Suggestion): object =>
  Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value]));

describe('a draft for a workbook', () => {
  test('merged cells show a header of two rows, and columns that are filled down', async () => {
    const person = (i: number): string =>
      `<c r="B${i}" t="str"><v>人${i}</v></c><c r="C${i}" t="str"><v>138${i}</v></c>`;
    const rows = [
      text('社区') + text('户主'),
      '<c r="B2" t="str"><v>姓名</v></c><c r="C2" t="str"><v>电话</v></c>',
      `<c r="A3" t="str"><v>东湖</v></c>${person(3)}`,
      person(4),
      `<c r="A5" t="str"><v>西岭</v></c>${person(5)}`,
      person(6),
    ];
    const merged = ['A1:A2', 'B1:C1', 'A3:A4', 'A5:A6'];
    const {
      suggestion,
      rows: made,
      reported,
    } = await drafted([{ name: 'S', rows, merged }], {
      社区: string,
      姓名: string,
      电话: string,
    });
    assert.deepEqual(valuesOf(suggestion), { headerRows: [1, 2], fillDown: ['社区'] });
    assert.deepEqual(suggestion.mapping.fields['姓名'], { from: '户主/姓名' });
    assert.deepEqual(reported, []);
    assert.deepEqual(made[1], { 社区: '东湖', 姓名: '人4', 电话: '1384' });
    assert.equal(made.length, 4);
  });

  test('groups above the row of names, and a title that is merged over all columns', async () => {
    const rows = [
      text('某区明细表'),
      text('') + text('户主'),
      text('社区') + text('姓名') + text('电话'),
      ...[1, 2, 3].map((i) => text(`区${i}`) + text('甲') + text(`138${i}`)),
    ];
    const { suggestion } = await drafted([{ name: 'S', rows, merged: ['A1:C1', 'B2:C2', 'A2:A3'] }], {
      社区: string,
      姓名: string,
      电话: string,
    });
    assert.deepEqual(suggestion.options['headerRows']?.value, [2, 3]);
  });

  test('of several sheets the one that names the fields is named; rows that number the columns are no data', async () => {
    const rows = [
      text('编号') + text('姓名') + text('金额'),
      text('1') + text('2') + text('3'),
      text('') + text('') + text('（元）'),
      number('7') + text('张三') + number('2.5'),
      number('8') + text('李四') + number('3.5'),
    ];
    const sheets = [
      { name: '说明', rows: [text('本表由各社区填写')] },
      { name: '数据', rows },
    ];
    const {
      suggestion,
      reported,
      rows: made,
    } = await drafted(sheets, { 编号: string, 姓名: string, 金额: { type: 'number' } });
    assert.deepEqual(valuesOf(suggestion), { sheet: '数据', headerRows: [1], firstRow: 4 });
    assert.deepEqual([reported, made.length], [[], 2]);
  });

  test('what the reader doubts of the sample is shown with the draft', async () => {
    const rows = [text('编号') + text('比例'), ...[1, 2].map((i) => text(`n${i}`) + formatted(2, '0.5'))];
    const { suggestion } = await drafted([{ name: 'S', rows }], { 编号: string, 比例: { type: 'number' } }, [
      '0%',
    ]);
    assert.deepEqual(
      suggestion.signs.map(({ rule, severity, places }) => [rule, severity, places]),
      [['xlsx.scaled', 'doubt', 2]],
    );
  });
});

test('characters that cannot be seen are dropped by the draft, and reported; marks of spreadsheets are reported', async () => {
  const schema = titled({ 编号: string, 姓名: string });
  const file = '编号,姓名\n="001",张\u200b三\n="002",李四\n';
  const { mapping, signs } = await suggestMapping(Buffer.from(file), schema, codeLists);
  assert.deepEqual(byTitle(schema, mapping.fields), {
    编号: { from: '编号' },
    姓名: { from: '姓名', dropInvisible: true },
  });
  assert.deepEqual(
    signs.map(({ rule, severity, places }) => [rule, severity, places]),
    [
      ['text.invisible', 'doubt', 1],
      ['spreadsheet.mark', 'warning', 2],
    ],
  );
});

describe('identifiers', () => {
  test('telephone numbers, long numbers and zeros in front are no numbers for a field that counts', async () => {
    const columns = {
      电话: ['13800000001', '13900000002'],
      长号: ['110101199001', '110101199002'],
      零号: ['00123', '00456'],
      数量: ['12', '13'],
    };
    const schema = titled(
      Object.fromEntries(Object.keys(columns).map((name) => [name, { type: 'integer' }])),
    );
    const lines = [
      Object.keys(columns),
      ...[0, 1].map((i) => Object.values(columns).map((values) => values[i])),
    ];
    const suggestion = await suggestMapping(
      Buffer.from(lines.map((line) => line.join(',')).join('\n') + '\n'),
      schema,
      codeLists,
      { options: { headerRows: [1], separator: ',' } },
    );
    const fields = byTitle(schema, suggestion.fields);
    for (const name of ['电话', '长号', '零号']) {
      assert.ok((fields[name]?.confidence ?? 1) < 0.7, name);
      assert.match(fields[name]?.reason.en ?? '', /identifiers/);
    }
    assert.ok((fields['数量']?.confidence ?? 0) > 0.9);
  });

  test('groups of thousands are removed for a field that counts, not for a text', async () => {
    const schema = titled({ 编号: string, 金额: { type: 'number' } });
    const { mapping } = await suggestMapping(
      Buffer.from('编号;金额\n1,234,567;1,234\n2,345,678;2,345\n'),
      schema,
      codeLists,
      { options: { headerRows: [1], separator: ';' } },
    );
    assert.deepEqual(byTitle(schema, mapping.fields), {
      编号: { from: '编号' },
      金额: { from: '金额', number: { group: ',' } },
    });
  });
});

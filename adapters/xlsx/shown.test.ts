/** What a sheet shows and what it holds: formats, rounding, merged cells, and what is there and was not read. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shippedSurroundings } from '../../machine/surroundings.ts';
import { compileSchema } from '../../schemas/compile.ts';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { Problem } from '../../terms/problem.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { readAll, rulesOf, type ReadAll } from '../fixtures/readAll.ts';
import { schemaOf } from '../fixtures/schemaOf.ts';
import { compileMapping } from '../mapping/compile.ts';
import { translate } from '../translate.ts';
import { date, formatted, number, text, workbookFile, type SheetSource } from './fixtures/workbookFile.ts';

const book = (sheet: Partial<SheetSource>, formats: readonly string[] = []): Buffer =>
  workbookFile([{ name: 'S', rows: [], ...sheet }], false, formats);
const read = (file: Uint8Array, options: object = {}): Promise<ReadAll> =>
  readAll('xlsx', bytesOf(file, 1000), options);
const firstCells = ({ records }: ReadAll): unknown[] => records.map((record) => (record as unknown[])[0]);

/** Rows and doubts of a file under a mapping of all columns by their own names. */
async function adapted(
  file: Uint8Array,
  fields: Readonly<Record<string, JsonSchema>>,
  specs: Readonly<Record<string, object>>,
  options: object = {},
): Promise<{ readonly rows: readonly unknown[]; readonly reported: readonly string[] }> {
  const schema = schemaOf('sheet@1', fields);
  const mapping = compileMapping(
    {
      mapping: 'p/sheet@1',
      target: 'sheet@1',
      source: { format: 'xlsx', options },
      doubts: 'tell',
      fields: Object.fromEntries(Object.keys(specs).map((name) => [name, { from: name, ...specs[name] }])),
    },
    schema,
    shippedSurroundings.codeLists,
  );
  const rows: unknown[] = [];
  const reported: string[] = [];
  for await (const batch of translate(bytesOf(file), mapping, compileSchema(schema, shippedSurroundings))) {
    rows.push(...batch.rows);
    reported.push(...batch.doubts.map(({ line, rule }) => `${line} ${rule}`), ...rulesOf(batch.bad));
  }
  return { rows, reported };
}

describe('numbers as they are shown', () => {
  test('a format that fills up with zeros makes a text of digits', async () => {
    const cases: readonly (readonly [code: string, stored: string, expected: unknown])[] = [
      ['000000', '123', '000123'],
      ['000000', '1234567', '1234567'],
      ['000000', '0', '000000'],
      ['#000', '7', '007'],
      ['&quot;A&quot;000', '7', 'A007'],
      ['&quot;A1&quot;00', '1234', 'A11234'],
      ['0000\\-0000', '12345', '0001-2345'],
      ['0000-0000', '87654321', '8765-4321'],
      ['00&quot;月&quot;', '5', '05'],
      ['0000&quot;年&quot;00&quot;月&quot;', '202405', '2024年05月'],
      ['000_);[Red]\\(000\\)', '5', '005'],
      ['[$-804]000', '5', '005'],
      ['###-0000', '5551234', '555-1234'],
      ['000000', '12.5', 12.5],
      ['000000', '-5', -5],
      ['000.00', '5', 5],
      ['0,000', '5', 5],
      ['0_ ', '5', 5],
      ['0.00&quot;元&quot;', '5', 5],
      ['[&lt;=99]00;000', '5', 5],
      ['00E+00', '5', 5],
      ['[DBNum1]00', '5', 5],
    ];
    const rows = [text('v'), ...cases.map(([, stored], i) => formatted(i + 2, stored))];
    const found = await read(
      book(
        { rows },
        cases.map(([code]) => code),
      ),
    );
    assert.deepEqual(
      firstCells(found),
      cases.map(([, , expected]) => expected),
    );
    assert.deepEqual([found.doubts, found.bad], [[], []]);
  });

  test('a number field takes the number of a padded text, a text field the text', async () => {
    const rows = [text('n') + text('t'), formatted(2, '45') + formatted(2, '45')];
    const { rows: made } = await adapted(
      book({ rows }, ['0000']),
      { n: { type: 'integer' }, t: { type: 'string', maxLength: 9 } },
      { n: {}, t: {} },
    );
    assert.deepEqual(made, [{ n: 45, t: '0045' }]);
  });

  test('what was computed is rounded to 15 digits; fewer digits stay as they are', async () => {
    const stored = [
      ['0.30000000000000004', 0.3],
      ['1171.0000000000002', 1171],
      ['102.71745296899999', 102.717452969],
      ['4.0000000000000002E-4', 0.0004],
      ['1234567.8899999999', 1234567.89],
      ['-0.30000000000000004', -0.3],
      ['0.12345678901234', 0.12345678901234],
      ['123456789012345', 123_456_789_012_345],
      ['1.5E+300', 1.5e300],
    ] as const;
    const { records, bad } = await read(
      book({ rows: [text('v'), ...stored.map(([value]) => number(value))] }),
    );
    assert.deepEqual(
      records.map((record) => (record as unknown[])[0]),
      stored.filter(([value]) => value !== '1.5E+300').map(([, value]) => value),
    );
    assert.deepEqual(rulesOf(bad), ['10 xlsx.digits-lost']);
    // a day and its time are counted with more digits than fifteen
    const day = await read(book({ rows: [text('v'), date('45351.500011574076')] }));
    assert.deepEqual(firstCells(day), ['2024-02-29T12:00:01']);
  });

  test('percentages and thousands are doubted, unless the options take the stored number', async () => {
    const codes = [
      '0%',
      '0.00%',
      '#,##0,',
      '#,##0.00,&quot;万&quot;',
      '0\\.0,',
      '#,##0',
      '0&quot;%&quot;',
      '0.0',
    ];
    const rows = [text('v'), ...codes.map((_code, i) => formatted(i + 2, '0.5'))];
    const file = book({ rows: [...rows, formatted(2, '0')] }, codes);
    const { doubts, records } = await read(file);
    assert.deepEqual(
      doubts,
      [2, 3, 4, 5, 6].map((line) => `${line}:1 xlsx.scaled`),
    );
    assert.equal((records[0] as unknown[])[0], 0.5);
    assert.deepEqual((await read(file, { scaledNumbers: 'stored' })).doubts, []);
  });

  test('a date of which a part is shown is doubted where it goes into a text', async () => {
    const rows = [
      text('t') + text('d'),
      formatted(2, '45351') + formatted(2, '45351'),
      formatted(3, '45351') + formatted(3, '45351'),
    ];
    const file = book({ rows }, ['m&quot;月&quot;d&quot;日&quot;', 'yyyy\\-mm\\-dd']);
    const fields = { t: { type: 'string', maxLength: 20 }, d: { type: 'string', format: 'date' } } as const;
    const { reported } = await adapted(file, fields, { t: {}, d: {} });
    assert.deepEqual(reported, ['2 xlsx.date-part']);
    assert.deepEqual((await adapted(file, { d: fields.d }, { d: {} })).reported, []);
    assert.deepEqual((await adapted(file, fields, { t: { asWritten: true }, d: {} })).reported, []);
  });

  test('a text of the type inlineStr may be in v', async () => {
    const rows = [
      '<c t="inlineStr"><v>名</v></c>',
      '<c t="inlineStr"><v>a_x0041_</v></c>',
      '<c t="inlineStr"><is><t>i</t></is><v>v</v></c>',
      '<c t="inlineStr"><is><t/></is></c><c><v>1</v></c>',
    ];
    const { records, columns } = await read(book({ rows }), { columns: ['名', 'n'], headerRows: [1] });
    assert.deepEqual(
      [columns, records],
      [
        ['名', 'n'],
        [
          ['aA', null],
          ['i', null],
          ['', 1],
        ],
      ],
    );
  });
});

describe('texts', () => {
  test('marks of spreadsheets are removed and counted, unless the options want them', async () => {
    const marked = ['="00123"', "'00123", '\t00123', '00123\t', '\u001f00123'];
    const rows = [...marked, "'s avonds", '=A1'].map((one) =>
      text(one.replaceAll('"', '&quot;').replaceAll('\t', '&#9;').replaceAll('\u001f', '_x001F_')),
    );
    const file = book({ rows: [text('v'), ...rows] });
    const found = await read(file);
    assert.deepEqual(firstCells(found), [...marked.map(() => '00123'), "'s avonds", '=A1']);
    assert.deepEqual(
      found.warnings,
      marked.map((_one, i) => `${i + 2}:1 spreadsheet.mark`),
    );
    const left = await read(file, { spreadsheetMarks: 'keep' });
    assert.deepEqual([firstCells(left)[0], left.warnings], ['="00123"', []]);
  });

  test('characters that cannot be seen, and mojibake, are doubted', async () => {
    const rows = ['张\u200b三', '锟斤拷', '李\u202e四', '王五', 'a_x0007_'].map(text);
    const found = await read(book({ rows: [text('名'), ...rows] }));
    assert.deepEqual(found.doubts, [
      '2:1 text.invisible',
      '3:1 encoding.mojibake',
      '4:1 text.invisible',
      '6:1 text.invisible',
    ]);
    assert.equal(found.records.length, 5);
  });
});

describe('merged cells', () => {
  const rows = [text('区') + text('名'), text('东') + text('甲'), '<c r="B3" t="str"><v>乙</v></c>'];

  test('a cell without the value that it shares is doubted, or filled', async () => {
    const file = book({ rows: [...rows, text('西') + text('丙')], merged: ['A2:A3'] });
    const { records, doubts } = await read(file);
    assert.deepEqual([records[1], doubts], [[null, '乙'], ['3:1 xlsx.merged']]);
    const filled = await read(file, { fillDown: ['区'] });
    assert.deepEqual([filled.records[1], filled.doubts], [['东', '乙'], []]);
  });

  test('to the right too, and in a block; what was blank before it was merged is not doubted', async () => {
    const file = book({
      rows: [
        text('a') + text('b') + text('c'),
        text('1'),
        text('2'),
        '<c r="A4"/><c r="B4" t="str"><v>x</v></c>',
        '<c r="C5" t="str"><v>y</v></c>',
      ],
      merged: ['A2:B2', 'A4:A5', 'B4:B1048576'],
    });
    assert.deepEqual((await read(file)).doubts, ['2:2 xlsx.merged', '5:2 xlsx.merged']);
    assert.deepEqual((await read(file, { fillDown: ['b'] })).doubts, ['2:2 xlsx.merged']);
  });

  test('a header whose cells are merged has further rows', async () => {
    const two = [
      text('编号') + text('户主') + '<c r="D1" t="str"><v>额</v></c>',
      '<c r="B2" t="str"><v>姓名</v></c><c r="C2" t="str"><v>电话</v></c>',
      number('1') + text('张三') + text('138') + number('5'),
    ];
    const file = book({ rows: two, merged: ['A1:A2', 'B1:C1', 'D1:D2'] });
    assert.deepEqual((await read(file)).doubts.slice(0, 1), ['file 0:0 header.merged']);
    const joined = await read(file, { headerRows: [1, 2] });
    assert.deepEqual(joined.columns, ['编号', '户主/姓名', '户主/电话', '额']);
    assert.deepEqual([joined.records, joined.doubts], [[[1, '张三', '138', 5]], []]);
    const across = book({ rows: two, merged: ['B1:C1'] });
    assert.deepEqual((await read(across)).doubts, ['file 0:0 header.merged']);
    assert.deepEqual((await read(across, { columns: ['a', 'b', 'c', 'd'] })).doubts, []);
  });

  test('a range that begins before the first record belongs to the records that it covers', async () => {
    const unit = text('东') + text('说明');
    const file = book({
      rows: [text('区') + text('名'), unit, ...rows.slice(2)],
      merged: ['A2:A3', 'C2:D3'],
    });
    const options = { headerRows: [1], firstRow: 3 };
    const { records, doubts } = await read(file, options);
    assert.deepEqual([records, doubts], [[[null, '乙']], ['3:1 xlsx.merged']]);
    const filled = await read(file, { ...options, fillDown: ['区'] });
    assert.deepEqual([filled.records, filled.doubts], [[['东', '乙']], []]);
  });

  test('ranges of one row that are wider than a sheet overlap, and are refused', async () => {
    const wide = (...merged: string[]): Promise<ReadAll> => read(book({ rows, merged }));
    await wide('A2:H2', 'I2:XFD2');
    for (const merged of [['A2:H2', 'H2:XFD2'], ['A2:ZZZ2'], Array<string>(50_000).fill('A2:XFD2')])
      await assert.rejects(
        wide(...merged),
        (error) => error instanceof Problem && error.code === 'xlsx_damaged',
      );
  });

  test('more merged ranges than any sheet has are refused', async () => {
    const many = Array.from({ length: 200_001 }, (_, i) => `A${i + 2}:A${i + 3}`);
    await assert.rejects(
      read(book({ rows, merged: many })),
      (error) => error instanceof Problem && error.code === 'file_limit_exceeded',
    );
  });
});

describe('what is there and was not read', () => {
  test('a header in the midst of the records is doubted: two sheets were joined', async () => {
    const head = text('a') + text('b');
    const found = await read(book({ rows: [head, text('1') + text('2'), head, text('a') + text('3')] }));
    assert.deepEqual([found.doubts, found.records.length], [['3:0 header.repeated'], 3]);
  });

  test('further visible sheets with cells are doubted, unless the sheet is named', async () => {
    const sheet = (name: string, ...rows: string[]): SheetSource => ({ name, rows });
    const data = sheet('一', text('a'), text('1'));
    const file = workbookFile([data, sheet('二', text('a'), text('2'))]);
    assert.deepEqual((await read(file)).doubts, ['file 0:0 xlsx.further-sheets']);
    for (const named of ['一', 1, '二']) assert.deepEqual((await read(file, { sheet: named })).doubts, []);
    // as a new workbook has them, and as the hub's own template has its lists
    const empty = workbookFile([
      data,
      sheet('Sheet2'),
      sheet('Sheet3', '<c s="1"/>'),
      sheet('代码', text('x')),
    ]);
    assert.deepEqual((await read(empty)).doubts, []);
  });

  test('a hidden column is doubted where it is read', async () => {
    const file = book({
      rows: [text('a') + text('b') + text('c'), text('1') + text('2') + text('3')],
      cols: '<col min="2" max="2" hidden="1"/><col min="3" max="16384" width="0"/><col min="1" max="9" hidden="1"/>',
    });
    assert.deepEqual((await read(file)).doubts, [
      'file 0:2 xlsx.hidden-column',
      'file 0:3 xlsx.hidden-column',
    ]);
    assert.deepEqual((await read(file, { hiddenColumns: 'read' })).doubts, []);
    const string = { type: 'string', maxLength: 9 } as const;
    assert.deepEqual((await adapted(file, { a: string }, { a: {} })).reported, []);
    assert.deepEqual((await adapted(file, { a: string, b: string }, { a: {}, b: {} })).reported, [
      '0 xlsx.hidden-column',
    ]);
  });

  test('records after a block of blank rows are doubted once', async () => {
    const rows = [
      text('a'),
      text('1'),
      '',
      '',
      text('2'),
      '',
      '<c s="1"/>',
      '',
      text('3'),
      '',
      '',
      '',
      text('4'),
    ];
    const { doubts, records, skipped } = await read(book({ rows }));
    assert.deepEqual([doubts, records.length, skipped], [['file 9:0 xlsx.blank-block'], 4, 8]);
    assert.deepEqual((await read(book({ rows }), { blankRows: 'skip' })).doubts, []);
    assert.deepEqual((await read(book({ rows }), { lastRow: 13 })).doubts, []);
    // blank rows above the first record and below the last are none between records
    const around = [text('a'), '', '', '', '', text('1'), '', '', '', '', ''];
    assert.deepEqual((await read(book({ rows: around }))).doubts, []);
  });
});

import { shippedSurroundings } from '../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileSchema } from '../../schemas/compile.ts';
import { Problem } from '../../terms/problem.ts';
import { sharedData } from '../../tests/sharedData.ts';
import { bytesOf, fileBytes } from '../fixtures/bytes.ts';
import { readAll, rulesOf, type ReadAll } from '../fixtures/readAll.ts';
import { schemaOf } from '../fixtures/schemaOf.ts';
import { compileMapping } from '../mapping/compile.ts';
import { translate } from '../translate.ts';
import {
  date,
  failed,
  formatted,
  formula,
  number,
  text,
  workbookFile,
  zipFile,
} from './fixtures/workbookFile.ts';

const read = (file: Uint8Array, options: object = {}): Promise<ReadAll> =>
  readAll('xlsx', bytesOf(file, 1000), options);
const refusedAs =
  (code: string, message = /./) =>
  (error: unknown) =>
    error instanceof Problem && error.code === code && message.test(error.message);

describe('real files', () => {
  const crime = (name: string, options: object): Promise<ReadAll> =>
    readAll('xlsx', fileBytes(sharedData(`xlsx/${name}.xlsx`)), options);

  test('a two-row merged header, an area merged down, footnotes, a claimed million rows', async () => {
    const { records, columns, lines, bad } = await crime('us-crime-2', {
      headerRows: [4, 5],
      lastRow: 214,
      fillDown: ['Area'],
    });
    assert.equal(records.length, 209);
    assert.deepEqual([lines[0], lines.at(-1), bad.length], [6, 214, 0]);
    assert.deepEqual(columns.slice(0, 5), [
      'Area',
      'Year',
      'Population2',
      'Violent crime3',
      'Violent crime3/Rate per 100,000',
    ]);
    assert.deepEqual((records[1] as unknown[]).slice(0, 3), [
      'United States Total6, 7, 8, 9',
      2016,
      323_127_513,
    ]);
  });

  test('states merged down over many rows, areas nested inside', async () => {
    const { records, lines } = await crime('us-crime-3', {
      headerRows: [4],
      lastRow: 513,
      fillDown: ['State'],
    });
    assert.equal(records.length, 509);
    assert.deepEqual([lines[0], lines.at(-1)], [5, 513]);
    assert.equal((records[1] as unknown[])[0], 'ALABAMA');
    assert.equal((records[1] as unknown[])[3], 0.992);
  });

  test('three header rows in a named sheet, gap columns, a claimed width to IO', async () => {
    const { records, columns } = await crime('ozmarriage', {
      sheet: 'Table 1',
      headerRows: [5, 6, 7],
      firstRow: 8,
      lastRow: 22,
    });
    assert.equal(records.length, 13);
    assert.equal(columns[1], 'Response clear/Yes/no.');
    assert.deepEqual((records[0] as unknown[]).slice(0, 3), ['New South Wales', 2_374_362, 57.8]);
    await assert.rejects(crime('ozmarriage', { sheet: 'Table 9' }), refusedAs('xlsx_sheet_missing'));
  });
});

describe('cells', () => {
  test('dates of both epochs, booleans, text, blank rows', async () => {
    const sheet = {
      name: 'S',
      rows: [text('a') + text('b'), date('45351') + number('1.5'), '', date('45351.5') + text(' x ')],
    };
    const { records, skipped, lines } = await read(workbookFile([sheet]));
    assert.deepEqual(records, [
      ['2024-02-29', 1.5],
      ['2024-02-29T12:00:00', ' x '],
    ]);
    assert.deepEqual([skipped, lines], [1, [2, 4]]);
    assert.deepEqual((await read(workbookFile([sheet], true))).records[0], ['2028-03-01', 1.5]);
  });

  test('rows of data that lie in the header, or end before they begin, are refused as options', async () => {
    const file = workbookFile([{ name: 'S', rows: [text('h'), text('1'), text('2')] }]);
    for (const [options, path] of [
      [{ firstRow: 1 }, '/firstRow'],
      [{ firstRow: 3, lastRow: 2 }, '/lastRow'],
      [{ lastRow: 1 }, '/lastRow'],
    ] as const)
      await assert.rejects(read(file, options), (error) => {
        assert.ok(error instanceof Problem && error.code === 'adapter_options_invalid');
        assert.deepEqual(
          error.extras.findings?.map((one) => (one as { path: string }).path),
          [path],
        );
        return true;
      });
    assert.deepEqual((await read(file, { firstRow: 3, lastRow: 3 })).records, [['2']]);
    assert.deepEqual((await read(file, { headerRows: [], lastRow: 1 })).records, [['h']]);
  });

  test('hidden sheets are skipped and reported; they may be named', async () => {
    const file = workbookFile([
      { name: 'old', hidden: true, rows: [text('h'), text('1')] },
      { name: '数据', rows: [text('a'), text('2')] },
    ]);
    const { records, warnings } = await read(file);
    assert.deepEqual([records, warnings], [[['2']], ['0:0 xlsx.hidden-sheets']]);
    await assert.rejects(read(file, { sheet: 'old' }), refusedAs('xlsx_sheet_missing'));
    assert.deepEqual((await read(file, { sheet: 'old', hidden: true })).records, [['1']]);
  });

  test('a hidden row is doubted, unless the options say that such rows are read or skipped', async () => {
    const rows = [text('a'), text('1'), text('2'), text('3')];
    const file = workbookFile([{ name: 'S', rows, hiddenRows: [1, 3] }]);
    const { records, doubts } = await read(file);
    assert.deepEqual([records, doubts], [[['1'], ['2'], ['3']], ['3:0 xlsx.hidden-row']]);
    const reported = await read(file, { hiddenRows: 'read' });
    assert.deepEqual([reported.records.length, reported.doubts], [3, []]);
    const left = await read(file, { hiddenRows: 'skip' });
    assert.deepEqual([left.records, left.skipped, left.total], [[['1'], ['3']], 1, 3]);
  });

  test('formula errors and cells beyond the header make their row bad', async () => {
    const { bad } = await read(
      workbookFile([{ name: 'S', rows: [text('a'), failed('#REF!'), text('1') + text('2')] }]),
    );
    assert.deepEqual(rulesOf(bad), ['2 xlsx.error', '3 xlsx.wide']);
  });

  test('a number beyond 15 digits is a problem without any check, a formula without a stored result too', async () => {
    const rows = [
      text('id'),
      number('110101199001011234'),
      number('1.10101199001011E+17'),
      number('999999999999999'),
      formula(),
      formula(''),
      formula('4'),
      '<c t="str"><f>B1</f><v></v></c>' + number('1'),
      number('0.30000000000000004'),
      number('12a'),
      '<c t="s"><v>7</v></c>',
      '<c t="b"><v>2</v></c>',
    ];
    const { bad, records } = await read(workbookFile([{ name: 'S', rows }]), {
      columns: ['id', 'more'],
    });
    assert.deepEqual(rulesOf(bad), [
      '2 xlsx.digits-lost',
      '3 xlsx.digits-lost',
      '5 xlsx.formula',
      '6 xlsx.formula',
      '10 xlsx.cell',
      '11 xlsx.cell',
      '12 xlsx.cell',
    ]);
    assert.deepEqual(
      records.map((record) => (record as unknown[])[0]),
      [999_999_999_999_999, 4, '', 0.3],
    );
  });

  test('results in a workbook that is to be computed when it is opened are doubted', async () => {
    const sheet = {
      name: 'S',
      rows: [text('a') + text('b'), number('1') + formula('0'), number('1') + number('2')],
    };
    assert.deepEqual((await read(workbookFile([sheet], false, [], 'fullCalcOnLoad="1"'))).doubts, [
      '2:2 xlsx.formula-stale',
    ]);
    assert.deepEqual((await read(workbookFile([sheet]))).doubts, []);
  });

  test('a first row of data, and a title above the header, are doubted', async () => {
    const data = text('110101198803011234') + number('2.5');
    const doubts = async (...rows: string[]): Promise<readonly string[]> =>
      (await read(workbookFile([{ name: 'S', rows }]))).doubts;
    assert.deepEqual(await doubts(data, data, data), ['file 0:0 header.data']);
    assert.deepEqual(await doubts(text('名单'), text('号') + text('额'), data, data), [
      'file 0:0 header.title',
    ]);
    assert.deepEqual(await doubts(text('号') + text('额'), data, data), []);
  });

  test('hours beyond a day, times alone, and days that no calendar has', async () => {
    const formats = [
      '[h]:mm',
      'h:mm',
      'yyyy&quot;年&quot;m&quot;月&quot;',
      '0.0&quot;days&quot;',
      'm/d;@',
      'mm:ss',
    ];
    const [hours, time, month, plain, day, minutes] = [2, 3, 4, 5, 6, 7];
    const cells: readonly (readonly [style: number, serial: string, expected: unknown])[] = [
      [hours, '1.5', '36:00:00'],
      [time, '0.75', '18:00:00'],
      [time, '45351.75', '2024-02-29T18:00:00'],
      [month, '45351', '2024-02-29'],
      [plain, '1.5', 1.5],
      [day, '45351', '2024-02-29'],
      [minutes, '0.0006944444', '00:01:00'],
      [1, '2958465.5', '9999-12-31T12:00:00'],
      [1, '59', '1900-02-28'],
      [1, '61', '1900-03-01'],
      [1, '2958466', 'xlsx.date'],
      [1, '60', 'xlsx.date'],
      [1, '0', 'xlsx.date'],
      [1, '-1', 'xlsx.date'],
    ];
    const rows = [text('v'), ...cells.map(([style, serial]) => formatted(style, serial))];
    const { records, bad } = await read(workbookFile([{ name: 'S', rows }], false, formats));
    const found = [
      ...records.map((record) => (record as unknown[])[0]),
      ...bad.map(({ problems }) => problems[0]?.rule),
    ];
    assert.deepEqual(
      found,
      cells.map(([, , expected]) => expected),
    );
    const later = await read(
      workbookFile([{ name: 'S', rows: [text('v'), date('0'), date('2957004')] }], true),
    );
    assert.deepEqual([later.records, rulesOf(later.bad)], [[['1904-01-01']], ['3 xlsx.date']]);
  });

  test('fillDown repeats merged values, and leaves cells empty that were never merged', async () => {
    const rows = [
      text('区') + text('户'),
      text('甲') + number('1'),
      '<c r="B3"><v>2</v></c>',
      '<c r="B4"><v>3</v></c>',
    ];
    const { records } = await read(workbookFile([{ name: 'S', rows, merged: ['A2:A3', 'B1:C1'] }]), {
      fillDown: ['区'],
    });
    assert.deepEqual(records, [
      ['甲', 1],
      ['甲', 2],
      [null, 3],
    ]);
  });

  test('a workbook whose parts contradict themselves is refused', async () => {
    const whole = (...rows: string[]): Buffer => workbookFile([{ name: 'S', rows: [text('a'), ...rows] }]);
    await assert.rejects(read(whole('<c r="B9"><v>1</v></c>')), refusedAs('xlsx_damaged', /row 2/));
    await assert.rejects(
      read(whole('<c r="B2"><v>1</v></c><c r="A2"><v>1</v></c>')),
      refusedAs('xlsx_damaged', /order/),
    );
    await assert.rejects(read(whole('<c><v>1</v>')), refusedAs('xlsx_damaged', /sheet1\.xml:1/));
    const sound = whole(number('1'));
    const at = sound.indexOf('xl/worksheets/sheet1.xml', 200, 'latin1') + 24 + 8;
    const spoiled = Buffer.from(sound);
    spoiled[at] = (spoiled[at] ?? 0) ^ 1;
    await assert.rejects(read(spoiled), refusedAs('xlsx_damaged'));
    const twice = zipFile([1, 2].map((n) => ({ name: 'xl/workbook.xml', content: `<workbook n="${n}"/>` })));
    await assert.rejects(read(twice), refusedAs('xlsx_damaged', /twice/));
  });

  test('identity numbers that a spreadsheet spoiled have their own rule and sentence', async () => {
    const schema = schemaOf('person@1', {
      id: {
        type: 'string',
        format: 'cn-resident-id',
        'x-semantic': 'cn.resident-id',
        'x-personal': 'sensitive',
        'x-subject-key': 'person',
        'x-sensitivity': 'L3',
      },
    });
    const mapping = compileMapping(
      {
        mapping: 'p/p@1',
        target: 'person@1',
        source: { format: 'xlsx' },
        fields: { id: { from: '身份证', check: 'cn-resident-id' } },
      },
      schema,
      shippedSurroundings.codeLists,
    );
    const rows = [
      text('身份证'),
      number('1.10101199001011E+17'),
      text('1.10101E+17'),
      text('110101199001010000'),
    ];
    const found: string[] = [];
    let zh = '';
    for await (const batch of translate(
      bytesOf(workbookFile([{ name: 'S', rows }])),
      mapping,
      compileSchema(schema, shippedSurroundings),
    )) {
      for (const { problems } of batch.bad) {
        found.push(problems.map(({ rule, field }) => `${field} ${rule}`).join());
        zh = problems[0]?.message.zh ?? '';
      }
    }
    assert.deepEqual(found, [' xlsx.digits-lost', 'id spreadsheet.exponent', 'id spreadsheet.zeroed']);
    assert.match(zh, /文本/);
  });
});

describe('what is refused', () => {
  const ole2 = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);

  test('a password, .xls and .et, .xlsb, other archives, no archive', async () => {
    await assert.rejects(
      read(Buffer.concat([ole2, Buffer.from('EncryptedPackage', 'utf16le')])),
      refusedAs('file_protected'),
    );
    await assert.rejects(read(ole2), refusedAs('format_refused', /\.xls \/ \.et/));
    await assert.rejects(
      read(zipFile([{ name: 'xl/workbook.bin', content: 'x' }])),
      refusedAs('format_refused', /xlsb/),
    );
    await assert.rejects(
      read(zipFile([{ name: 'xl/workbook.xml', content: 'x', encrypted: true }])),
      refusedAs('file_protected'),
    );
    await assert.rejects(read(zipFile([{ name: 'a.txt', content: 'x' }])), refusedAs('xlsx_damaged'));
    await assert.rejects(read(Buffer.from('a,b\n1,2\n'.repeat(10))), refusedAs('xlsx_damaged'));
    await assert.rejects(read(Buffer.alloc(0)), refusedAs('file_empty'));
    const good = workbookFile([{ name: 'S', rows: [text('a'), text('1')] }]);
    await assert.rejects(read(good.subarray(0, good.length - 40)), refusedAs('xlsx_damaged'));
  });

  test('bombs: a declared one, one that lies about its size, too many parts', async () => {
    const zeros = Buffer.alloc(4_000_000);
    const parts = [
      {
        name: 'xl/workbook.xml',
        content: '<workbook><sheets><sheet name="S" r:id="rId1"/></sheets></workbook>',
      },
    ];
    await assert.rejects(
      read(zipFile([...parts, { name: 'x', content: zeros }])),
      refusedAs('file_limit_exceeded', /unpacked : packed/),
    );
    const lying = zipFile([...parts, { name: 'x', content: zeros, claims: 10 }]);
    await assert.rejects(
      read(lying, { maxInflatedBytes: 1_000_000 }),
      refusedAs('file_limit_exceeded', /unpacked bytes/),
    );
    const many = zipFile(Array.from({ length: 1001 }, (_, i) => ({ name: `p${i}`, content: '' })));
    await assert.rejects(read(many), refusedAs('file_limit_exceeded', /entries/));
    await assert.rejects(
      read(Buffer.alloc(5000, 1), { maxFileBytes: 2048 }),
      refusedAs('file_limit_exceeded', /bytes/),
    );
  });
});

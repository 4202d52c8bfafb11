import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileSchema } from '../../schemas/compile.ts';
import { Problem } from '../../terms/problem.ts';
import { needsSharedData, sharedData } from '../../tests/sharedData.ts';
import { bytesOf, fileBytes } from '../fixtures/bytes.ts';
import { readAll, rulesOf, type ReadAll } from '../fixtures/readAll.ts';
import { schemaOf } from '../fixtures/schemaOf.ts';
import { compileMapping } from '../mapping/compile.ts';
import { translate } from '../translate.ts';
import { date, failed, number, text, workbookFile, zipFile } from './fixtures/workbookFile.ts';

const read = (file: Uint8Array, options: object = {}): Promise<ReadAll> =>
  readAll('xlsx', bytesOf(file, 1000), options);
const refusedAs =
  (code: string, message = /./) =>
  (error: unknown) =>
    error instanceof Problem && error.code === code && message.test(error.message);

describe('real files', needsSharedData, () => {
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

  test('hidden sheets are passed over and told; they may be named', async () => {
    const file = workbookFile([
      { name: 'old', hidden: true, rows: [text('h'), text('1')] },
      { name: '数据', rows: [text('a'), text('2')] },
    ]);
    const { records, warnings } = await read(file);
    assert.deepEqual([records, warnings], [[['2']], ['0:0 xlsx.hidden-sheets']]);
    await assert.rejects(read(file, { sheet: 'old' }), refusedAs('xlsx_sheet_missing'));
    assert.deepEqual((await read(file, { sheet: 'old', hidden: true })).records, [['1']]);
  });

  test('formula errors and cells beyond the header make their row bad', async () => {
    const { bad } = await read(
      workbookFile([{ name: 'S', rows: [text('a'), failed('#REF!'), text('1') + text('2')] }]),
    );
    assert.deepEqual(rulesOf(bad), ['2 xlsx.error', '3 xlsx.wide']);
  });

  test('identity numbers that a spreadsheet spoiled have their own rule and sentence', async () => {
    const schema = schemaOf('person@1', {
      id: {
        type: 'string',
        format: 'cn-resident-id',
        'x-semantic': 'cn.resident-id',
        'x-personal': 'sensitive',
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
      compileSchema(schema),
    )) {
      assert.deepEqual(
        batch.warnings.map(({ rule }) => rule),
        ['xlsx.digits-lost'],
      );
      for (const { problems } of batch.bad) {
        found.push(problems.map(({ rule, field }) => `${field} ${rule}`).join());
        zh = problems[0]?.message.zh ?? '';
      }
    }
    assert.deepEqual(found, ['id spreadsheet.zeroed', 'id spreadsheet.exponent', 'id spreadsheet.zeroed']);
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

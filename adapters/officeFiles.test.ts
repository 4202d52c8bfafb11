/**
 * Files as offices send them, ordinary and damaged, of kinds that the public bug reports (fieldReports.test.ts) do not have. Each is read
 * as `datong batch adapt --mapping` reads it, strictly, and the whole outcome is compared: no value is wrong without a report.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shippedSurroundings } from '../machine/surroundings.ts';
import { compileSchema } from '../schemas/compile.ts';
import { encodeGb18030 as gb } from '../terms/gb18030.ts';
import { Problem } from '../terms/problem.ts';
import { sourceOf } from './copybook/fixtures/readHost.ts';
import { bytesOf } from './fixtures/bytes.ts';
import { schemaOf } from './fixtures/schemaOf.ts';
import { withLikelyFormat } from './lookalike.ts';
import { compileMapping } from './mapping/compile.ts';
import { translate } from './translate.ts';
import { formatted, number, text, workbookFile, type SheetSource } from './xlsx/fixtures/workbookFile.ts';

interface OfficeFile {
  readonly kind: string;
  readonly file: string | Uint8Array;
  readonly options?: object;
  /** steps of the fields, whose sources are the columns or members a and b */
  readonly fields?: object;
  /** `a|b` of each row, `line rule` of what is held back, `! line rule` of warnings; or what the file is refused for */
  readonly is: readonly string[];
}

const all = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));
const rows = (count: number, row: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => row(i)).join('');

/** Text in UTF-8 that a program read as GBK, or as Latin letters. */
const readAs = (encoding: string, written: Uint8Array): string => new TextDecoder(encoding).decode(written);
const misread = (text: string): string => readAs('gb18030', Buffer.from(text));
const asLatin = (text: string): string => Buffer.from(gb(text)).toString('latin1');

/** More than the first characters of a file, by which its encoding is known. */
const many = 3_000;
const gbk = { encoding: 'gbk' };

const layout = {
  columns: [
    { name: 'a', start: 0, length: 6 },
    { name: 'b', start: 6, length: 12 },
  ],
};
const fixedRow = (a: string, b: string): Uint8Array =>
  all(a.padEnd(6), gb(b), ' '.repeat(12 - gb(b).length), '\r\n');
const trailer = { is: 'T', count: { start: 1, length: 5 } };
const host = {
  copybook: sourceOf('01 REC.\n   05 A PIC X(6).\n   05 B PIC X(12).'),
  recordFormat: 'D',
  encoding: 'gb18030',
};
const upper = { a: { from: 'A' }, b: { from: 'B' } };

const message = (id: string, name: string, charset = ''): string =>
  `MSH|^~\\&|HIS|H|DC|C|20240101||ADT^A01|${id}|P|2.5.1||||||${charset}\rPID|1||||${name}\r`;
const patient = { a: { from: 'MSH-10' }, b: { from: 'PID-5' } };

/** A dBase III table of the columns A and B, twenty bytes each, in code page 936. */
function table(records: readonly (readonly [string, string | Uint8Array, string?])[]): Buffer {
  const header = Buffer.alloc(97);
  header.set([3, 124, 1, 1]);
  header.writeUInt32LE(records.length, 4);
  header.writeUInt16LE(97, 8);
  header.writeUInt16LE(41, 10);
  header[29] = 0x4d;
  for (const [i, name] of ['A', 'B'].entries()) {
    header.write(name, 32 + 32 * i);
    header.write('C', 43 + 32 * i);
    header[48 + 32 * i] = 20;
  }
  header[96] = 13;
  const cell = (value: string | Uint8Array): Buffer =>
    all(value, ' '.repeat(20 - Buffer.from(value as string).length));
  return all(header, ...records.flatMap(([a, b, flag = ' ']) => [flag, cell(a), cell(b)]), '\u001a');
}

const book = (sheet: Partial<SheetSource>, formats: readonly string[] = []): Buffer =>
  workbookFile([{ name: 'S', rows: [], ...sheet }], false, formats);
const head = text('a') + text('b');
const row = (a: string, b: string): string => text(a) + text(b);
const wps = (name: string): string =>
  `<?xml version="1.0"?><Workbook><Worksheet><Table><Row><Cell>1</Cell><Cell>${name}</Cell></Row></Table></Worksheet></Workbook>`;
const cells = { a: { from: 'Cell/0' }, b: { from: 'Cell/1' } };
const rowPath = { rows: '/Workbook/Worksheet/Table/Row' };
const tree = { rows: '/d/r' };

const files: Readonly<Record<string, readonly OfficeFile[]>> = {
  csv: [
    {
      kind: 'Excel in GBK, a long id as 1.10101E+17',
      file: gb('a,b\r\n1.10101E+17,张三\r\n'),
      options: gbk,
      is: ['2 spreadsheet.exponent'],
    },
    {
      kind: 'Excel in GBK, ids behind TAB, grave accent, and a typographic apostrophe',
      file: gb(
        'a,b\r\n"110101199001011234\t",张三\r\n`110101199001011242,李四\r\n’110101199001011250,王五\r\n',
      ),
      options: gbk,
      is: [
        '110101199001011234|张三',
        '110101199001011242|李四',
        '110101199001011250|王五',
        '! 2 spreadsheet.mark',
        '! 3 spreadsheet.mark',
        '! 4 spreadsheet.mark',
      ],
    },
    {
      kind: 'a formula with blanks behind it, in quotation marks',
      file: 'a,b\n"=""0012"" ",x\n',
      is: ['0012|x', '! 2 spreadsheet.mark'],
    },
    {
      kind: 'errors of formulas, a column that was too narrow, lost characters',
      file: 'a,b\n1,#N/A\n2,#REF!\n########,x\n4,???\n5,why??\n',
      is: [
        '5|why??',
        '2 spreadsheet.error',
        '3 spreadsheet.error',
        '4 spreadsheet.error',
        '5 text.question-marks',
      ],
    },
    {
      kind: 'an id whose last digits a spreadsheet turned into zeros',
      file: 'a,b\n110101199001010000,x\n',
      fields: { a: { from: 'a', check: 'cn-resident-id' } },
      is: ['2 spreadsheet.zeroed'],
    },
    { kind: 'an id with groups of thousands', file: 'a;b\n4,401,061,990;x\n', is: ['2 spreadsheet.grouped'] },
    {
      kind: 'GBK with a month in UTF-8 appended',
      file: all(gb(`a,b\r\n${rows(many, (i) => `${i},王小明同志的住址\r\n`)}`), 'z,李四\r\n'),
      options: gbk,
      is: [`${many} rows`, `${many + 2} encoding.mixed`],
    },
    {
      kind: 'UTF-8 with a month in GBK appended',
      file: all(`a,b\n${rows(many, (i) => `${i},王小明同志的住址\n`)}`, gb('z,李四\n')),
      is: [`${many} rows`, `${many + 2} encoding.invalid`],
    },
    {
      kind: 'UTF-8 that was read as GBK and saved',
      file: `a,b\n1,${misread('张三李四')}\n2,瑾瑜\n3,濮阳璐\n`,
      is: ['2|瑾瑜', '3|濮阳璐', '2 encoding.mojibake'],
    },
    {
      kind: 'GBK that was read as Latin and saved; marks and names that are none of it',
      file: `a,b\n1,${asLatin('张三')}\n2,张××××\n3,São Paulo\n4,Ärzte\n`,
      is: ['2|张××××', '3|São Paulo', '4|Ärzte', '2 encoding.mojibake'],
    },
    {
      kind: 'UTF-8 that was read as Latin and saved',
      file: `a,b\n1,${readAs('windows-1252', Buffer.from('张三'))}\n`,
      is: ['2 encoding.mojibake'],
    },
    {
      kind: 'two tables in one file',
      file: 'a,b\n1,2\n\n\n\nc,d\n3,4\n',
      is: ['refused csv.blank-block'],
    },
    {
      kind: 'blank lines at the end, and single ones between',
      file: 'a,b\r\n1,2\r\n\r\n3,4\r\n,\r\n,\r\n,\r\n,\r\n',
      is: ['1|2', '3|4'],
    },
    { kind: 'cut off inside a record', file: 'a,b\n1,张三\n2', is: ['1|张三', '3 csv.ragged'] },
    {
      kind: 'cut off inside a character',
      file: gb('a,b\n1,张三\n2,李四').subarray(0, -1),
      options: gbk,
      is: ['1|张三', '3 encoding.invalid'],
    },
    {
      kind: 'cut off inside quotation marks',
      file: 'a,b\n1,2\n3,"张三',
      is: ['1|2', '3 csv.quote-unclosed'],
    },
    { kind: 'two byte order marks', file: '\ufeff\ufeffa,b\n1,2\n', is: ['1|2'] },
    { kind: 'UTF-16 without a mark', file: Buffer.from('a,b\r\n1,张三\r\n', 'utf16le'), is: ['1|张三'] },
    { kind: 'U+2028 inside a text', file: 'a,b\n1,x\u2028y\n', is: ['2 text.invisible'] },
    {
      kind: 'a page saved as CSV',
      file: '<html><td>a</td></html>\n',
      is: ['refused mapping_column_missing'],
    },
  ],
  fixed: [
    {
      kind: 'GBK with a line of UTF-8 at the end',
      file: all(
        ...Array.from({ length: many }, (_, i) => fixedRow(String(i), '王小明')),
        'z     李四光李\r\n',
      ),
      options: layout,
      is: [`${many} rows`, `${many + 1} encoding.mixed`],
    },
    {
      kind: 'records without line ends, the last in UTF-8',
      file: all(gb('1     王小明      2     张三        '), '3     李四      '),
      options: { ...layout, lineEnds: false, recordLength: 18 },
      is: ['1|王小明', '2|张三', '3 encoding.mixed'],
    },
    {
      kind: 'a trailer that agrees',
      file: all(fixedRow('1', '张三'), fixedRow('2', '李四'), 'T00002\r\n'),
      options: { ...layout, trailer },
      is: ['1|张三', '2|李四'],
    },
    {
      kind: 'a trailer that counts a record more',
      file: all(fixedRow('1', '张三'), 'T00002\r\n'),
      options: { ...layout, trailer },
      is: ['refused trailer.count'],
    },
    {
      kind: 'two files in one, each with its trailer, and a line of title',
      file: all('TITLE\r\n', fixedRow('1', '张三'), 'T00001\r\n', fixedRow('2', '李四'), 'T00001\r\n'),
      options: { ...layout, skipLines: 1, trailer },
      is: ['1|张三', '2|李四'],
    },
    {
      kind: 'a file cut off before its trailer',
      file: all(fixedRow('1', '张三'), fixedRow('2', '李四')),
      options: { ...layout, trailer },
      is: ['refused trailer.missing'],
    },
    {
      kind: 'a trailer where offsets count characters',
      file: '1     张三          \n合计  #3 条\n',
      options: {
        ...layout,
        encoding: 'utf-8',
        unit: 'characters',
        trailer: { start: 4, is: '#', count: { start: 5, length: 2 } },
      },
      is: ['refused trailer.count'],
    },
    {
      kind: 'a trailer in UTF-16',
      file: Buffer.from('\ufeff1     张三          \r\nT1    \r\n', 'utf16le'),
      options: {
        ...layout,
        unit: 'characters',
        encoding: 'utf-16le',
        trailer: { ...trailer, count: { start: 1, length: 2 } },
      },
      is: ['1|张三'],
    },
    {
      kind: 'a line end inside a text, where short lines are filled',
      file: all(fixedRow('1', '张三'), '2     ab\ncd       \r\n', fixedRow('3', '李四')),
      options: { ...layout, short: 'fill' },
      is: ['1|张三', '3|李四', '2 lines.end', '3 lines.end'],
    },
    {
      kind: 'joined files with other line ends, all lines whole',
      file: all(fixedRow('1', '张三'), '2     b           \n'),
      options: layout,
      is: ['1|张三', '2|b'],
    },
    {
      kind: 'a byte order mark between joined files',
      file: '\ufeff1     abc         \n\ufeff2     abc         \n',
      options: { ...layout, encoding: 'utf-8' },
      is: ['1|abc', '2|abc', '! 2 text.mark'],
    },
    {
      kind: 'form feeds of printed pages',
      file: all(fixedRow('1', '张三'), '\f', fixedRow('2', '李四')),
      options: layout,
      is: ['1|张三', '2 text.invisible'],
    },
    {
      kind: 'text that was decoded wrongly before',
      file: all(`1     ${misread('张三')}      \n`, '2     x           \n'),
      options: { ...layout, encoding: 'utf-8' },
      is: ['2|x', '1 encoding.mojibake'],
    },
  ],
  copybook: [
    {
      kind: 'GBK with a line of UTF-8 at the end',
      file: all(
        ...Array.from({ length: many }, (_, i) => fixedRow(String(i), '王小明')),
        'z     李四光李\r\n',
      ),
      options: host,
      fields: upper,
      is: [`${many} rows`, `${many + 1} encoding.mixed`],
    },
    {
      kind: 'characters that cannot be seen, private ones, what wrong decoding leaves, lost ones',
      file: '1     x\u200by\n2     \ue000\n3     寮犱笁\n4     x\ufffd\n',
      options: { ...host, encoding: 'utf-8' },
      fields: upper,
      is: ['2|\ue000', '1 text.invisible', '3 encoding.mojibake', '4 copybook.text', '! 2 text.private-use'],
    },
    {
      kind: 'an EBCDIC file whose trailer counts a record more',
      file: Buffer.from(`${'f1'.repeat(6)}${'c1'.repeat(12)}e3f0f0f0f0f2${'40'.repeat(12)}`, 'hex'),
      options: { ...host, recordFormat: 'F', encoding: 'ebcdic', trailer },
      fields: upper,
      is: ['refused trailer.count'],
    },
    {
      kind: 'an EBCDIC file whose trailer agrees',
      file: Buffer.from(`${'f1'.repeat(6)}${'c1'.repeat(12)}e3f0f0f0f0f1${'40'.repeat(12)}`, 'hex'),
      options: { ...host, recordFormat: 'F', encoding: 'ebcdic', trailer },
      fields: upper,
      is: ['111111|AAAAAAAAAAAA'],
    },
    {
      kind: 'a line end inside a text',
      file: all(fixedRow('1', '张三'), '2     ab\ncd       \r\n', fixedRow('3', '李四')),
      options: host,
      fields: upper,
      is: ['1|张三', '3|李四', '2 lines.end', '3 lines.end'],
    },
    {
      kind: 'an end-of-file mark behind lines',
      file: all(fixedRow('1', '张三'), '\u001a'),
      options: host,
      fields: upper,
      is: ['1|张三'],
    },
    {
      kind: 'a byte order mark shifts no field',
      file: '\ufeff1     12345678901\n',
      options: { ...host, encoding: 'utf-8' },
      fields: upper,
      is: ['1|12345678901'],
    },
    {
      kind: 'a soft hyphen of code page 037',
      file: Buffer.from(`f1${'40'.repeat(5)}c1cac1${'40'.repeat(9)}`, 'hex'),
      options: { ...host, recordFormat: 'F', encoding: 'ebcdic', codePage: 'cp037' },
      fields: upper,
      is: ['1 text.invisible'],
    },
  ],
  hl7: [
    {
      kind: 'a batch whose counts agree',
      file: `FHS|^~\\&|A\rBHS|^~\\&|A\r${message('1', 'x')}BTS|1\rFTS|1\r`,
      is: ['1|x'],
    },
    {
      kind: 'a file that counts a batch more',
      file: `FHS|^~\\&|A\rBHS|^~\\&|A\r${message('1', 'x')}BTS|1\rFTS|2\r`,
      is: ['refused hl7.count'],
    },
    {
      kind: 'a batch cut off between two messages',
      file: `BHS|^~\\&|A\r${message('1', 'x')}`,
      is: ['refused hl7.unclosed'],
    },
    {
      kind: 'a second file header before the trailer of the first',
      file: `FHS|^~\\&|A\r${message('1', 'x')}FHS|^~\\&|A\r${message('2', 'x')}FTS|1\r`,
      is: ['refused hl7.unclosed'],
    },
    {
      kind: 'GBK with a message in UTF-8 at the end',
      file: all(
        ...Array.from({ length: many }, (_, i) => gb(message(String(i), '王小明'))),
        message('z', '李四'),
      ),
      options: gbk,
      is: [`${many} rows`, `${2 * many + 1} encoding.contradicted`],
    },
    {
      kind: 'text that was decoded wrongly before',
      file:
        message('1', misread('张三')) + message('2', asLatin('李四'), 'UNICODE UTF-8') + message('3', '王五'),
      is: ['3|王五', '1 encoding.mojibake', '3 encoding.mojibake'],
    },
  ],
  json: [
    { kind: 'lines with a byte order mark', file: '\ufeff{"a":"1","b":"2"}\n', is: ['1|2'] },
    {
      kind: 'joined files with marks, blank lines and an end-of-file mark',
      file: '{"a":"1","b":"2"}\r\n\r\n\ufeff{"a":"2","b":"2"}\r\n\u001a',
      is: ['1|2', '2|2'],
    },
    {
      kind: 'GBK with a line of UTF-8 at the end',
      file: all(gb(rows(many, (i) => `{"a":"${i}","b":"王小明"}\n`)), '{"a":"z","b":"李四"}\n'),
      options: gbk,
      is: [`${many} rows`, `${many + 1} encoding.contradicted`],
    },
    {
      kind: 'text that was decoded wrongly before, also in escapes',
      file: `{"a":"1","b":"${misread('张三')}"}\n{"a":"2","b":"\\u5bee\\u72b1\\u7b01"}\n{"a":"3","b":"${asLatin('张三')}"}\n{"a":"4","b":"张三"}\n`,
      is: ['4|张三', '1 encoding.mojibake', '2 encoding.mojibake', '3 encoding.mojibake'],
    },
    {
      kind: 'a private-use character',
      file: '{"a":"1","b":"\ue000"}\n',
      is: ['1|\ue000', '! 1 text.private-use'],
    },
    { kind: 'a long id as a number', file: '{"a":110101199001011234,"b":"x"}\n', is: ['1 json.number'] },
    {
      kind: 'a page of many that an interface returned',
      file: '{"total":30,"items":[{"a":"1","b":"2"}]}',
      options: { rows: '/items', count: '/total' },
      is: ['refused count.differs'],
    },
    { kind: 'cut off', file: '{"a":"1","b":"2"}\n{"a":"2","b":', is: ['1|2', '2 json.malformed'] },
  ],
  xml: [
    {
      kind: 'WPS, text that was decoded wrongly before, also in references',
      file: wps(misread('张三')),
      options: rowPath,
      fields: cells,
      is: ['1 encoding.mojibake'],
    },
    {
      kind: 'the same in references',
      file: wps('&#23534;&#29361;&#31489;'),
      options: rowPath,
      fields: cells,
      is: ['1 encoding.mojibake'],
    },
    {
      kind: 'a private-use character',
      file: '<d><r><a>1</a><b>\ue000</b></r></d>',
      options: tree,
      is: ['1|\ue000', '! 1 text.private-use'],
    },
    {
      kind: 'GBK declared, the last lines in UTF-8',
      file: all(
        gb(
          `<?xml version="1.0" encoding="GBK"?><d>\n${rows(many, (i) => `<r><a>${i}</a><b>王小明</b></r>\n`)}`,
        ),
        '<r><a>z</a><b>李四</b></r></d>',
      ),
      options: tree,
      is: [`${many} rows`, `${many + 2} encoding.contradicted`],
    },
    {
      kind: 'UTF-8 declared, GBK saved',
      file: gb('<?xml version="1.0" encoding="UTF-8"?><d><r><a>1</a><b>张三</b></r></d>'),
      options: tree,
      is: ['refused file_encoding_wrong'],
    },
    { kind: 'two documents in one', file: '<d/><d/>', options: tree, is: ['refused xml_malformed'] },
    { kind: 'an empty export', file: '<d/>', options: tree, is: [] },
  ],
  dbf: [
    {
      kind: 'deleted rows',
      file: table([
        ['1', gb('张三')],
        ['2', gb('李四'), '*'],
      ]),
      is: ['1|张三'],
    },
    {
      kind: 'GBK with a row of UTF-8 at the end',
      file: table([
        ...Array.from({ length: many }, (_, i) => [String(i), gb('王小明')] as const),
        ['z', '李四'],
      ]),
      is: [`${many} rows`, `${many + 1} encoding.contradicted`],
    },
    {
      kind: 'marks and exponents of spreadsheets',
      file: table([
        ['="0012"', 'x'],
        ['1.10101E+17', 'x'],
        ['`110101199001011234', 'x'],
      ]),
      is: [
        '0012|x',
        '110101199001011234|x',
        '2 spreadsheet.exponent',
        '! 1 spreadsheet.mark',
        '! 3 spreadsheet.mark',
      ],
    },
    { kind: 'cut off', file: table([['1', '2']]).subarray(0, -10), is: ['refused file_truncated'] },
    {
      kind: 'half a character at the end of a field',
      file: table([['1', gb('张三李四王五赵六钱七孙').subarray(0, 19)]]),
      is: ['1 encoding.invalid'],
    },
  ],
  xlsx: [
    {
      kind: 'text that was decoded wrongly before it was entered',
      file: book({ rows: [head, row('1', misread('张三')), row('2', asLatin('张三')), row('3', '张三')] }),
      is: ['3|张三', '2 encoding.mojibake', '3 encoding.mojibake'],
    },
    {
      kind: 'ids entered as numbers',
      file: book(
        { rows: [head, number('110101199001011234') + text('x'), formatted(2, '440106199') + text('y')] },
        ['#,##0'],
      ),
      is: ['440106199|y', '2 xlsx.digits-lost'],
    },
    {
      kind: 'ids behind a grave accent, and errors entered as text',
      file: book({ rows: [head, row('`0012', 'x'), row('2', '#N/A')] }),
      is: ['0012|x', '3 xlsx.error', '! 2 spreadsheet.mark'],
    },
  ],
};

const own: Readonly<Record<string, object>> = { hl7: patient, dbf: upper };
const schema = schemaOf(
  'office@1',
  { a: { type: 'string', maxLength: 60 }, b: { type: 'string', maxLength: 60 } },
  [],
);
const compiled = compileSchema(schema, shippedSurroundings);

async function outcomeOf(
  format: string,
  { file, options = {}, fields }: OfficeFile,
): Promise<readonly string[]> {
  const mapping = compileMapping(
    {
      mapping: 'office/office@1',
      target: 'office@1',
      source: { format, options },
      fields: { a: { from: 'a' }, b: { from: 'b' }, ...own[format], ...fields },
    },
    schema,
    shippedSurroundings.codeLists,
  );
  const good: string[] = [];
  const reports: string[] = [];
  const warnings: string[] = [];
  try {
    const batches = withLikelyFormat(bytesOf(file, 5_000), mapping, (bytes) =>
      translate(bytes, mapping, compiled),
    );
    for await (const batch of batches) {
      good.push(...batch.rows.map(({ a, b }) => `${String(a)}|${String(b)}`));
      const problems = [...batch.bad.flatMap((bad) => bad.problems), ...batch.doubts];
      reports.push(...problems.map(({ line, rule }) => `${line} ${rule}`));
      warnings.push(...batch.warnings.map(({ line, rule }) => `! ${line} ${rule}`));
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const findings = (error.extras.findings ?? []) as readonly { readonly rule?: string }[];
    return [`refused ${findings[0]?.rule ?? error.code}`];
  }
  return [...(good.length === many ? [`${many} rows`] : good), ...reports, ...warnings];
}

for (const [format, ofFormat] of Object.entries(files))
  describe(`${format} files of offices`, () => {
    for (const one of ofFormat)
      test(one.kind, async () => {
        assert.deepEqual(await outcomeOf(format, one), one.is);
      });
  });

/**
 * The signs of docs/adapters-doubts.md: a file for each, what is reported of it, and that the option named there settles it.
 * Files are read as `datong batch adapt --mapping` reads them, with doubts delivered.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, test } from 'node:test';
import { shippedSurroundings } from '../machine/surroundings.ts';
import { compileSchema } from '../schemas/compile.ts';
import { Problem } from '../terms/problem.ts';
import { sourceOf } from './copybook/fixtures/readHost.ts';
import { bytesOf } from './fixtures/bytes.ts';
import { schemaOf } from './fixtures/schemaOf.ts';
import { withLikelyFormat } from './lookalike.ts';
import { compileMapping } from './mapping/compile.ts';
import { translate } from './translate.ts';
import {
  date,
  failed,
  formatted,
  formula,
  number,
  text,
  workbookFile,
  type SheetSource,
} from './xlsx/fixtures/workbookFile.ts';

type Outcome = 'refused' | 'problem' | 'doubt' | 'warning' | 'file';

interface Reading {
  readonly options?: object;
  /** steps of the fields a and b next to their source, the column or member of that name */
  readonly a?: object;
  readonly b?: object;
}

interface SignCase extends Reading {
  readonly code: string;
  readonly outcome: Outcome;
  readonly format: string;
  readonly file: string | Uint8Array;
  /** another reading with which it is not reported */
  readonly settledBy?: Reading;
}

const book = (sheet: Partial<SheetSource>, formats: readonly string[] = []): Buffer =>
  workbookFile([{ name: 'S', rows: [], ...sheet }], false, formats);
const head = text('a') + text('b');
const row = (a: string, b: string): string => text(a) + text(b);
const gb = (zh: string): Buffer => Buffer.from(zh, 'hex');
/** 张三 in GB18030 */
const zhang = gb('d5c5c8fd');

/** A dBase III table of the columns A and B, ten bytes each. */
function table(
  records: readonly (readonly [string | Buffer, string | Buffer])[],
  { count = records.length, page = 0 } = {},
): Buffer {
  const header = Buffer.alloc(32 + 64 + 1);
  header[0] = 3;
  header.set([124, 1, 1], 1);
  header.writeUInt32LE(count, 4);
  header.writeUInt16LE(header.length, 8);
  header.writeUInt16LE(21, 10);
  header[29] = page;
  for (const [i, name] of ['A', 'B'].entries()) {
    header.write(name, 32 + 32 * i);
    header.write('C', 32 + 32 * i + 11);
    header[32 + 32 * i + 16] = 10;
  }
  header[96] = 13;
  const cell = (value: string | Buffer): Buffer => {
    const bytes = Buffer.alloc(10, 32);
    Buffer.from(value as string).copy(bytes);
    return bytes;
  };
  return Buffer.concat([
    header,
    ...records.flatMap(([a, b]) => [Buffer.from(' '), cell(a), cell(b)]),
    Buffer.from([26]),
  ]);
}

const upper = { a: { from: 'A' }, b: { from: 'B' } };
const hl7 = { a: { from: 'MSH-10' }, b: { from: 'PID-5' } };
const msh = 'MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5.1';
const tree = { options: { rows: '/d/r' } };
const list = { options: { rows: '/r' } };
const wide = {
  columns: [
    { name: 'a', start: 0, length: 4 },
    { name: 'b', start: 4, length: 4 },
  ],
};

const trailer = { is: 'T', count: { start: 1, length: 7 } };
const copybook = sourceOf('01 REC.\n   05 A PIC X(4).\n   05 B PIC X(4).');

const cases: readonly SignCase[] = [
  // encodings
  {
    code: 'file_encoding_wrong',
    outcome: 'refused',
    format: 'csv',
    file: 'a,b\n1,张三\n',
    options: { encoding: 'gbk' },
    settledBy: { options: { encoding: 'utf-8' } },
  },
  {
    code: 'file_encoding_wrong',
    outcome: 'refused',
    format: 'json',
    file: '{"a":"1","b":"张三"}\n',
    options: { encoding: 'gbk' },
    settledBy: {},
  },
  {
    code: 'file_encoding_wrong',
    outcome: 'refused',
    format: 'hl7',
    file: `${msh}\rPID|1||||张三李四\r`,
    options: { encoding: 'gbk' },
    ...hl7,
    settledBy: hl7,
  },
  {
    code: 'encoding.guessed',
    outcome: 'file',
    format: 'csv',
    file: Buffer.concat([Buffer.from('a,b\n1,'), gb('e9'), Buffer.from('x\n')]),
    settledBy: { options: { encoding: 'latin1' } },
  },
  {
    code: 'encoding.contradicted',
    outcome: 'file',
    format: 'dbf',
    file: table([['1', '张三']], { page: 0x4d }),
    ...upper,
    settledBy: { options: { encoding: 'utf-8' }, ...upper },
  },
  { code: 'encoding.lost', outcome: 'problem', format: 'csv', file: 'a,b\n1,张\ufffd\n' },
  {
    code: 'encoding.invalid',
    outcome: 'problem',
    format: 'csv',
    file: Buffer.concat([Buffer.from('a,b\n1,'), zhang, gb('ff'), Buffer.from('\n')]),
    options: { encoding: 'gbk' },
  },
  {
    code: 'encoding.mojibake',
    outcome: 'doubt',
    format: 'xlsx',
    file: book({ rows: [head, row('1', '锟斤拷')] }),
  },
  { code: 'text.private-use', outcome: 'warning', format: 'csv', file: 'a,b\n1,\ue000\n' },
  // what is there and was not read
  {
    code: 'xlsx.further-sheets',
    outcome: 'file',
    format: 'xlsx',
    file: workbookFile(['S', 'T'].map((name) => ({ name, rows: [head, row('1', '2')] }))),
    settledBy: { options: { sheet: 'S' } },
  },
  {
    code: 'xlsx.hidden-sheets',
    outcome: 'warning',
    format: 'xlsx',
    file: workbookFile([
      { name: 'S', rows: [head, row('1', '2')] },
      { name: 'H', hidden: true, rows: [] },
    ]),
  },
  {
    code: 'xlsx.hidden-column',
    outcome: 'file',
    format: 'xlsx',
    file: book({ rows: [head, row('1', '2')], cols: '<col min="2" max="2" hidden="1"/>' }),
    settledBy: { options: { hiddenColumns: 'read' } },
  },
  {
    code: 'xlsx.hidden-row',
    outcome: 'doubt',
    format: 'xlsx',
    file: book({ rows: [head, row('1', '2')], hiddenRows: [2] }),
    settledBy: { options: { hiddenRows: 'read' } },
  },
  {
    code: 'xlsx.blank-block',
    outcome: 'file',
    format: 'xlsx',
    file: book({ rows: [head, row('1', '2'), '', '', '', row('3', '4')] }),
    settledBy: { options: { blankRows: 'skip' } },
  },
  { code: 'hl7.count', outcome: 'file', format: 'hl7', file: `${msh}\rPID|1||||x\rBTS|3\r`, ...hl7 },
  {
    code: 'hl7.rows',
    outcome: 'file',
    format: 'hl7',
    file: `${msh}\rPID|1||||x\r`,
    options: { rows: 'OBX' },
    ...hl7,
    settledBy: hl7,
  },
  {
    code: 'hl7.unclosed',
    outcome: 'file',
    format: 'hl7',
    file: `BHS|^~\\&|A\r${msh}\rPID|1||||x\r`,
    ...hl7,
    settledBy: { options: { trailers: 'any' }, ...hl7 },
  },
  {
    code: 'trailer.count',
    outcome: 'file',
    format: 'fixed',
    file: '10002000\nT0000002\n',
    options: { ...wide, trailer },
    settledBy: { options: { ...wide, trailer: { ...trailer, counts: 'lines' } } },
  },
  {
    code: 'trailer.missing',
    outcome: 'file',
    format: 'copybook',
    file: '10002000\n30004000\n',
    options: { copybook, recordFormat: 'D', encoding: 'gb18030', trailer },
    ...upper,
    settledBy: { options: { copybook, recordFormat: 'D', encoding: 'gb18030' }, ...upper },
  },
  {
    code: 'trailer.number',
    outcome: 'file',
    format: 'fixed',
    file: '10002000\nTOTAL\n',
    options: { ...wide, trailer },
  },
  {
    code: 'csv.blank-block',
    outcome: 'file',
    format: 'csv',
    file: 'a,b\n1,2\n\n,\n\n3,4\n',
    settledBy: { options: { blankRows: 'skip' } },
  },
  {
    code: 'dbf.count',
    outcome: 'file',
    format: 'dbf',
    file: table([['1', '2']], { count: 0, page: 0x4d }),
    ...upper,
  },
  {
    code: 'dbf.more',
    outcome: 'file',
    format: 'dbf',
    file: Buffer.concat([table([['1', '2']]), table([['3', '4']])]),
    ...upper,
  },
  {
    code: 'count.differs',
    outcome: 'file',
    format: 'xml',
    file: '<d n="2"><r><a>1</a><b>2</b></r></d>',
    options: { rows: '/d/r', count: '/d/@n' },
    settledBy: tree,
  },
  {
    code: 'count.missing',
    outcome: 'file',
    format: 'json',
    file: '{"r":[{"a":"1","b":"2"}]}',
    options: { rows: '/r', count: '/n' },
    settledBy: list,
  },
  {
    code: 'xml_rows_missing',
    outcome: 'refused',
    format: 'xml',
    file: '<e><fault>x</fault></e>',
    ...tree,
    settledBy: { options: { rows: '/e' }, a: { const: '1' }, b: { from: 'fault' } },
  },
  // lines and headers
  {
    code: 'hl7.line-end',
    outcome: 'doubt',
    format: 'hl7',
    file: `${msh}\rPID|1||||x\nNTE|y\rPV1|1\r`,
    ...hl7,
    settledBy: { options: { continuationLines: 'join' }, ...hl7 },
  },
  {
    code: 'hl7.segment-broken',
    outcome: 'doubt',
    format: 'hl7',
    file: `${msh}\rPID|1||||x\ny\r`,
    ...hl7,
    settledBy: { options: { continuationLines: 'join' }, ...hl7 },
  },
  {
    code: 'header.data',
    outcome: 'file',
    format: 'xlsx',
    file: book({ rows: [1, 2, 3].map((i) => row(`11010119880301123${i}`, '2024-01-02')) }),
    a: { from: 1 },
    b: { from: 2 },
    settledBy: { options: { headerRows: [] }, a: { from: 1 }, b: { from: 2 } },
  },
  {
    code: 'header.title',
    outcome: 'file',
    format: 'xlsx',
    file: book({
      rows: [
        text('x') + text('') + text('') + text('') + text('y'),
        row('1', '2') + text('3') + text('4') + text('5'),
      ],
    }),
    a: { from: 1 },
    b: { from: 4 },
    settledBy: { options: { columns: ['p', 'q', 'r', 's', 't'] }, a: { from: 'p' }, b: { from: 's' } },
  },
  {
    code: 'header.merged',
    outcome: 'file',
    format: 'xlsx',
    file: book({ rows: [head, row('', '名'), row('1', '2')], merged: ['A1:A2'] }),
    settledBy: { options: { headerRows: [1, 2] }, b: { from: 'b/名' } },
  },
  // what a sheet shows
  {
    code: 'xlsx.merged',
    outcome: 'doubt',
    format: 'xlsx',
    file: book({ rows: [head, row('1', '2'), '<c r="B3" t="str"><v>3</v></c>'], merged: ['A2:A3'] }),
    settledBy: { options: { fillDown: ['a'] } },
  },
  {
    code: 'xlsx.scaled',
    outcome: 'doubt',
    format: 'xlsx',
    file: book({ rows: [head, text('1') + formatted(2, '0.5')] }, ['0%']),
    settledBy: { options: { scaledNumbers: 'stored' } },
  },
  {
    code: 'xlsx.date-part',
    outcome: 'doubt',
    format: 'xlsx',
    file: book({ rows: [head, text('1') + formatted(2, '45293')] }, ['m/d']),
    settledBy: { b: { date: 'yyyy-MM-dd' } },
  },
  {
    code: 'xlsx.digits-lost',
    outcome: 'problem',
    format: 'xlsx',
    file: book({ rows: [head, text('1') + number('1.10101199001011E+17')] }),
  },
  {
    code: 'xlsx.date',
    outcome: 'problem',
    format: 'xlsx',
    file: book({ rows: [head, text('1') + date('60')] }),
  },
  {
    code: 'xlsx.cell',
    outcome: 'problem',
    format: 'xlsx',
    file: book({ rows: [head, text('1') + '<c t="b"><v>yes</v></c>'] }),
  },
  {
    code: 'xlsx.error',
    outcome: 'problem',
    format: 'xlsx',
    file: book({ rows: [head, text('1') + failed('#REF!')] }),
  },
  {
    code: 'xlsx.formula',
    outcome: 'problem',
    format: 'xlsx',
    file: book({ rows: [head, text('1') + formula()] }),
  },
  {
    code: 'xlsx.formula-stale',
    outcome: 'doubt',
    format: 'xlsx',
    file: workbookFile(
      [{ name: 'S', rows: [head, text('1') + formula('0')] }],
      false,
      [],
      'fullCalcOnLoad="1"',
    ),
  },
  {
    code: 'xlsx.wide',
    outcome: 'problem',
    format: 'xlsx',
    file: book({ rows: [head, row('1', '2') + text('3')] }),
  },
  // marks of spreadsheets
  {
    code: 'spreadsheet.mark',
    outcome: 'warning',
    format: 'xlsx',
    file: book({ rows: [head, row("'001", '2')] }),
    settledBy: { options: { spreadsheetMarks: 'keep' } },
  },
  ...['="00123"', "'00123", '\t00123'].map((mark): SignCase => ({
    code: 'spreadsheet.mark-stored',
    outcome: 'doubt',
    format: 'json',
    file: `${JSON.stringify({ a: '1', b: mark })}\n`,
    settledBy: { b: { asWritten: true } },
  })),
  {
    code: 'spreadsheet.mark-stored',
    outcome: 'doubt',
    format: 'xml',
    file: '<r><row><a>1</a><b>="00123"</b></row></r>',
    options: { rows: '/r/row' },
    settledBy: { options: { rows: '/r/row' }, b: { asWritten: true } },
  },
  {
    code: 'spreadsheet.mark-stored',
    outcome: 'doubt',
    format: 'hl7',
    file: `${msh}\rPID|1||||'00123\r`,
    ...hl7,
    settledBy: { ...hl7, b: { ...hl7.b, asWritten: true } },
  },
  ...["4'401'061'990", '4 401 061 990', '4\u00a0401\u00a0061\u00a0990'].map((id): SignCase => ({
    code: 'spreadsheet.grouped',
    outcome: 'doubt',
    format: 'json',
    file: `${JSON.stringify({ a: '1', b: id })}\n`,
    settledBy: { b: { asWritten: true } },
  })),
  {
    code: 'spreadsheet.point-zero',
    outcome: 'doubt',
    format: 'csv',
    file: 'a,b\n1,13800138000.0\n',
    settledBy: { b: { asWritten: true } },
  },
  {
    code: 'spreadsheet.exponent',
    outcome: 'doubt',
    format: 'csv',
    file: 'a;b\n1;4,40106E+17\n',
    options: { separator: ';' },
    settledBy: { options: { separator: ';' }, b: { asWritten: true } },
  },
  ...['\u034f', '\u115f', '\u180b', '\u3164', '\uffa0'].flatMap((unseen): SignCase[] => [
    {
      code: 'text.invisible',
      outcome: 'doubt',
      format: 'csv',
      file: `a,b\n1,张${unseen}三\n`,
      options: { encoding: 'utf-8' },
    },
    { code: 'text.invisible', outcome: 'doubt', format: 'json', file: `{"a":"1","b":"张${unseen}三"}\n` },
    {
      code: 'text.invisible',
      outcome: 'doubt',
      format: 'xml',
      file: `<r><row><a>1</a><b>张${unseen}三</b></row></r>${' '.repeat(3_000)}`,
      options: { rows: '/r/row' },
    },
    {
      code: 'text.invisible',
      outcome: 'doubt',
      format: 'fixed',
      file: `1   ${unseen}b${unseen.length === 1 && unseen < '\u0800' ? ' ' : ''}\n`,
      options: { encoding: 'utf-8', columns: wide.columns },
    },
  ]),
  {
    code: 'spreadsheet.exponent',
    outcome: 'doubt',
    format: 'xml',
    file: '<r><row><a>4.40106E+17</a><b>2</b></row></r>',
    options: { rows: '/r/row' },
    settledBy: { options: { rows: '/r/row' }, a: { asWritten: true } },
  },
  {
    code: 'spreadsheet.error',
    outcome: 'doubt',
    format: 'json',
    file: '{"a":"1","b":"#N/A"}\n',
    settledBy: { b: { nullIf: ['#N/A'] } },
  },
  {
    code: 'text.question-marks',
    outcome: 'doubt',
    format: 'csv',
    file: 'a,b\n1,???\n',
    settledBy: { b: { asWritten: true } },
  },
  // characters
  {
    code: 'text.invisible',
    outcome: 'doubt',
    format: 'xlsx',
    file: book({ rows: [head, row('1', '张\u200b三')] }),
  },
  { code: 'text.nul', outcome: 'problem', format: 'csv', file: 'a,b\n1,x\0y\n' },
  // several meanings
  {
    code: 'several',
    outcome: 'problem',
    format: 'hl7',
    file: `${msh}\rPID|1||||x~y\r`,
    ...hl7,
    settledBy: { ...hl7, b: { from: 'PID-5[1]' } },
  },
  { code: 'hl7.escape', outcome: 'doubt', format: 'hl7', file: `${msh}\rPID|1||||x\\Q\\y\r`, ...hl7 },
  {
    code: 'csv.separator',
    outcome: 'file',
    format: 'csv',
    file: 'a,x;b\n1,5;2\n3,4;5\n',
    a: { from: 1 },
    b: { from: 2 },
    settledBy: { options: { separator: ';' }, a: { from: 1 }, b: { from: 2 } },
  },
  // of CSV and fixed width
  {
    code: 'encoding.mixed',
    outcome: 'doubt',
    format: 'csv',
    file: Buffer.concat([
      Buffer.from('a,b\n1,'),
      zhang,
      Buffer.from('\n2,李四\n3,'),
      zhang,
      Buffer.from('\n'),
    ]),
    options: { encoding: 'gbk' },
  },
  {
    code: 'lines.end',
    outcome: 'doubt',
    format: 'csv',
    file: 'a,b\r\n1,x\n2,y\r\n3,z\r\n',
    settledBy: { options: { lineEnds: 'any' } },
  },
  { code: 'header.repeated', outcome: 'doubt', format: 'csv', file: 'a,b\n1,2\na,b\n' },
  {
    code: 'header.repeated',
    outcome: 'doubt',
    format: 'xlsx',
    file: book({ rows: [head, row('1', '2'), head] }),
  },
  { code: 'text.mark', outcome: 'warning', format: 'csv', file: 'a,b\n1,2\n\ufeff3,4\n' },
  {
    code: 'spreadsheet.mark',
    outcome: 'warning',
    format: 'csv',
    file: 'a,b\n="001",2\n',
    options: { spreadsheetMarks: 'remove' },
    settledBy: { options: { spreadsheetMarks: 'keep', quote: '' } },
  },
  {
    code: 'spreadsheet.exponent',
    outcome: 'doubt',
    format: 'csv',
    file: 'a,b\n4.40106E+17,2\n',
    settledBy: { a: { asWritten: true } },
  },
  {
    code: 'spreadsheet.date',
    outcome: 'doubt',
    format: 'csv',
    file: 'a,b\n1,2-Jan\n',
    settledBy: { b: { asWritten: true } },
  },
  {
    code: 'spreadsheet.grouped',
    outcome: 'doubt',
    format: 'csv',
    file: 'a;b\n1;4,401,061,990\n',
    settledBy: { b: { asWritten: true } },
  },
  {
    code: 'spreadsheet.zeroed',
    outcome: 'problem',
    format: 'csv',
    file: 'a,b\n110101199001010000,2\n',
    a: { check: 'cn-resident-id' },
  },
  {
    code: 'text.invisible',
    outcome: 'doubt',
    format: 'csv',
    file: 'a,b\n1,x\u202ey\n',
    settledBy: { b: { dropInvisible: true } },
  },
  { code: 'encoding.mojibake', outcome: 'doubt', format: 'csv', file: 'a,b\n1,锟斤拷\n' },
  {
    code: 'csv.ragged',
    outcome: 'problem',
    format: 'csv',
    file: 'a,b\n1,2\n3\n',
    settledBy: { options: { ragged: 'fill' } },
  },
  { code: 'csv.quote', outcome: 'problem', format: 'csv', file: 'a,b\n1,"2"x\n3,4\n' },
  { code: 'csv.quote-blank', outcome: 'problem', format: 'csv', file: 'a,b\n1, "2,3"\n3,4\n' },
  {
    code: 'fixed.padded',
    outcome: 'file',
    format: 'fixed',
    file: '张三  0001\n李四光 0002\nABCD0003\n',
    options: { ...wide, encoding: 'utf-8' },
    settledBy: { options: { ...wide, encoding: 'utf-8', unit: 'characters' } },
  },
  {
    code: 'fixed.short',
    outcome: 'problem',
    format: 'fixed',
    file: '12345678\n12345\n',
    options: wide,
    settledBy: { options: { ...wide, short: 'fill' } },
  },
  {
    code: 'fixed.long',
    outcome: 'problem',
    format: 'fixed',
    file: '12345678\n123456789\n',
    options: { ...wide, recordLength: 8 },
    settledBy: { options: wide },
  },
];

/** Codes of a file by what they do. */
async function reported(
  { format, file }: Pick<SignCase, 'format' | 'file'>,
  reading: Reading,
): Promise<ReadonlySet<string>> {
  const { options = {}, a = {}, b = {} } = reading;
  const schema = schemaOf(
    'sign@1',
    { a: { type: 'string', maxLength: 60 }, b: { type: 'string', maxLength: 60 } },
    [],
  );
  const found = new Set<string>();
  try {
    const mapping = compileMapping(
      {
        mapping: 'p/sign@1',
        target: 'sign@1',
        source: { format, options },
        doubts: 'tell',
        fields: { a: { ...('const' in a ? {} : { from: 'a' }), ...a }, b: { from: 'b', ...b } },
      },
      schema,
      shippedSurroundings.codeLists,
    );
    const compiled = compileSchema(schema, shippedSurroundings);
    for await (const batch of withLikelyFormat(bytesOf(file), mapping, (bytes) =>
      translate(bytes, mapping, compiled),
    )) {
      for (const { problems } of batch.bad) for (const { rule } of problems) found.add(`problem ${rule}`);
      for (const { rule, line } of batch.doubts)
        found.add(
          `${batch.doubted.length > 0 && line > 0 && batch.lines.includes(line) ? 'doubt' : 'file'} ${rule}`,
        );
      for (const { rule } of batch.warnings) found.add(`warning ${rule}`);
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    found.add(`refused ${error.code}`);
  }
  return found;
}

describe('signs', () => {
  for (const one of cases)
    test(`${one.code} in ${one.format}: ${one.outcome}`, async () => {
      const found = await reported(one, one);
      assert.ok(found.has(`${one.outcome} ${one.code}`), [...found].join(', '));
      if (one.settledBy === undefined) return;
      assert.deepEqual([...(await reported(one, one.settledBy))], [], 'settled');
    });
});

test('the page of signs names each of them, and no others', () => {
  for (const file of ['adapters-doubts.md', 'adapters-doubts.zh-CN.md']) {
    const page = readFileSync(resolve(import.meta.dirname, '../docs', file), 'utf8');
    const named = [...page.matchAll(/^\| `([a-z][\w.-]+)` \|/gm)].map(([, code = '']) => code);
    assert.deepEqual([...new Set(named)].sort(), [...new Set(cases.map(({ code }) => code))].sort(), file);
    assert.equal(new Set(named).size, named.length, `${file}: a sign stands twice`);
  }
});

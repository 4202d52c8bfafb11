/**
 * Files of the kinds that public bug reports of other readers complain about, each with what is right for it. A file is read as
 * `datong batch adapt --mapping` reads it. A row whose kind is not mended yet is marked `todo`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { mappingFrom } from '../clients/cli/adapt/mappingFrom.ts';
import { surroundingsWith } from '../machine/surroundings.ts';
import { compileSchema } from '../schemas/compile.ts';
import { Problem } from '../terms/problem.ts';
import { sharedData } from '../tests/sharedData.ts';
import { bytesOf } from './fixtures/bytes.ts';
import { withLikelyFormat } from './lookalike.ts';
import { compileMapping } from './mapping/compile.ts';
import { translate } from './translate.ts';
import { defined } from '../terms/defined.ts';

/** What became of a file. */
interface Outcome {
  /** code of the Problem that refused the file, and the rules of its findings */
  readonly refused: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** `line rule` of each problem and doubt of a record */
  readonly reported: readonly string[];
  /** `line rule` of each warning */
  readonly warned: readonly string[];
  /** messages of problems, doubts and findings */
  readonly messages: readonly string[];
  readonly skipped: number;
}

type Right = (outcome: Outcome) => void;

interface FieldReport {
  readonly input: string;
  /** a file of maps/, or the mapping of its source with the fields that are read */
  readonly mapping: string | { readonly like: string; readonly source: object; readonly fields?: object };
  /** what the reports are about */
  readonly kind: string;
  readonly right: Right;
  readonly todo?: true;
}

/** The file is not delivered. */
const refused =
  (...codes: readonly string[]): Right =>
  ({ refused: found, rows }) => {
    assert.ok(
      found.some((code) => codes.includes(code)),
      `${found.join()} is none of ${codes.join()}`,
    );
    assert.deepEqual(rows, []);
  };

/** The records of these lines are held back with one of these rules, the others delivered with these values of their first field. */
const heldBack =
  (lines: readonly number[], rules: readonly string[], delivered: readonly unknown[]): Right =>
  ({ reported, rows, refused: code }) => {
    assert.deepEqual(code, []);
    for (const line of lines)
      assert.ok(
        rules.some((rule) => reported.includes(`${line} ${rule}`)),
        `line ${line} has none of ${rules.join()}: ${reported.join()}`,
      );
    assert.deepEqual(
      rows.map((row) => Object.values(row)[0]),
      delivered,
    );
  };

/** All is delivered with these values, and changes are reported. */
const delivered =
  (values: readonly (readonly unknown[])[], warned: readonly string[] = [], skipped = 0): Right =>
  (outcome) => {
    assert.deepEqual(outcome.refused, []);
    assert.deepEqual(outcome.reported, []);
    assert.deepEqual(
      outcome.rows.map((row) => Object.values(row)),
      values,
    );
    assert.deepEqual(outcome.warned, warned);
    assert.equal(outcome.skipped, skipped);
  };

const fixed = (columns: readonly (readonly [string, number, number])[], rest: object = {}): object => ({
  format: 'fixed',
  options: {
    encoding: 'gb18030',
    columns: columns.map(([name, start, length]) => ({ name, start, length })),
    ...rest,
  },
});

const copybook =
  '       01 REC.\n          05 ID  PIC X(3).\n          05 NM  PIC X(12).\n          05 CD  PIC X(6).\n';

const reports: readonly FieldReport[] = [
  // encodings
  {
    input: 'm11_gbk_decl_utf8_400.xml',
    mapping: 'm',
    kind: 'a prologue that names GBK above UTF-8',
    right: refused('encoding.contradicted'),
  },
  {
    input: 'm05b_decl_gbk_utf8.xml',
    mapping: 'm',
    kind: 'a prologue that names GBK above UTF-8, one short record',
    right: refused('encoding.contradicted'),
  },
  {
    input: 'j11_utf8_400.ndjson',
    mapping: 'j_gbk',
    kind: 'declared GB, strict UTF-8',
    right: refused('file_encoding_wrong', 'file_doubtful'),
  },
  {
    input: 'h16_utf8_400_decl_gbk.hl7',
    mapping: 'h_gbk',
    kind: 'declared GB, strict UTF-8',
    right: refused('file_encoding_wrong', 'file_doubtful'),
  },
  {
    input: 'k07_utf8_lines.txt',
    mapping: {
      like: 'c_id_name',
      source: {
        format: 'copybook',
        options: { copybook, recordFormat: 'D', encoding: 'gb18030' },
      },
      fields: { id: { from: 'ID' }, name: { from: 'NM' } },
    },
    kind: 'declared GB, strict UTF-8',
    right: refused('file_encoding_wrong', 'file_doubtful'),
  },
  {
    input: 'c05_mixed.csv',
    mapping: 'c_id_name_dw',
    kind: 'one record in UTF-8 in a GB file',
    right: heldBack([3], ['encoding.contradicted', 'encoding.mixed'], ['1', '3']),
  },
  {
    input: 'h09_mixed.hl7',
    mapping: 'h_auto',
    kind: 'messages of two encodings: each by its own MSH-18, or doubted',
    right: ({ reported, rows }) => {
      for (const { name } of rows) assert.match(String(name), /^[张李王]/);
      assert.equal(rows.length + new Set(reported.map((one) => one.split(' ')[0])).size, 2);
    },
  },
  {
    input: 'h17_mixed_400.hl7',
    mapping: 'h_gbk',
    kind: 'the tail of the file in another encoding',
    right: ({ refused: code, reported, rows }) => {
      assert.ok(code.length > 0 || reported.length > 0, 'delivered');
      for (const { name } of rows) assert.ok(!/[鏉寮閫]/.test(String(name)), String(name));
    },
  },
  {
    input: 'd10_4D_utf8.dbf',
    mapping: {
      like: 'c_id_name',
      source: { format: 'dbf', options: {} },
      fields: { id: { from: 1 }, name: { from: 2 } },
    },
    kind: 'a header that names code page 936 above UTF-8',
    right: ({ refused: code, reported }) => {
      assert.ok(code.length > 0 || reported.length > 0, 'delivered');
    },
  },
  // what is there and was not read
  {
    input: 'x20_two_sheets.xlsx',
    mapping: 'x_idname',
    kind: 'a second visible sheet',
    right: refused('xlsx.further-sheets'),
  },
  {
    input: 'h03b_batch_count_wrong.hl7',
    mapping: 'h_gbk',
    kind: 'BTS-1 counts other messages than there are',
    right: refused('file_doubtful'),
  },
  {
    input: 'm12b_soapfault.xml',
    mapping: 'm_typo',
    kind: 'no record at the row path',
    right: refused('xml_rows_missing'),
  },
  {
    input: 'm12c_fault.xml',
    mapping: 'm',
    kind: 'an error message in place of data',
    right: refused('xml_rows_missing'),
  },
  // line ends
  {
    input: 'c18_lf_last.csv',
    mapping: 'c_id_name',
    kind: 'a lone LF in a CRLF file cuts a record in two',
    right: heldBack([2, 3], ['lines.end'], ['2']),
  },
  {
    input: 'c11i_concat_two_months.csv',
    mapping: 'c_id_name',
    kind: 'two files joined, each with mark and header',
    right: heldBack([4], ['header.repeated'], ['1', '2', '3']),
  },
  {
    input: 'c11h_bom_mid.csv',
    mapping: 'c_id_name',
    kind: 'a byte order mark inside the file',
    right: delivered(
      [
        ['1', '张三'],
        ['2', '李四'],
      ],
      ['3 text.mark'],
    ),
  },
  {
    input: 'c11_ctrlz.csv',
    mapping: 'c_id_name',
    kind: 'a final 0x1A',
    right: delivered([
      ['1', '张三'],
      ['2', '李四'],
    ]),
  },
  {
    input: 'f04_ctrlz.txt',
    mapping: {
      like: 'c_id_name',
      source: fixed([
        ['编号', 7, 8],
        ['姓名', 1, 6],
      ]),
    },
    kind: 'a final 0x1A',
    right: delivered([
      ['20201218', '张三'],
      ['20201219', '李四'],
    ]),
  },
  // what a sheet shows
  {
    input: 'x08_padded.xlsx',
    mapping: 'x_idname',
    kind: 'numbers that a format pads with zeros',
    right: delivered([
      ['000123', '张三'],
      ['000045', '李四'],
      ['000678', '王五'],
    ]),
  },
  {
    input: 'x12_merged.xlsx',
    mapping: 'x_hh',
    kind: 'a header of two rows with merged cells',
    right: refused('header.merged'),
  },
  {
    input: 'x12_merged.xlsx',
    mapping: {
      like: 'x_hh',
      source: { format: 'xlsx', options: { headerRows: [1, 2] } },
      fields: { name: { from: '户主/姓名' }, no: { from: '编号' }, amount: { from: '金额' } },
    },
    kind: 'a header of two rows that the options name',
    right: delivered([
      ['张三', '1', '5'],
      ['李四', '2', '6'],
    ]),
  },
  {
    input: 'x12b_merged_down.xlsx',
    mapping: {
      like: 'x_idname',
      source: { format: 'xlsx', options: {} },
      fields: { id: { from: '姓名' }, name: { from: '社区' } },
    },
    kind: 'cells merged downwards',
    right: heldBack([3, 5], ['xlsx.merged'], ['张三', '王五']),
  },
  {
    input: 'x12b_merged_down.xlsx',
    mapping: {
      like: 'x_idname',
      source: { format: 'xlsx', options: { fillDown: ['社区'] } },
      fields: { id: { from: '姓名' }, name: { from: '社区' } },
    },
    kind: 'cells merged downwards that are filled',
    right: delivered([
      ['张三', '东湖'],
      ['李四', '东湖'],
      ['王五', '西岭'],
      ['赵六', '西岭'],
    ]),
  },
  {
    input: 'x16_str.xlsx',
    mapping: 'x_idname',
    kind: 'an inline text that stands in <v>',
    right: delivered([
      ['1', '张三'],
      ['2', '李四'],
    ]),
  },
  {
    input: 'x09_noise.xlsx',
    mapping: 'x_amount',
    kind: 'the noise of binary fractions; what has more decimals than the field is still wrong',
    right: ({ refused: code, reported, rows }) => {
      assert.deepEqual([code, reported], [[], ['4 number.scale', '5 number.scale']]);
      assert.deepEqual(
        rows.map(({ amount }) => amount),
        ['1171.00', '0.15', '1234567.89', '0.30'],
      );
    },
  },
  {
    input: 'x25b_formula_sums.xlsx',
    mapping: 'x_amount',
    kind: 'the noise of binary fractions in sums',
    right: delivered([
      ['1', '0.30'],
      ['2', '3.30'],
      ['3', '1171.00'],
    ]),
  },
  // marks of spreadsheets
  {
    input: 'c01_sci.csv',
    mapping: 'c_sci',
    kind: 'long numbers that became exponents',
    right: heldBack([2, 4], ['spreadsheet.exponent'], ['440106199001011200']),
  },
  {
    input: 'c02_protect.csv',
    mapping: 'c_id_name',
    kind: 'marks that keep a spreadsheet from reading a number',
    right: delivered(
      [
        ['00123', '张三'],
        ['00045', '李四'],
        ['00067', '王五'],
      ],
      [
        '2 spreadsheet.mark',
        '2 spreadsheet.mark',
        '3 spreadsheet.mark',
        '3 spreadsheet.mark',
        '4 spreadsheet.mark',
        '4 spreadsheet.mark',
      ],
    ),
  },
  {
    input: 'c02b_eq_only.csv',
    mapping: 'c_id_name',
    kind: '="00123" without outer quotation marks',
    right: delivered(
      [
        ['00123', '张三'],
        ['00456', '李四'],
      ],
      ['2 spreadsheet.mark', '3 spreadsheet.mark'],
    ),
  },
  {
    input: 'c02c_eq_quoted.csv',
    mapping: 'c_id_name',
    kind: '="00123" inside quotation marks',
    right: delivered(
      [
        ['00123', '张三'],
        ['00456', '李四'],
      ],
      ['2 spreadsheet.mark', '3 spreadsheet.mark'],
    ),
  },
  {
    input: 'c02d_tab.csv',
    mapping: 'c_id_name',
    kind: 'a TAB after a number',
    right: delivered(
      [
        ['00123', '张三'],
        ['00456', '李四'],
      ],
      ['2 spreadsheet.mark', '2 spreadsheet.mark', '3 spreadsheet.mark', '3 spreadsheet.mark'],
    ),
  },
  // characters that cannot be seen, and lost ones
  {
    input: 's10_invisible.csv',
    mapping: { like: 'c_id_name', source: { format: 'csv', options: {} } },
    kind: 'bidi marks, zero width, soft hyphen in keys',
    right: heldBack([2, 3, 5, 6], ['text.invisible'], ['00124\u00a0']),
  },
  {
    input: 's12_ctrl.csv',
    mapping: 'c_id_name',
    kind: 'controls in keys and names',
    right: heldBack([2, 3, 4], ['text.invisible'], []),
  },
  {
    input: 'r01_lost.csv',
    mapping: 'c_id_name',
    kind: '锟斤拷, 烫烫, 屯屯',
    right: heldBack([2, 4, 5], ['encoding.mojibake'], ['2', '5']),
  },
  // ambiguity
  {
    input: 'f10_padded_by_chars.txt',
    mapping: {
      like: 'c_id_name',
      source: fixed([
        ['姓名', 0, 6],
        ['电话', 6, 11],
        ['编号', 17, 6],
      ]),
    },
    kind: 'columns padded by characters, offsets in bytes',
    right: refused('file_doubtful'),
  },
  {
    input: 'h05_repeat_z.hl7',
    mapping: 'h_pidlist',
    kind: 'a path without index that meets several values',
    right: heldBack([1], ['several'], []),
  },
  {
    input: 'h14_two_obx.hl7',
    mapping: 'h_first',
    kind: 'a path without index that meets several segments',
    right: heldBack([1], ['several'], []),
  },
  {
    input: 'h04b_lf_in_field_segmentlike.hl7',
    mapping: 'h_obx',
    kind: 'a line end in a field, before what looks like a segment',
    right: heldBack([3, 4], ['hl7.line-end'], ['2']),
  },
  // ordinary files
  {
    input: 'h04_lf_in_field.hl7',
    mapping: 'h_obx',
    kind: 'a line end in a field',
    right: heldBack([3], ['hl7.segment-broken'], ['2']),
  },
  {
    input: 'h04_lf_in_field.hl7',
    mapping: {
      like: 'h_obx',
      source: { format: 'hl7', options: { rows: 'OBX', encoding: 'gb18030', continuationLines: 'join' } },
    },
    kind: 'a line end in a field: an option says what it is',
    right: delivered([
      ['1', '第一行\n第二行\n\n结论：正常'],
      ['2', 'ok'],
    ]),
  },
  {
    input: 'c06c_excel_blank_rows.csv',
    mapping: 'c_amount',
    kind: 'rows of separators only',
    right: ({ refused: code, reported, rows, skipped }) => {
      assert.deepEqual([code, reported, skipped], [[], [], 3]);
      assert.deepEqual(
        rows.map(({ id }) => id),
        ['1', '2'],
      );
    },
  },
  {
    input: 'c06d_empty_headers.csv',
    mapping: 'c_id_name',
    kind: 'unnamed columns that nothing reads',
    right: delivered([
      ['1', '张三'],
      ['2', '李四'],
    ]),
  },
  {
    input: 'c10c_quote_space.csv',
    mapping: 'c_id_name',
    kind: 'a blank before a quotation mark',
    right: ({ messages, rows }) => {
      assert.deepEqual(rows, []);
      assert.match(messages.join(), /blank between a separator and a quotation mark/);
    },
  },
];

const surroundings = surroundingsWith([]);

async function outcomeOf({ input, mapping }: FieldReport): Promise<Outcome> {
  const map = typeof mapping === 'string' ? mapping : mapping.like;
  const named = await mappingFrom(sharedData(`field-reports/maps/${map}.yaml`), undefined, surroundings);
  const document =
    typeof mapping === 'string'
      ? named.document
      : {
          ...(named.document as object),
          source: mapping.source,
          ...defined({ fields: mapping.fields }),
        };
  const compiled = compileMapping(document, named.schema, surroundings.codeLists);
  const bytes = bytesOf(readFileSync(sharedData(`field-reports/inputs/${input}`)), 4096);
  const rows: Readonly<Record<string, unknown>>[] = [];
  const reported: string[] = [];
  const warned: string[] = [];
  const messages: string[] = [];
  let skipped = 0;
  const batches = withLikelyFormat(bytes, compiled, (file) =>
    translate(file, compiled, compileSchema(named.schema, surroundings)),
  );
  try {
    for await (const batch of batches) {
      rows.push(...batch.rows);
      skipped += batch.skipped;
      for (const { line, rule, message } of [
        ...batch.bad.flatMap(({ problems }) => problems),
        ...batch.doubts,
      ]) {
        reported.push(`${line} ${rule}`);
        messages.push(message.en);
      }
      warned.push(...batch.warnings.map(({ line, rule }) => `${line} ${rule}`));
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const findings = (error.extras.findings ?? []) as {
      readonly rule?: string;
      readonly message?: { readonly en: string };
    }[];
    return {
      refused: [error.code, ...findings.flatMap(({ rule }) => rule ?? [])],
      rows: [],
      reported: [],
      warned: [],
      messages: [error.message, ...findings.flatMap(({ message }) => message?.en ?? [])],
      skipped: 0,
    };
  }
  return { refused: [], rows, reported, warned, messages, skipped };
}

describe('files of public bug reports', () => {
  for (const report of reports)
    test(`${report.input}: ${report.kind}`, { todo: report.todo ?? false }, async () => {
      report.right(await outcomeOf(report));
    });

  test('every file has its row', () => {
    assert.equal(new Set(reports.map(({ input }) => input)).size, 40);
  });
});

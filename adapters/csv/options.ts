import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import type { LineEnd } from './csvScanner.ts';
import { maxRecordBytes } from '../reading/maxRecordBytes.ts';
import { spreadsheetMarks } from '../reading/spreadsheetMarksOption.ts';
import { encodingLabels } from '../reading/text/encodings.ts';

export interface CsvOptions {
  readonly encoding: string;
  readonly separator: string;
  readonly quote: string;
  readonly headerRows: readonly number[];
  readonly columns?: readonly string[];
  readonly ragged: 'bad' | 'fill';
  readonly lineEnds: 'alike' | 'any';
  readonly blankRows: 'doubt' | 'skip';
  readonly spreadsheetMarks: 'remove' | 'keep';
  readonly maxRecordBytes: number;
  /** set by the hub, never by a mapping: the bytes begin inside a file, so a byte order mark is not expected */
  readonly inside?: true;
  /** set by the hub with `inside`: how the first line of the file ends, and the cells of its header */
  readonly lineEnd?: LineEnd;
  readonly header?: readonly string[];
}

export const csvOptionsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'CSV / TSV',
  type: 'object',
  additionalProperties: false,
  // one character cannot be both
  not: {
    type: 'object',
    required: ['quote', 'separator'],
    properties: { quote: { const: "'" }, separator: { const: "'" } },
  },
  properties: {
    encoding: {
      enum: ['auto', ...encodingLabels],
      default: 'auto',
      description: 'auto: byte order mark, else UTF-8 or GB18030 by the first bytes above 7F',
      'x-zh': '字符编码；auto：先看字节顺序标记，再按内容判断 UTF-8 或 GB18030',
    },
    separator: {
      type: 'string',
      pattern: '^(auto|tab|[^\\r\\n"0-9A-Za-z\\u{10000}-\\u{10FFFF}])$', // one UTF-16 unit
      default: 'auto',
      description:
        'One character, tab, or auto: which of comma, tab, semicolon, |, full-width comma and U+0001 divides the first records into equal numbers of cells',
      'x-zh': '分隔符：单个字符、tab 或 auto（在逗号、制表符、分号、竖线、全角逗号、U+0001 中选取）',
    },
    quote: {
      enum: ['"', "'", ''],
      default: '"',
      description: 'Quotation mark; empty: none',
      'x-zh': '引号；空串表示不使用引号',
    },
    headerRows: {
      type: 'array',
      items: { type: 'integer', minimum: 1, maximum: 100 },
      maxItems: 10,
      uniqueItems: true,
      default: [1],
      description: 'Lines of the header; upper ones are filled to the right and joined with /; [] for none',
      'x-zh': '表头所在行（从 1 起）；多行表头向右补齐后以 / 连接；[] 表示没有表头',
    },
    columns: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 200 },
      minItems: 1,
      maxItems: 4096,
      description: 'Column names, in place of those in the file',
      'x-zh': '列名，代替文件中的表头',
    },
    ragged: {
      enum: ['bad', 'fill'],
      default: 'bad',
      description: 'Fewer columns than the header: bad, or filled up with empty cells. More are always bad',
      'x-zh': '列数少于表头的记录：bad 作为问题数据，fill 以空值补齐；列数过多一律为问题数据',
    },
    lineEnds: {
      enum: ['alike', 'any'],
      default: 'alike',
      description:
        'alike: records at a line end unlike the first are doubted (a lone LF in a CRLF file, a lone CR); any: they are not',
      'x-zh': 'alike：换行与文件首行不同（CRLF 文件中单独的 LF、单独的 CR）的记录存疑；any：不存疑',
    },
    blankRows: {
      enum: ['doubt', 'skip'],
      default: 'doubt',
      description:
        'Three or more blank lines, or rows of separators only, before further records: a doubt about the file, or skipped and counted like single ones',
      'x-zh':
        '连续三个及以上空行（或只有分隔符的行）之后还有数据：doubt 整个文件存疑，skip 与单个空行一样跳过并计数',
    },
    spreadsheetMarks,
    maxRecordBytes,
  },
};

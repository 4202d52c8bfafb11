import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import type { LineEnd } from '../reading/ranges.ts';
import { maxRecordBytes } from '../reading/maxRecordBytes.ts';
import { spreadsheetMarks } from '../reading/spreadsheetMarksOption.ts';
import { trailerOption, type TrailerOption } from '../reading/trailer.ts';
import { encodingLabels } from '../reading/text/encodings.ts';

export interface FixedColumn {
  readonly name: string;
  readonly start: number;
  readonly length: number;
  readonly occurs?: number;
  readonly trim: 'both' | 'left' | 'right' | 'none';
  readonly zeros: 'keep' | 'strip';
  readonly nulls?: readonly string[];
}

export interface FixedOptions {
  readonly encoding: string;
  readonly columns: readonly FixedColumn[];
  readonly recordLength?: number;
  readonly lineEnds: boolean;
  readonly recordLines: number;
  readonly skipLines: number;
  readonly short: 'bad' | 'fill';
  readonly unit: 'bytes' | 'characters';
  readonly trailer?: TrailerOption;
  readonly spreadsheetMarks: 'remove' | 'keep';
  readonly maxRecordBytes: number;
  /** set by the hub, never by a mapping: the bytes begin inside a file, so a byte order mark is not expected */
  readonly inside?: true;
  /** set by the hub with `inside`: how the first line of the file ends */
  readonly lineEnd?: LineEnd;
}

export const fixedOptionsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Fixed width',
  type: 'object',
  additionalProperties: false,
  required: ['columns'],
  properties: {
    encoding: {
      enum: encodingLabels,
      default: 'gb18030',
      description:
        'Of the cells; offsets count bytes unless unit is characters. A byte order mark of UTF-8, UTF-16 or GB18030 decides, and is not counted',
      'x-zh':
        '单元格的字符编码；位置默认按字节计（见 unit）。文件开头的 UTF-8、UTF-16、GB18030 字节顺序标记优先，且不计入位置',
    },
    columns: {
      type: 'array',
      minItems: 1,
      maxItems: 4096,
      description: 'The columns; what is between them is passed over',
      'x-zh': '各列；列之间的内容不读',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'start', 'length'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 200, description: 'Name', 'x-zh': '列名' },
          start: {
            type: 'integer',
            minimum: 0,
            maximum: 16777216,
            description: 'First byte or character (see unit), from 0',
            'x-zh': '起始字节或字符（见 unit），从 0 起',
          },
          length: {
            type: 'integer',
            minimum: 1,
            maximum: 65536,
            description: 'Bytes or characters (see unit)',
            'x-zh': '字节数或字符数（见 unit）',
          },
          occurs: {
            type: 'integer',
            minimum: 1,
            maximum: 100000,
            description: 'How often it occurs in a row: a list of cells',
            'x-zh': '连续重复次数，读作列表',
          },
          trim: {
            enum: ['both', 'left', 'right', 'none'],
            default: 'both',
            description: 'Which blanks go',
            'x-zh': '去除哪一侧的空格',
          },
          zeros: {
            enum: ['keep', 'strip'],
            default: 'keep',
            description: 'Leading zeros',
            'x-zh': '前导零：保留或去除',
          },
          nulls: {
            type: 'array',
            items: { type: 'string' },
            maxItems: 50,
            description: 'Texts that mean «no value», e.g. -9999',
            'x-zh': '视为缺失值的文字，如 -9999',
          },
        },
      },
    },
    recordLength: {
      type: 'integer',
      minimum: 1,
      maximum: 16777216,
      description:
        'Bytes or characters (see unit) of every record without its line end; others are bad. Default: longer ones are read, shorter ones bad',
      'x-zh':
        '每条记录的字节数或字符数（见 unit，不含换行）；不符即为问题数据。默认：较长的照读，较短的为问题数据',
    },
    lineEnds: {
      type: 'boolean',
      default: true,
      description: 'false: records follow each other without line ends (recordLength needed)',
      'x-zh': 'false 表示记录之间没有换行（须给出 recordLength）',
    },
    recordLines: {
      type: 'integer',
      minimum: 1,
      maximum: 10000,
      default: 1,
      description: 'Lines that make up one record; offsets count over all of them',
      'x-zh': '一条记录占几行；位置跨行连续计算',
    },
    skipLines: {
      type: 'integer',
      minimum: 0,
      maximum: 10000,
      default: 0,
      description: 'Lines before the first record',
      'x-zh': '首条记录之前的行数',
    },
    short: {
      enum: ['bad', 'fill'],
      default: 'bad',
      description: 'Records that end early: bad, or filled with blanks',
      'x-zh': '过短的记录：bad 为问题数据，fill 以空格补齐',
    },
    unit: {
      enum: ['bytes', 'characters'],
      default: 'bytes',
      description:
        'What start, length and recordLength count: bytes, or characters (one beyond U+FFFF counts as two). characters needs line ends',
      'x-zh':
        'start、length、recordLength 按什么计：bytes 字节，characters 字符（U+FFFF 以上的字符计为两个）；characters 须有换行',
    },
    trailer: trailerOption,
    spreadsheetMarks,
    maxRecordBytes,
  },
  dependentSchemas: {
    unit: {
      if: { type: 'object', properties: { unit: { const: 'characters' } } },
      then: { type: 'object', properties: { lineEnds: { const: true } } },
    },
    lineEnds: {
      if: { type: 'object', properties: { lineEnds: { const: false } } },
      then: {
        required: ['recordLength'],
        type: 'object',
        // there are no lines to join or to skip
        properties: { recordLines: { const: 1 }, skipLines: { const: 0 } },
      },
    },
  },
};

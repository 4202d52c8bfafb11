import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { codePages } from './codePages/codePage.ts';
import { boundsProperties, recordProperties } from './framingOptions.ts';

export interface DescriptorWord {
  readonly bigEndian: boolean;
  readonly includesHeader: boolean;
  readonly adjustment: number;
}

export interface CopybookOptions {
  readonly copybook: string;
  readonly recordFormat: 'F' | 'V' | 'VB' | 'D';
  readonly recordLength?: number;
  readonly recordLengthField?: string;
  readonly recordLengthMap?: Readonly<Record<string, number>>;
  readonly encoding: 'ebcdic' | 'ascii' | 'gb18030';
  readonly codePage: string;
  readonly fieldCodePages?: Readonly<Record<string, string>>;
  readonly rdw: DescriptorWord;
  readonly bdw: DescriptorWord;
  readonly fileHeaderBytes: number;
  readonly fileTrailerBytes: number;
  readonly recordStartOffset: number;
  readonly recordEndOffset: number;
  readonly trim: 'none' | 'left' | 'right' | 'both';
  readonly variableSizeOccurs: boolean;
  readonly occursMappings?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly segmentField?: string;
  readonly segmentRedefines?: Readonly<Record<string, string>>;
  readonly segmentChildren?: Readonly<Record<string, readonly string[]>>;
  readonly dropFillers: boolean;
  readonly strictOverpunch: boolean;
  readonly floatFormat: 'ibm' | 'ieee754';
  readonly binaryEndian: 'big' | 'little' | 'comp5-little';
  readonly binarySize: '2-4-8' | '1-2-4-8' | '1-8';
  readonly decimalComma: boolean;
  readonly names: 'asis' | 'snake';
  readonly maxRecordBytes: number;
}

const pages = [...codePages];

export const copybookOptionsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'COBOL copybook',
  type: 'object',
  additionalProperties: false,
  required: ['copybook'],
  dependentRequired: {
    recordLengthMap: ['recordLengthField'],
    segmentRedefines: ['segmentField'],
    segmentChildren: ['segmentField', 'segmentRedefines'],
  },
  properties: {
    copybook: {
      type: 'string',
      minLength: 1,
      maxLength: 1000000,
      description: 'The text of the copybook',
      'x-zh': '副本（copybook）全文',
    },
    ...recordProperties,
    encoding: {
      enum: ['ebcdic', 'ascii', 'gb18030'],
      default: 'ebcdic',
      description: 'Of text and zoned numbers',
      'x-zh': '文字与区位数字的编码',
    },
    codePage: {
      enum: pages,
      default: 'common',
      description:
        'EBCDIC code page; common: only what the Latin pages share, anything else reads as a blank; cp935, cp1388: Chinese with SO/SI',
      'x-zh': 'EBCDIC 代码页；common 仅含各拉丁代码页共有字符，其余读作空格；cp935、cp1388 为带 SO/SI 的中文',
    },
    fieldCodePages: {
      type: 'object',
      maxProperties: 1000,
      additionalProperties: { enum: pages },
      description: 'Code page of single fields',
      'x-zh': '个别字段的代码页',
    },
    ...boundsProperties,
    trim: {
      enum: ['none', 'left', 'right', 'both'],
      default: 'both',
      description: 'Which blanks of text go',
      'x-zh': '去除文字哪一侧的空格',
    },
    variableSizeOccurs: {
      type: 'boolean',
      default: false,
      description: 'OCCURS DEPENDING ON takes only the room of the items that are there',
      'x-zh': 'OCCURS DEPENDING ON 只占实际项数的空间',
    },
    occursMappings: {
      type: 'object',
      maxProperties: 1000,
      additionalProperties: {
        type: 'object',
        additionalProperties: { type: 'integer', minimum: 0, maximum: 1000000 },
      },
      description: 'For an OCCURS field whose count is a code: count for each code',
      'x-zh': '以代码表示项数的 OCCURS 字段：各代码对应的项数',
    },
    segmentField: {
      type: 'string',
      maxLength: 100,
      description: 'Field that tells the record types apart',
      'x-zh': '区分记录类型的字段',
    },
    segmentRedefines: {
      type: 'object',
      maxProperties: 1000,
      additionalProperties: { type: 'string', maxLength: 100 },
      description: 'Group that a value of segmentField means; the other redefining groups are left out',
      'x-zh': 'segmentField 各取值对应的组；其余重定义的组不输出',
    },
    segmentChildren: {
      type: 'object',
      maxProperties: 1000,
      additionalProperties: {
        type: 'array',
        items: { type: 'string', maxLength: 100 },
        minItems: 1,
        maxItems: 100,
      },
      description:
        'Groups whose records become lists inside the record before them: {"COMPANY": ["CONTACTS"]}',
      'x-zh': '父组与子组：子记录并入前一条父记录的列表',
    },
    dropFillers: {
      type: 'boolean',
      default: true,
      description: 'Leaves FILLER out',
      'x-zh': '不输出 FILLER',
    },
    strictOverpunch: {
      type: 'boolean',
      default: false,
      description: 'A sign on an unsigned number is an error',
      'x-zh': '无符号数字带符号时报错',
    },
    floatFormat: {
      enum: ['ibm', 'ieee754'],
      default: 'ibm',
      description: 'Of COMP-1 and COMP-2',
      'x-zh': 'COMP-1、COMP-2 的浮点格式',
    },
    binaryEndian: {
      enum: ['big', 'little', 'comp5-little'],
      default: 'big',
      description:
        'Byte order of binary numbers and ieee754 floats: big (IBM hosts), little, or comp5-little where only COMP-5 and floats are little-endian (GnuCOBOL and Micro Focus on PCs and Linux)',
      'x-zh':
        '二进制数与 ieee754 浮点的字节序：big（IBM 主机）、little，comp5-little 仅 COMP-5 与浮点为小端（PC、Linux 上的 GnuCOBOL 与 Micro Focus）',
    },
    binarySize: {
      enum: ['2-4-8', '1-2-4-8', '1-8'],
      default: '2-4-8',
      description:
        'Bytes of binary numbers by their digits: 2-4-8 (IBM), 1-2-4-8 (GnuCOBOL), 1-8 as few as hold the digits (Micro Focus)',
      'x-zh': '二进制数按位数所占字节：2-4-8（IBM）、1-2-4-8（GnuCOBOL）、1-8 以够用为限（Micro Focus）',
    },
    decimalComma: {
      type: 'boolean',
      default: false,
      description: 'The program says DECIMAL-POINT IS COMMA: commas of edited pictures are decimal points',
      'x-zh': '程序写有 DECIMAL-POINT IS COMMA：编辑型 PICTURE 中逗号为小数点',
    },
    names: {
      enum: ['asis', 'snake'],
      default: 'asis',
      description: 'snake: - in names becomes _',
      'x-zh': 'snake：字段名中的 - 改为 _',
    },
    maxRecordBytes: {
      type: 'integer',
      minimum: 1024,
      maximum: 16777216,
      default: 1048576,
      description: 'The longest record, in bytes',
      'x-zh': '单条记录的最大字节数',
    },
  },
};

import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { codePages } from './codePages/codePage.ts';

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
  readonly names: 'asis' | 'snake';
  readonly maxRecordBytes: number;
}

const bytes = (description: string, zh: string): JsonSchema => ({
  type: 'integer',
  minimum: 0,
  maximum: 16777216,
  default: 0,
  description,
  'x-zh': zh,
});

const descriptorWord = (what: string, zh: string): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  default: {},
  description: `${what} descriptor word: byte order, whether its length counts its own 4 bytes, and a number to add`,
  'x-zh': `${zh}：字节序、长度是否包含自身 4 字节、修正值`,
  properties: {
    bigEndian: { type: 'boolean', default: true },
    includesHeader: { type: 'boolean', default: false },
    adjustment: { type: 'integer', minimum: -65536, maximum: 65536, default: 0 },
  },
});

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
    recordFormat: {
      enum: ['F', 'V', 'VB', 'D'],
      default: 'F',
      description:
        'F fixed length, V with record descriptor words, VB in blocks with block descriptor words, D lines of text',
      'x-zh': '记录格式：F 定长，V 带 RDW，VB 带 BDW 分块，D 文本行',
    },
    recordLength: {
      type: 'integer',
      minimum: 1,
      maximum: 16777216,
      description: 'Record length, where it is not that of the copybook',
      'x-zh': '记录长度（与副本不同时）',
    },
    recordLengthField: {
      type: 'string',
      maxLength: 100,
      description: 'Field that holds the length of its record',
      'x-zh': '存放记录长度的字段',
    },
    recordLengthMap: {
      type: 'object',
      maxProperties: 1000,
      additionalProperties: { type: 'integer', minimum: 1, maximum: 16777216 },
      description: 'Record length for each value of recordLengthField',
      'x-zh': 'recordLengthField 各取值对应的记录长度',
    },
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
    rdw: descriptorWord('Record', '记录描述字 RDW'),
    bdw: descriptorWord('Block', '块描述字 BDW'),
    fileHeaderBytes: bytes('Bytes before the first record', '首条记录之前的字节数'),
    fileTrailerBytes: bytes('Bytes after the last record', '末条记录之后的字节数'),
    recordStartOffset: bytes('Bytes before the fields in every record', '每条记录中字段之前的字节数'),
    recordEndOffset: bytes('Bytes after the fields in every record', '每条记录中字段之后的字节数'),
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

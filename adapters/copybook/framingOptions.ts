/** Options that say where a record begins and ends. */
import type { JsonSchema } from '../../schemas/datasetSchema.ts';

type Properties = Readonly<Record<string, JsonSchema>>;

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

/** How records are told apart, and their length. */
export const recordProperties: Properties = {
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
};

/** Descriptor words, and bytes around records and file. */
export const boundsProperties: Properties = {
  rdw: descriptorWord('Record', '记录描述字 RDW'),
  bdw: descriptorWord('Block', '块描述字 BDW'),
  fileHeaderBytes: bytes('Bytes before the first record', '首条记录之前的字节数'),
  fileTrailerBytes: bytes('Bytes after the last record', '末条记录之后的字节数'),
  recordStartOffset: bytes('Bytes before the fields in every record', '每条记录中字段之前的字节数'),
  recordEndOffset: bytes('Bytes after the fields in every record', '每条记录中字段之后的字节数'),
};

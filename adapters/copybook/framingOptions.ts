/** Options for the beginning and end of records. */
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

/** How records are separated, and their length. */
export const recordProperties: Properties = {
  recordFormat: {
    enum: ['F', 'V', 'VB', 'D'],
    default: 'F',
    description: 'F fixed length, V record descriptor words, VB block descriptor words too, D lines of text',
    'x-zh': '记录格式：F 定长，V 带 RDW，VB 带 BDW 分块，D 文本行',
  },
  recordLength: {
    type: 'integer',
    minimum: 1,
    maximum: 16777216,
    description: 'Format F: record length, where it is not that of the copybook',
    'x-zh': 'F 格式：记录长度（与记录布局不同时）',
  },
  recordLengthField: {
    type: 'string',
    maxLength: 100,
    description: 'Format F: field that holds the length of its record',
    'x-zh': 'F 格式：存放记录长度的字段',
  },
  recordLengthMap: {
    type: 'object',
    maxProperties: 1000,
    additionalProperties: { type: 'integer', minimum: 1, maximum: 16777216 },
    description: 'Record length for each value of recordLengthField',
    'x-zh': 'recordLengthField 各取值对应的记录长度',
  },
  recordLengthAdjustment: {
    type: 'integer',
    minimum: -65536,
    maximum: 65536,
    description: 'Added to the length that recordLengthField gives',
    'x-zh': '加到 recordLengthField 所示长度上的修正值',
  },
  lengthByView: {
    const: true,
    description:
      'Format F: each record is as long as the view that segmentRedefines or a redefineRule by field chooses',
    'x-zh': 'F 格式：每条记录的长度等于 segmentRedefines 或按字段的 redefineRules 所选视图的长度',
  },
  recordHeader: {
    type: 'object',
    additionalProperties: false,
    required: ['bytes', 'lengthBytes'],
    properties: {
      bytes: {
        type: 'integer',
        minimum: 1,
        maximum: 256,
        description: 'Bytes of it',
        'x-zh': '记录头字节数',
      },
      lengthAt: {
        type: 'integer',
        minimum: 0,
        maximum: 255,
        default: 0,
        description: 'Offset of the length in the header, from 0',
        'x-zh': '记录长度在记录头中的位置，从 0 起',
      },
      lengthBytes: {
        type: 'integer',
        minimum: 1,
        maximum: 6,
        description: 'Bytes of the length',
        'x-zh': '长度所占字节数',
      },
      form: {
        enum: ['big', 'little', 'ascii', 'ebcdic'],
        default: 'big',
        description: 'A binary number of either byte order, or digits',
        'x-zh': '二进制（大端、小端）或数字字符',
      },
      includesHeader: {
        type: 'boolean',
        default: false,
        description: 'The length counts the header too',
        'x-zh': '长度包含记录头自身',
      },
      adjustment: {
        type: 'integer',
        minimum: -65536,
        maximum: 65536,
        default: 0,
        description: 'Added to the length',
        'x-zh': '长度修正值',
      },
      mark: {
        type: 'object',
        additionalProperties: false,
        required: ['hex'],
        properties: {
          at: { type: 'integer', minimum: 0, maximum: 255, default: 0 },
          hex: { type: 'string', pattern: '^([0-9a-fA-F]{2}){1,64}$' },
        },
        description: 'Bytes that every header has; others are refused with their place',
        'x-zh': '每个记录头都有的字节，不符即指出位置并拒绝',
      },
    },
    description: 'A special header before every record, instead of recordFormat',
    'x-zh': '每条记录之前的自定义记录头，取代 recordFormat',
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

import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { maxRecordBytes } from '../reading/maxRecordBytes.ts';
import { codePages } from './codePages/codePage.ts';
import { fieldPages } from './codePages/fieldPage.ts';
import { boundsProperties, recordProperties } from './framingOptions.ts';
import { trailerOption, type TrailerOption } from '../reading/trailer.ts';
import { textEncodings } from './textEncodings.ts';
import { viewProperties, type RedefineRule } from './viewOptions.ts';

export interface DescriptorWord {
  readonly bigEndian: boolean;
  readonly includesHeader: boolean;
  readonly adjustment: number;
}

/** A header that the writing program put before each record, in place of an RDW. */
export interface RecordHeader {
  readonly bytes: number;
  /** position of the length in it, from 0 */
  readonly lengthAt: number;
  readonly lengthBytes: number;
  /** a binary number of either byte order, or digits */
  readonly form: 'big' | 'little' | 'ascii' | 'ebcdic';
  readonly includesHeader: boolean;
  readonly adjustment: number;
  /** bytes that every header contains */
  readonly mark?: { readonly at: number; readonly hex: string };
}

export interface CopybookOptions {
  readonly copybook: string;
  readonly recordFormat: 'F' | 'V' | 'VB' | 'D';
  readonly recordLength?: number;
  readonly recordLengthField?: string;
  readonly recordLengthMap?: Readonly<Record<string, number>>;
  readonly recordLengthAdjustment?: number;
  readonly lengthByView?: true;
  readonly recordHeader?: RecordHeader;
  /** `ebcdic`, `ascii` or another of textEncodings */
  readonly encoding: string;
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
  readonly redefineRules?: Readonly<Record<string, RedefineRule>>;
  readonly views: 'doubt' | 'keep';
  readonly dropFillers: boolean;
  readonly strictOverpunch: boolean;
  readonly floatFormat: 'ibm' | 'ieee754';
  readonly binaryEndian: 'big' | 'little' | 'comp5-little';
  readonly binarySize: '2-4-8' | '1-2-4-8' | '1-8';
  readonly decimalComma: boolean;
  readonly names: 'asis' | 'snake';
  readonly trailer?: TrailerOption;
  readonly maxRecordBytes: number;
}

const pages = [...codePages];

/** The record format of options that would be ignored with any other one. */
const ofFormatF = { recordFormat: { const: 'F' }, recordHeader: false };

export const copybookOptionsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'COBOL copybook',
  type: 'object',
  additionalProperties: false,
  required: ['copybook'],
  dependentRequired: {
    recordLengthMap: ['recordLengthField'],
    recordLengthAdjustment: ['recordLengthField'],
    segmentField: ['segmentRedefines'],
    segmentRedefines: ['segmentField'],
    segmentChildren: ['segmentField', 'segmentRedefines'],
  },
  dependentSchemas: {
    recordLength: { properties: ofFormatF },
    recordLengthField: { properties: { ...ofFormatF, lengthByView: false } },
    lengthByView: {
      anyOf: [{ required: ['segmentRedefines'] }, { required: ['redefineRules'] }],
      properties: { ...ofFormatF, recordLength: false },
    },
  },
  properties: {
    copybook: {
      type: 'string',
      minLength: 1,
      maxLength: 1000000,
      description: 'The text of the copybook',
      'x-zh': '记录布局全文',
    },
    ...recordProperties,
    encoding: {
      enum: textEncodings,
      default: 'ebcdic',
      description:
        'Of text and zoned numbers. ascii refuses bytes above 7F; the others are ASCII with more characters',
      'x-zh': '文字与区位数字的编码。ascii 不接受 7F 以上的字节；其余为含更多字符的 ASCII 编码',
    },
    codePage: {
      enum: pages,
      default: 'common',
      description:
        'Of EBCDIC. common: characters of all pages; other bytes are read as cp037 if that gives ASCII, else as blanks, both doubted. cp935, cp1388: Chinese with SO/SI',
      'x-zh':
        'EBCDIC 代码页。common 仅含各代码页共有字符；各页含义不同的字节按 cp037 读，结果不是 ASCII 字符的读作空格，均记为存疑。cp935、cp1388 为带 SO/SI 的中文',
    },
    fieldCodePages: {
      type: 'object',
      maxProperties: 1000,
      additionalProperties: { enum: fieldPages },
      description: 'Code page of single text fields, also edited ones: of EBCDIC or ASCII',
      'x-zh': '个别文字字段（含编辑型）的代码页，EBCDIC 或 ASCII 均可',
    },
    ...boundsProperties,
    trim: {
      enum: ['none', 'left', 'right', 'both'],
      default: 'both',
      description: 'Which blanks of a text are removed',
      'x-zh': '去除文字哪一侧的空格',
    },
    variableSizeOccurs: {
      type: 'boolean',
      default: false,
      description: 'An OCCURS DEPENDING ON list occupies only the bytes of the items present',
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
    ...viewProperties,
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
        'Of binary numbers and ieee754 floats: big (IBM hosts), little, or comp5-little: only COMP-5 and floats (GnuCOBOL and Micro Focus on PCs and Linux)',
      'x-zh':
        '二进制数与 ieee754 浮点的字节序：big（IBM 主机）、little，comp5-little 仅 COMP-5 与浮点为小端（PC、Linux 上的 GnuCOBOL 与 Micro Focus）',
    },
    binarySize: {
      enum: ['2-4-8', '1-2-4-8', '1-8'],
      default: '2-4-8',
      description:
        'Bytes of binary numbers: 2-4-8 (IBM), 1-2-4-8 (GnuCOBOL), 1-8 as few as hold the digits (Micro Focus)',
      'x-zh': '二进制数按位数所占字节：2-4-8（IBM）、1-2-4-8（GnuCOBOL）、1-8 以够用为限（Micro Focus）',
    },
    decimalComma: {
      type: 'boolean',
      default: false,
      description: 'DECIMAL-POINT IS COMMA: commas of edited pictures are decimal points',
      'x-zh': '程序写有 DECIMAL-POINT IS COMMA：编辑型 PICTURE 中逗号为小数点',
    },
    names: {
      enum: ['asis', 'snake'],
      default: 'asis',
      description: 'snake: - in names becomes _',
      'x-zh': 'snake：字段名中的 - 改为 _',
    },
    trailer: trailerOption,
    maxRecordBytes,
  },
};

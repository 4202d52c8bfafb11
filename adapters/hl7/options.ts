import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { encodingLabels } from '../reading/text/encodings.ts';

export interface Hl7Options {
  readonly encoding: string;
  readonly rows: string;
  readonly continuationLines: 'doubt' | 'join';
  readonly trailers: 'doubt' | 'any';
  readonly maxRecordBytes: number;
}

export const hl7OptionsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'HL7 v2',
  type: 'object',
  additionalProperties: false,
  properties: {
    encoding: {
      enum: ['auto', ...encodingLabels],
      default: 'auto',
      description:
        'Of all messages; auto: of each what its MSH-18 names, unless its bytes prove another, which is a doubt; without MSH-18 UTF-8 or GB18030 by content',
      'x-zh':
        '全部消息的字符编码；auto：每条消息按其 MSH-18，字节表明是另一种编码时存疑；没有 MSH-18 的按内容判断 UTF-8 或 GB18030',
    },
    rows: {
      type: 'string',
      pattern: '^(message|[A-Z][A-Z0-9]{2})$',
      default: 'message',
      description:
        'message: a record a message; a segment such as OBX: a record each, with the segments before it',
      'x-zh': 'message 为每条消息一条记录；写段名（如 OBX）则每段一条记录，并带上它之前的段',
    },
    continuationLines: {
      enum: ['doubt', 'join'],
      default: 'doubt',
      description:
        'A line that is no segment, because a text holds a line end: joined to the segment before, with a doubt (doubt) or as its text (join). join also takes lines that look like segments after another line end than those of their message',
      'x-zh':
        '因文字中有换行而不是段的行：接到上一段并存疑（doubt），或作为该段文字的一行（join）。join 还把虽像段、但行结束符与本消息各段不同的行当作文字',
    },
    trailers: {
      enum: ['doubt', 'any'],
      default: 'doubt',
      description:
        'A batch or file header (BHS, FHS) without trailer (BTS, FTS): a doubt (the file may be incomplete), or accepted',
      'x-zh': '批或文件头（BHS、FHS）没有对应的尾（BTS、FTS）：doubt 整个文件存疑（可能不完整），any 接受',
    },
    maxRecordBytes: {
      type: 'integer',
      minimum: 1024,
      maximum: 67108864,
      default: 16777216,
      description: 'The longest segment, in bytes',
      'x-zh': '单个段的最大字节数',
    },
  },
};

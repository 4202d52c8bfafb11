import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { encodingLabels } from '../reading/text/encodings.ts';

export interface Hl7Options {
  readonly encoding: string;
  readonly rows: string;
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
      description: 'Character encoding; auto: UTF-8 or GB18030 by content, whatever MSH-18 says',
      'x-zh': '字符编码；auto 按内容判断 UTF-8 或 GB18030，不以 MSH-18 为准',
    },
    rows: {
      type: 'string',
      pattern: '^(message|[A-Z][A-Z0-9]{2})$',
      default: 'message',
      description:
        'message: a record a message; a segment such as OBX: a record for each of them, with the segments before it',
      'x-zh': 'message 为每条消息一条记录；写段名（如 OBX）则每段一条记录，并带上它之前的段',
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

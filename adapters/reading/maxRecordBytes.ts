import type { JsonSchema } from '../../schemas/datasetSchema.ts';

/** The option of every format of lines or records. A longer record is refused; the hub does not buffer it to find its end. */
export const maxRecordBytes: JsonSchema = {
  type: 'integer',
  minimum: 1024,
  maximum: 16777216,
  default: 1048576,
  description: 'The longest record, in bytes',
  'x-zh': '单条记录的最大字节数',
};

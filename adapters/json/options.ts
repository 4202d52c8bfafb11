import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { encodingLabels } from '../reading/text/encodings.ts';

export interface JsonOptions {
  readonly layout: 'auto' | 'lines' | 'document';
  readonly rows: string;
  readonly count?: string;
  readonly encoding: string;
  readonly maxRecordChars: number;
  readonly maxDepth: number;
}

export const jsonOptionsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'JSON / NDJSON',
  type: 'object',
  additionalProperties: false,
  // each line is a record: there is no list elsewhere, nor a number of its records
  if: { type: 'object', required: ['layout'], properties: { layout: { const: 'lines' } } },
  then: { type: 'object', properties: { rows: { const: '' }, count: false } },
  properties: {
    layout: {
      enum: ['auto', 'lines', 'document'],
      default: 'auto',
      description:
        'lines: one value a line (NDJSON); document: one list, or objects in a row; auto: lines where the first line is a whole object',
      'x-zh':
        'lines：每行一个值（NDJSON）；document：一个列表，或依次排列的对象；auto：首行是完整对象时按 lines',
    },
    rows: {
      type: 'string',
      pattern: '^(/[^/]+)*$',
      maxLength: 300,
      default: '',
      description: 'Path of the list of records in a document: /data/items. Default: the top',
      'x-zh': '记录列表在文档中的位置，如 /data/items；默认在顶层',
    },
    count: {
      type: 'string',
      pattern: '^(/[^/]+)+$',
      maxLength: 300,
      description:
        'Where a document states the number of records at rows: /data/total. Another number is a doubt about the file',
      'x-zh': '文档声明 rows 处记录数的位置，如 /data/total；与实有条数不同时整个文件存疑',
    },
    encoding: {
      enum: ['auto', ...encodingLabels],
      default: 'auto',
      description: 'auto: byte order mark, else UTF-8',
      'x-zh': '字符编码；auto：字节顺序标记，否则 UTF-8',
    },
    maxRecordChars: {
      type: 'integer',
      minimum: 1024,
      maximum: 67108864,
      default: 4194304,
      description: 'Largest record',
      'x-zh': '单条记录的最大字符数',
    },
    maxDepth: {
      type: 'integer',
      minimum: 1,
      maximum: 256,
      default: 64,
      description: 'Deepest nesting',
      'x-zh': '最大嵌套层数',
    },
  },
};

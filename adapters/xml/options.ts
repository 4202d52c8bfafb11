import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import type { MarkupLimits } from '../reading/markup/limits.ts';
import { encodingLabels } from '../reading/text/encodings.ts';

export interface XmlOptions extends MarkupLimits {
  readonly rows: string;
  readonly encoding: string;
  readonly namespaces?: Readonly<Record<string, string>>;
  readonly lists?: readonly string[];
  readonly mixed?: readonly string[];
  readonly carry?: Readonly<Record<string, string>>;
  readonly count?: string;
  readonly trim: boolean;
}

const path = '^/{1,2}[^/\\s]+(/[^/\\s]+)*$';
const valuePath = '^/{1,2}[^/\\s]+(/[^/\\s]+)*(/@[^/\\s]+)?$';
const names = (description: string, zh: string): JsonSchema => ({
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: 200 },
  maxItems: 200,
  description,
  'x-zh': zh,
});

export const xmlOptionsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'XML / SOAP',
  type: 'object',
  additionalProperties: false,
  properties: {
    rows: {
      type: 'string',
      pattern: path,
      maxLength: 500,
      default: '/*',
      description:
        'Elements that are records: /root/group/item, or //item at any depth; * is any name. Default: the whole document is one record',
      'x-zh': '哪些元素是记录：/根/组/项，或任意深度的 //项；* 为任意名称。默认整个文档为一条记录',
    },
    encoding: {
      enum: ['auto', ...encodingLabels],
      default: 'auto',
      description: 'auto: byte order mark, else the XML declaration, else UTF-8',
      'x-zh': '字符编码；auto：字节顺序标记、XML 声明、UTF-8 依次判断',
    },
    namespaces: {
      type: 'object',
      maxProperties: 50,
      propertyNames: { pattern: '^[A-Za-z_][\\w.-]*$' },
      additionalProperties: { type: 'string', minLength: 1, maxLength: 500 },
      description:
        'Prefix → URI: elements of that namespace are named prefix:name, with any prefix in the document. Others go by their local name',
      'x-zh': '自定前缀与命名空间 URI；该命名空间的元素记作“前缀:名”，其余只用本地名',
    },
    lists: names('Names that are lists even if they occur once', '即使只出现一次也作为列表的元素名'),
    mixed: names(
      'Names whose whole text is wanted, inner elements included',
      '取其全部文字（含内部元素）的元素名',
    ),
    carry: {
      type: 'object',
      maxProperties: 50,
      additionalProperties: {
        type: 'string',
        pattern: valuePath,
        maxLength: 500,
      },
      description: 'Values before the records that are added to each: {"published": "/feed/time"}',
      'x-zh': '位于记录之前、要带入每条记录的值',
    },
    count: {
      type: 'string',
      pattern: valuePath,
      maxLength: 500,
      description:
        'Where the document states its number of records: /data/@count. Another number is a doubt about the file; with 0, a document without records is in order',
      'x-zh': '文档声明记录数的位置，如 /data/@count；与实有条数不同时整个文件存疑，声明为 0 时允许没有记录',
    },
    trim: {
      type: 'boolean',
      default: true,
      description: 'White space around text goes',
      'x-zh': '去除文字首尾空白',
    },
    maxDepth: {
      type: 'integer',
      minimum: 1,
      maximum: 256,
      default: 64,
      description: 'Deepest nesting',
      'x-zh': '最大嵌套层数',
    },
    maxAttributes: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: 64,
      description: 'Most attributes of one element',
      'x-zh': '单个元素的最多属性数',
    },
    maxTextChars: {
      type: 'integer',
      minimum: 1024,
      maximum: 67108864,
      default: 1048576,
      description: 'Longest text, tag or comment',
      'x-zh': '最长的文字、标签或注释',
    },
    maxRecordChars: {
      type: 'integer',
      minimum: 1024,
      maximum: 67108864,
      default: 16777216,
      description: 'Largest record',
      'x-zh': '单条记录的最大字符数',
    },
  },
};

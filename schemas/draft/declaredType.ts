/** The meaning of a type that a database or a data dictionary declares. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { Column } from './table.ts';

export interface Typed {
  /** type and its bounds: only `maxLength` may be missing */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly confidence: number;
  readonly reason: Bilingual;
}

interface Kind {
  readonly names: RegExp;
  readonly confidence: number;
  readonly schema: (column: Column) => Readonly<Record<string, unknown>>;
  readonly note?: Bilingual;
}

/** Maximum length that a draft gives to long text; a person adjusts it. */
const longText = 65_535;
const largeObject = 1_000_000;

const decimal = ({ length, scale }: Column): Readonly<Record<string, unknown>> =>
  scale === 0 && length !== undefined && length <= 15
    ? { type: 'integer' }
    : { type: 'string', format: 'decimal', maxLength: Math.min(40, (length ?? 38) + 2) };

/** The first match decides: `bigint` precedes `int`, `日期时间` precedes `日期`. */
const kinds: readonly Kind[] = [
  { names: /^(bool|boolean|布尔|逻辑)/, confidence: 0.7, schema: () => ({ type: 'boolean' }) },
  {
    names: /^bit$/,
    confidence: 0.7,
    schema: ({ length = 1 }) => (length === 1 ? { type: 'boolean' } : { type: 'string', maxLength: length }),
  },
  {
    names: /^(bigint|int8|bigserial|long long|长整)/,
    confidence: 0.7,
    schema: () => ({ type: 'string', format: 'decimal', maxLength: 20 }),
  },
  {
    names: /^(tinyint|smallint|mediumint|int|integer|int2|int4|serial|smallserial|year|整数|整型|整)/,
    confidence: 0.7,
    schema: () => ({ type: 'integer' }),
  },
  {
    names: /^(money|smallmoney|小数|货币|金额)/,
    confidence: 0.7,
    schema: ({ length = 38 }) => ({ type: 'string', format: 'decimal', maxLength: Math.min(40, length + 2) }),
  },
  {
    names: /^(number|numeric|decimal|dec|数值|数字|n$)/,
    confidence: 0.7,
    // a number without a scale is an integer where its length is given, such as NUMBER(10) and 数值型 10
    schema: (column) => decimal(column.length === undefined ? column : { scale: 0, ...column }),
  },
  {
    names: /^(float|double|real|binary_float|binary_double|浮点|双精度|单精度)/,
    confidence: 0.6,
    schema: () => ({ type: 'number' }),
  },
  {
    names: /^(timestamp|datetime|smalldatetime|时间戳|日期时间|日期型?时间|时间)/,
    confidence: 0.6,
    schema: () => ({ type: 'string', format: 'date-time' }),
  },
  { names: /^(date|日期)/, confidence: 0.7, schema: () => ({ type: 'string', format: 'date' }) },
  { names: /^time/, confidence: 0.6, schema: () => ({ type: 'string', maxLength: 20 }) },
  {
    names: /^(uuid|uniqueidentifier)/,
    confidence: 0.8,
    schema: () => ({ type: 'string', format: 'uuid' }),
  },
  {
    names: /^(tinytext)/,
    confidence: 0.6,
    schema: () => ({ type: 'string', maxLength: 255 }),
  },
  {
    names:
      /^(text|mediumtext|longtext|ntext|clob|nclob|dbclob|long$|xml|json|jsonb|hstore|备注|大文本|长文本)/,
    confidence: 0.5,
    schema: ({ type = '', length }) => ({
      type: 'string',
      maxLength: length ?? (/^(text|备注)/.test(type) ? longText : largeObject),
    }),
    note: { zh: '长文本，上限暂定，请核对', en: 'a long text: its bound is a placeholder' },
  },
  {
    names:
      /^(blob|tinyblob|mediumblob|longblob|bytea|binary|varbinary|image|raw|bfile|二进制|图像|图片|照片)/,
    confidence: 0.2,
    schema: () => ({ type: 'string', maxLength: largeObject }),
    note: {
      zh: '二进制内容：若要共享，须转为 base64 文本',
      en: 'binary content: to be shared it must become base64 text',
    },
  },
  {
    names:
      /^(char|varchar|nvarchar|nchar|character|string|bpchar|national|enum|set|字符|字符串|文本|文字|变长|定长|an?$|c$|vc$)/,
    confidence: 0.6,
    schema: () => ({ type: 'string' }),
  },
];

const unknownKind: Kind = {
  names: /^/,
  confidence: 0.2,
  schema: ({ length = 4000 }) => ({ type: 'string', maxLength: length }),
  note: { zh: '未能识别，按文本处理', en: 'which is not known: taken as text' },
};

/** Whether a word of a dictionary or of DDL names a type. */
export function isTypeName(type: string): boolean {
  const plain = type.trim().toLowerCase();
  return kinds.some(({ names }) => names.test(plain));
}

/** The schema of a declared type. An unknown type is a text, and the reason states that. */
export function byDeclaredType(column: Column): Typed {
  const { type = '', array } = column;
  const { note, confidence, schema: schemaOf } = kinds.find(({ names }) => names.test(type)) ?? unknownKind;
  const shown = array === true ? `${type}[]` : type;
  const reason = {
    zh: `类型 ${shown}${note === undefined ? '' : `，${note.zh}`}`,
    en: `type ${shown}${note === undefined ? '' : `, ${note.en}`}`,
  };
  const schema = schemaOf(column);
  if (array !== true) return { schema, confidence, reason };
  const items =
    schema['type'] === 'string' && schema['format'] === undefined ? bounded(schema, column) : schema;
  return { schema: { type: 'array', items, maxItems: 1000 }, confidence: Math.min(confidence, 0.5), reason };
}

function bounded(
  schema: Readonly<Record<string, unknown>>,
  { length }: Column,
): Readonly<Record<string, unknown>> {
  return { ...schema, maxLength: schema['maxLength'] ?? length ?? 4000 };
}

/** JSON Schema of mapping documents: it validates them, and the documentation is generated from it. */
import type { JsonSchema } from '../../schemas/datasetSchema.ts';

const text = (description: string, zh: string): JsonSchema => ({
  type: 'string',
  maxLength: 200,
  description,
  'x-zh': zh,
});
const flag = (description: string, zh: string): JsonSchema => ({ type: 'boolean', description, 'x-zh': zh });
const from = {
  anyOf: [
    { type: 'string', minLength: 1, maxLength: 500 },
    { type: 'integer', minimum: 1, maximum: 16384 },
  ],
};
const values = {
  anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 1000 }],
};
const beginnings = {
  type: 'array',
  items: { type: 'string', pattern: '\\S', maxLength: 100 },
  minItems: 1,
  maxItems: 100,
};
const scalar = { type: ['string', 'number', 'boolean', 'null'] };
const patterns = {
  anyOf: [
    { type: 'string', minLength: 1, maxLength: 40 },
    { type: 'array', items: { type: 'string', minLength: 1, maxLength: 40 }, minItems: 1, maxItems: 10 },
  ],
};

/** A conversion that cannot be combined with the others. */
const exclusive = (one: string, ...others: readonly string[]): readonly JsonSchema[] =>
  others.map((other) => ({ not: { required: [one, other] } }));

const fieldSpec: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  allOf: [
    {
      oneOf: [
        { required: ['from'] },
        { required: ['const'] },
        { required: ['join'] },
        { required: ['when'] },
      ],
    },
    ...exclusive('code', 'date', 'datetime'),
    ...exclusive('date', 'datetime'),
    ...exclusive('number', 'code', 'date', 'datetime'),
    ...exclusive('boolean', 'code', 'number'),
    ...exclusive('point', 'code', 'date', 'datetime', 'number', 'boolean'),
  ],
  dependentRequired: { sep: ['join'], else: ['when'], zone: ['datetime'], otherCode: ['code'] },
  properties: {
    from: {
      ...from,
      description: 'Column name, column number, or path in nested formats',
      'x-zh': '列名、列号，嵌套格式中为路径',
    },
    const: { ...scalar, description: 'The same value in every row', 'x-zh': '固定值' },
    join: {
      type: 'array',
      items: from,
      minItems: 1,
      maxItems: 20,
      description: 'Several cells as one text',
      'x-zh': '拼接多列',
    },
    sep: text('Between joined cells', '拼接时的分隔文字'),
    when: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['from', 'is', 'use'],
        properties: { from, is: values, use: { $ref: '#/$defs/field' } },
      },
      description: 'The first case whose cell equals one of the values decides',
      'x-zh': '按某列的取值（仅相等比较）选择处理方式',
    },
    else: { $ref: '#/$defs/field' },
    trim: flag('Drops white space at both ends, ideographic spaces too', '去除首尾空白（含全角空格）'),
    dropInvisible: flag(
      'Drops invisible characters: zero width, bidi marks, soft hyphens, controls but TAB and line ends',
      '去除看不见的字符：零宽、双向控制、软连字符、控制字符（TAB、换行除外）',
    ),
    asWritten: flag(
      'A text such as 4.40106E+17, 2-Jan or 440,106,199 is meant as written; otherwise it is doubted, since a spreadsheet may have made it',
      '4.40106E+17、1月2日、440,106,199 之类的文字就是原意；不写则视为电子表格所改，存疑',
    ),
    width: flag('Full-width letters, digits and marks become half-width', '全角字母、数字、符号转半角'),
    upper: flag('Upper case', '转大写'),
    lower: flag('Lower case', '转小写'),
    keepEmpty: flag('An empty cell is an empty text, not a missing value', '空单元格作为空串，不作缺失值'),
    nullIf: {
      type: 'array',
      items: { type: 'string' },
      maxItems: 200,
      description: 'Texts that mean «no value»',
      'x-zh': '视为缺失值的文字',
    },
    split: {
      type: 'object',
      additionalProperties: false,
      required: ['by', 'index'],
      properties: {
        by: { type: 'string', minLength: 1, maxLength: 20 },
        index: { type: 'integer', minimum: 0, maximum: 1000 },
      },
      description: 'One part of a text, counted from 0',
      'x-zh': '按分隔文字取第几段（从 0 起）',
    },
    slice: {
      type: 'array',
      items: { type: 'integer', minimum: -10000, maximum: 10000 },
      minItems: 1,
      maxItems: 2,
      description: 'Characters from start to end (negative: from the end)',
      'x-zh': '按字符截取 [起, 止)',
    },
    pad: {
      type: 'object',
      additionalProperties: false,
      required: ['to', 'with'],
      properties: {
        to: { type: 'integer', minimum: 1, maximum: 200 },
        with: { type: 'string', minLength: 1, maxLength: 1 },
        side: { enum: ['left', 'right'] },
      },
      description: 'Fills up to a length, at the left by default',
      'x-zh': '补足长度，默认左补',
    },
    default: { ...scalar, description: 'Value in place of a missing one', 'x-zh': '缺失时的取值' },
    code: {
      anyOf: [
        { type: 'string', minLength: 1, maxLength: 120 },
        {
          type: 'object',
          minProperties: 1,
          maxProperties: 5000,
          additionalProperties: { type: ['string', 'number', 'boolean'] },
        },
      ],
      description: 'Code list (id or id@version: accepts codes and names, gives codes), or a table',
      'x-zh': '代码表（标识或标识@版本，代码与名称均可识别，输出代码），或就地列出对照',
    },
    otherCode: {
      ...scalar,
      description: 'Value for texts that the code list lacks; without it they are errors',
      'x-zh': '代码表之外的取值；不写则为错误',
    },
    date: {
      ...patterns,
      description: 'Patterns such as yyyyMMdd, yyyy-M-d; out comes YYYY-MM-DD',
      'x-zh': '日期样式，输出 YYYY-MM-DD',
    },
    datetime: {
      ...patterns,
      description: 'Patterns such as yyyy/M/d HH:mm:ss; out comes RFC 3339 with the zone',
      'x-zh': '日期时间样式，输出带时区',
    },
    zone: {
      type: 'string',
      pattern: '^([+-](0\\d|1[0-4]):[0-5]\\d|Z)$',
      description: 'Offset of times that name none',
      'x-zh': '时区偏移',
    },
    calendar: {
      enum: ['gregorian', 'roc'],
      description: 'roc: years of 民国 (1 = 1912)',
      'x-zh': '历法；roc 为民国纪年',
    },
    pivot: {
      type: 'integer',
      minimum: 0,
      maximum: 99,
      description: 'Two-digit years from here on are 19xx',
      'x-zh': '两位年份的分界，不小于此值为 19xx',
    },
    number: {
      anyOf: [
        { const: true },
        {
          type: 'object',
          additionalProperties: false,
          properties: {
            group: { enum: [',', '.', ' ', "'", '，'] },
            decimal: { enum: ['.', ',', '·'] },
            sign: { enum: ['leading', 'trailing', 'parentheses'] },
          },
        },
      ],
      description: 'A decimal number, read exactly; group: separator of thousands',
      'x-zh': '数字（精确）；group 为千分位符',
    },
    times: {
      type: 'string',
      pattern: '^-?\\d{1,15}(\\.\\d{1,15})?$',
      description: 'Exact factor, as text',
      'x-zh': '倍数（精确）',
    },
    scale: {
      type: 'integer',
      minimum: 0,
      maximum: 18,
      description: 'Decimals that come out; more in the file is an error',
      'x-zh': '小数位数；原值更多位时报错',
    },
    boolean: {
      type: 'object',
      additionalProperties: false,
      required: ['true', 'false'],
      properties: {
        true: { type: 'array', items: { type: 'string' }, minItems: 1 },
        false: { type: 'array', items: { type: 'string' }, minItems: 1 },
      },
      description: 'Texts for yes and no',
      'x-zh': '“是”与“否”的写法',
    },
    point: {
      type: 'object',
      additionalProperties: false,
      properties: {
        datum: { enum: ['wgs84', 'cgcs2000', 'gcj02', 'bd09'] },
        order: { enum: ['lon,lat', 'lat,lon'] },
      },
      description:
        'A place: "longitude,latitude", two joined columns or a GeoJSON Point; gcj02 and bd09 are converted to WGS 84',
      'x-zh': '位置：“经度,纬度”、拼接的两列或 GeoJSON 点；gcj02、bd09 换算为 WGS 84',
    },
    check: {
      type: 'string',
      maxLength: 60,
      description: 'Named check, e.g. cn-resident-id',
      'x-zh': '具名校验，如 cn-resident-id',
    },
  },
};

export const mappingSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Mapping',
  type: 'object',
  additionalProperties: false,
  required: ['mapping', 'target', 'source', 'fields'],
  properties: {
    mapping: {
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9./-]{0,99}@[1-9]\\d{0,5}$',
      description: 'Name and version',
      'x-zh': '映射名称与版本',
    },
    target: {
      type: 'string',
      minLength: 3,
      maxLength: 200,
      description: 'Schema: short name or URN',
      'x-zh': '目标数据集标准',
    },
    source: {
      type: 'object',
      additionalProperties: false,
      required: ['format'],
      properties: { format: { type: 'string', maxLength: 40 }, options: { type: 'object' } },
      description: 'Format and reader options',
      'x-zh': '文件格式与读取选项',
    },
    limits: {
      type: 'object',
      additionalProperties: false,
      properties: {
        maxBad: { type: 'integer', minimum: 0 },
        maxBadRatio: { type: 'number', minimum: 0, maximum: 1 },
      },
      description: 'A batch with more bad records is held; without limits any bad record holds it',
      'x-zh': '问题数据上限；超过则整批搁置，不写则不容许任何问题数据',
    },
    doubts: {
      enum: ['refuse', 'tell'],
      default: 'refuse',
      description:
        'Records that a reader guessed or repaired: refuse makes problem records of them and refuses a doubted file; tell accepts, reports and counts them',
      'x-zh':
        '读取时须猜测或放宽的记录：refuse（严格）记为问题数据、整份存疑的文件不予接收；tell 照收，提示并计数',
    },
    skipIf: {
      type: 'array',
      maxItems: 20,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['from'],
        oneOf: [{ required: ['is'] }, { required: ['begins'] }, { required: ['empty'] }],
        properties: { from, is: values, begins: beginnings, empty: { const: true } },
      },
      description: 'Records that are left out, and counted: totals lines, cancelled rows',
      'x-zh': '跳过（并计数）的记录，如合计行',
    },
    fields: {
      type: 'object',
      minProperties: 1,
      maxProperties: 500,
      additionalProperties: { $ref: '#/$defs/field' },
      description: 'Target field → where its value comes from and what is done to it',
      'x-zh': '目标数据项 → 取值来源与处理',
    },
  },
  $defs: { field: fieldSpec },
};

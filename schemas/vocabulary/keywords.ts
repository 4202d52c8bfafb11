/**
 * The hub's own keywords: flat, each with a meta-schema, so that a wrong value and (under strict) a misspelt name fail. `$schema` remains
 * the 2020-12 URI, so other tools read the files too.
 */
import { attachmentTypes, maxAttachmentBytes } from '../attachments.ts';
import type { JsonSchema } from '../datasetSchema.ts';

const bilingual: JsonSchema = {
  type: 'object',
  properties: {
    zh: { type: 'string', minLength: 1, maxLength: 200 },
    en: { type: 'string', minLength: 1, maxLength: 200 },
  },
  required: ['zh', 'en'],
  additionalProperties: false,
};

/** Tags of x-semantic, the join points between datasets. */
export const semanticTags = [
  'cn.resident-id',
  'cn.uscc',
  'cn.admin-code',
  'cn.mobile',
  'cn.bank-card',
  'person.name',
  'address.full',
  'geo.lon',
  'geo.lat',
  'time.event',
] as const;
export type SemanticTag = (typeof semanticTags)[number];

export interface Keyword {
  readonly name: string;
  /** where it is allowed: the root, a field (any sub-schema), or both */
  readonly place: 'root' | 'field' | 'any';
  readonly meaning: { readonly zh: string; readonly en: string };
  readonly metaSchema: JsonSchema;
}

export const vocabulary: readonly Keyword[] = [
  {
    name: 'x-title',
    place: 'any',
    meaning: { zh: '中英文名称', en: 'title in both languages' },
    metaSchema: bilingual,
  },
  {
    name: 'x-class',
    place: 'any',
    meaning: {
      zh: '数据分类：核心、重要、一般（GB/T 43697-2024）',
      en: 'class: core, important, general (GB/T 43697-2024)',
    },
    metaSchema: { enum: ['core', 'important', 'general'] },
  },
  {
    name: 'x-sensitivity',
    place: 'field',
    meaning: { zh: '敏感级别 L1–L4', en: 'sensitivity level L1–L4' },
    metaSchema: { enum: ['L1', 'L2', 'L3', 'L4'] },
  },
  {
    name: 'x-personal',
    place: 'field',
    meaning: {
      zh: '是否个人信息、敏感个人信息（个保法第二十八条）',
      en: 'personal or sensitive personal data (PIPL art. 28)',
    },
    metaSchema: { enum: ['none', 'personal', 'sensitive'] },
  },
  {
    name: 'x-subject-key',
    place: 'field',
    meaning: { zh: '标明记录所涉主体的字段', en: 'the field that says whom a record is about' },
    metaSchema: { enum: ['person', 'organization', 'place'] },
  },
  {
    name: 'x-primary-key',
    place: 'root',
    meaning: { zh: '主键字段（JSON 指针）', en: 'fields of the primary key, as JSON pointers' },
    metaSchema: {
      type: 'array',
      items: { type: 'string', pattern: '^/[^/]+$' },
      minItems: 1,
      maxItems: 8,
      uniqueItems: true,
    },
  },
  {
    name: 'x-semantic',
    place: 'field',
    meaning: { zh: '数据元语义标签', en: 'semantic tag' },
    metaSchema: { enum: semanticTags },
  },
  {
    name: 'x-unit',
    place: 'field',
    meaning: { zh: '计量单位（UCUM）', en: 'unit (UCUM code)' },
    metaSchema: { type: 'string', minLength: 1, maxLength: 32, pattern: '^[!-~]+$' },
  },
  {
    name: 'x-code',
    place: 'field',
    meaning: { zh: '值域代码（按代码表校验）', en: 'code list that contains the value' },
    metaSchema: {
      type: 'object',
      properties: {
        list: { type: 'string', pattern: '^urn:datong:code:[a-z][a-z0-9-]*$', maxLength: 80 },
        version: { type: 'string', minLength: 1, maxLength: 20 },
        at: { type: 'string', minLength: 1, maxLength: 63 },
        ever: { const: true },
      },
      required: ['list'],
      // a list whose codes have terms is checked as of a date, or for any code it ever had
      dependentSchemas: { ever: { type: 'object', properties: { at: false } } },
      additionalProperties: false,
    },
  },
  {
    name: 'x-mask',
    place: 'field',
    meaning: {
      zh: '建议的脱敏算法与参数（仅为建议）',
      en: 'proposed mask with parameters (a proposal only)',
    },
    metaSchema: {
      type: 'object',
      properties: { name: { type: 'string', minLength: 1, maxLength: 40 }, params: { type: 'object' } },
      required: ['name'],
      additionalProperties: false,
    },
  },
  {
    name: 'x-source',
    place: 'field',
    meaning: { zh: '权威来源部门（一数一源）', en: 'department of the authoritative source' },
    metaSchema: { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 40 },
  },
  {
    name: 'x-attachment',
    place: 'field',
    meaning: {
      zh: '附件：允许的文件类型与最大字节数（format 为 attachment；多个附件写成数组，maxItems 为个数）',
      en: 'attachment: media types and maximum bytes (with format attachment; several: an array, whose maxItems is their number)',
    },
    metaSchema: {
      type: 'object',
      properties: {
        mediaTypes: {
          type: 'array',
          items: { enum: [...attachmentTypes] },
          minItems: 1,
          maxItems: attachmentTypes.length,
          uniqueItems: true,
        },
        maxBytes: { type: 'integer', minimum: 1, maximum: maxAttachmentBytes },
      },
      required: ['mediaTypes', 'maxBytes'],
      additionalProperties: false,
    },
  },
  {
    name: 'x-geo',
    place: 'field',
    meaning: {
      zh: '位置：GeoJSON 点 [经度, 纬度]，WGS 84 或 CGCS2000（按固定写法的顶层对象）',
      en: 'place: a GeoJSON Point [longitude, latitude] in WGS 84 or CGCS2000 (a top-level object of the fixed form)',
    },
    metaSchema: { enum: ['point'] },
  },
  {
    name: 'x-message',
    place: 'field',
    meaning: { zh: '校验不通过时的提示', en: 'what a clerk is shown when the value fails' },
    metaSchema: bilingual,
  },
];

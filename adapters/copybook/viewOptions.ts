/** Options that determine which views of a record are present. */
import type { JsonSchema } from '../../schemas/datasetSchema.ts';

/** When a view is in a record: all given conditions must hold. */
export interface RedefineRule {
  readonly field?: string;
  readonly is?: string | readonly string[];
  /** bytes of the record, or their minimum and maximum */
  readonly length?: number | readonly [number, number];
}

const bytes = { type: 'integer', minimum: 1, maximum: 16777216 };

export const viewProperties: Readonly<Record<string, JsonSchema>> = {
  segmentField: {
    type: 'string',
    maxLength: 100,
    description: 'Field that distinguishes the record types',
    'x-zh': '区分记录类型的字段',
  },
  segmentRedefines: {
    type: 'object',
    maxProperties: 1000,
    additionalProperties: { type: 'string', maxLength: 100 },
    description:
      'Group that a value of segmentField means; other redefining groups are left out. "": a record type without a group',
    'x-zh': 'segmentField 各取值对应的组；其余重定义的组不输出。"" 表示该类记录没有对应的组',
  },
  segmentChildren: {
    type: 'object',
    maxProperties: 1000,
    additionalProperties: {
      type: 'array',
      items: { type: 'string', maxLength: 100 },
      minItems: 1,
      maxItems: 100,
    },
    description:
      'Groups whose records become lists inside the record before them: {"COMPANY": ["CONTACTS"]}. A group has one parent',
    'x-zh': '父组与子组：子记录并入前一条父记录的列表；每组只有一个父组',
  },
  redefineRules: {
    type: 'object',
    maxProperties: 1000,
    additionalProperties: {
      type: 'object',
      additionalProperties: false,
      anyOf: [{ required: ['field', 'is'] }, { required: ['length'] }],
      dependentRequired: { field: ['is'], is: ['field'] },
      properties: {
        field: { type: 'string', maxLength: 100 },
        is: {
          anyOf: [
            { type: 'string' },
            { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 1000 },
          ],
        },
        length: { anyOf: [bytes, { type: 'array', items: bytes, minItems: 2, maxItems: 2 }] },
      },
    },
    description:
      'When a redefining or redefined item is in a record: {"PERSON": {"length": 80}, "FIRM": {"field": "KIND", "is": "F"}}; length in bytes, or [fewest, most]. The first rule that holds counts; if none, the item without a rule',
    'x-zh':
      '重定义的某项在何种记录中存在，如 {"PERSON": {"length": 80}, "FIRM": {"field": "KIND", "is": "F"}}；length 为记录字节数或 [最少, 最多]。取首个成立者，均不成立时取没有规则的一项',
  },
  views: {
    enum: ['doubt', 'keep'],
    default: 'doubt',
    description:
      'Unchosen views that do not fit are null. doubt reports each record; keep accepts them if one view fits',
    'x-zh':
      '没有选项选定、又与字节不符的视图作空值：doubt 逐条提示存疑，keep 视为正常（至少须有一个视图相符）',
  },
};

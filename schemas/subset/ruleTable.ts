/**
 * The compatibility rules as examples: one row a kind of change, with both verdicts. The test proves every row, and the table of the
 * documentation is written from it, so neither can drift from what the code does.
 */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { ChangeCode } from './reasons.ts';

export interface RuleRow {
  readonly change: Bilingual;
  readonly old: unknown;
  readonly fresh: unknown;
  /** old data stays valid */
  readonly backward: boolean;
  /** old readers accept new data */
  readonly forward: boolean;
  /** code of a change that the comparison lists; absent where nothing is listed */
  readonly code?: ChangeCode;
}

const text = { type: 'string', maxLength: 10 };
const closed = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const open = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
});
const field = (old: unknown, fresh: unknown): Pick<RuleRow, 'old' | 'fresh'> => ({
  old: closed({ f: old }),
  fresh: closed({ f: fresh }),
});
const kind = (value: string, more: object = {}): object =>
  closed({ kind: { const: value }, ...more }, ['kind']);

export const ruleTable: readonly RuleRow[] = [
  {
    change: { zh: '标题、说明、默认值、示例', en: 'title, description, default, examples' },
    ...field({ ...text, title: '旧' }, { ...text, title: '新', default: 'x', examples: ['y'] }),
    backward: true,
    forward: true,
  },
  {
    change: { zh: '新增可选字段（封闭对象）', en: 'optional field added, closed object' },
    old: closed({ a: text }),
    fresh: closed({ a: text, f: text }),
    backward: true,
    forward: false,
    code: 'property_added',
  },
  {
    change: { zh: '新增必填字段，有默认值也一样', en: 'required field added, also with a default' },
    old: closed({ a: text }),
    fresh: closed({ a: text, f: { ...text, default: '' } }, ['f']),
    backward: false,
    forward: false,
    code: 'required_added',
  },
  {
    change: { zh: '删除可选字段（封闭对象）', en: 'optional field removed, closed object' },
    old: closed({ a: text, f: text }),
    fresh: closed({ a: text }),
    backward: false,
    forward: true,
    code: 'property_removed',
  },
  {
    change: { zh: '删除必填字段（封闭对象）', en: 'required field removed, closed object' },
    old: closed({ a: text, f: text }, ['f']),
    fresh: closed({ a: text }),
    backward: false,
    forward: false,
    code: 'property_removed',
  },
  {
    change: { zh: '必填改为可选', en: 'required → optional' },
    old: closed({ f: text }, ['f']),
    fresh: closed({ f: text }),
    backward: true,
    forward: false,
    code: 'required_removed',
  },
  {
    change: { zh: '可选改为必填', en: 'optional → required' },
    old: closed({ f: text }),
    fresh: closed({ f: text }, ['f']),
    backward: false,
    forward: true,
    code: 'required_added',
  },
  {
    change: { zh: '必填一个未声明的字段', en: 'a required name moves to an undeclared field' },
    old: open({ foo: text }, ['foo']),
    fresh: open({ foo: text }, ['bar']),
    backward: false,
    forward: false,
    code: 'required_added',
  },
  {
    change: { zh: '封闭改为开放', en: 'closed → open' },
    old: closed({ f: text }),
    fresh: open({ f: text }),
    backward: true,
    forward: false,
    code: 'object_opened',
  },
  {
    change: { zh: '开放改为封闭', en: 'open → closed' },
    old: open({ f: text }),
    fresh: closed({ f: text }),
    backward: false,
    forward: true,
    code: 'object_closed',
  },
  {
    change: { zh: '开放对象新增可选字段', en: 'optional field added to an open object' },
    old: open({ a: text }),
    fresh: open({ a: text, f: text }),
    backward: false,
    forward: true,
    code: 'property_added',
  },
  {
    change: { zh: '类型放宽：整数改为数值', en: 'type widened: integer → number' },
    ...field({ type: 'integer' }, { type: 'number' }),
    backward: true,
    forward: false,
    code: 'type_widened',
  },
  {
    change: { zh: '类型放宽：允许空值', en: 'type widened: null allowed' },
    ...field(text, { ...text, type: ['string', 'null'] }),
    backward: true,
    forward: false,
    code: 'type_widened',
  },
  {
    change: { zh: '类型收窄', en: 'type narrowed' },
    ...field({ type: 'number' }, { type: 'integer' }),
    backward: false,
    forward: true,
    code: 'type_narrowed',
  },
  {
    change: { zh: '类型替换', en: 'type replaced' },
    ...field({ type: 'integer' }, text),
    backward: false,
    forward: false,
    code: 'type_changed',
  },
  {
    change: { zh: '新增枚举值', en: 'enum value added' },
    ...field({ enum: ['a'] }, { enum: ['a', 'b'] }),
    backward: true,
    forward: false,
    code: 'values_added',
  },
  {
    change: { zh: '删除枚举值', en: 'enum value removed' },
    ...field({ enum: ['a', 'b'] }, { enum: ['a'] }),
    backward: false,
    forward: true,
    code: 'values_removed',
  },
  {
    change: { zh: '枚举改为包含它的写法要求', en: 'enum → pattern that covers it' },
    ...field({ enum: ['ab', 'cd'] }, { type: 'string', pattern: '^[a-z]{2}$' }),
    backward: true,
    forward: false,
    code: 'values_changed',
  },
  {
    change: { zh: '上限提高、下限降低', en: 'max raised, min lowered' },
    ...field({ type: 'integer', minimum: 0, maximum: 9 }, { type: 'integer', minimum: -1, maximum: 10 }),
    backward: true,
    forward: false,
    code: 'bound_raised',
  },
  {
    change: { zh: '上限降低', en: 'max lowered' },
    ...field(text, { ...text, maxLength: 9 }),
    backward: false,
    forward: true,
    code: 'bound_lowered',
  },
  {
    change: { zh: '取消上限', en: 'bound removed' },
    ...field(text, { type: 'string' }),
    backward: true,
    forward: false,
    code: 'bound_removed',
  },
  {
    change: { zh: '新增上限', en: 'bound added' },
    ...field({ type: 'string' }, text),
    backward: false,
    forward: true,
    code: 'bound_added',
  },
  {
    change: { zh: 'minimum 0 改为 exclusiveMinimum 0', en: 'minimum 0 → exclusiveMinimum 0' },
    ...field({ type: 'number', minimum: 0 }, { type: 'number', exclusiveMinimum: 0 }),
    backward: false,
    forward: true,
    code: 'bound_added',
  },
  {
    change: { zh: 'multipleOf 改为其约数', en: 'multipleOf → a divisor of it' },
    ...field({ type: 'number', multipleOf: 0.1 }, { type: 'number', multipleOf: 0.01 }),
    backward: true,
    forward: false,
    code: 'multiple_changed',
  },
  {
    change: { zh: 'multipleOf 改为其他数', en: 'multipleOf → anything else' },
    ...field({ type: 'integer', multipleOf: 4 }, { type: 'integer', multipleOf: 6 }),
    backward: false,
    forward: false,
    code: 'multiple_changed',
  },
  {
    change: { zh: '取消写法要求', en: 'pattern removed' },
    ...field({ ...text, pattern: '^[a-z]+$' }, text),
    backward: true,
    forward: false,
    code: 'pattern_removed',
  },
  {
    change: { zh: '新增写法要求', en: 'pattern added' },
    ...field(text, { ...text, pattern: '^[a-z]+$' }),
    backward: false,
    forward: true,
    code: 'pattern_added',
  },
  {
    change: { zh: '取消格式要求', en: 'format removed' },
    ...field({ type: 'string', format: 'date' }, { type: 'string' }),
    backward: true,
    forward: false,
    code: 'format_removed',
  },
  {
    change: { zh: '新增格式要求', en: 'format added' },
    ...field({ type: 'string' }, { type: 'string', format: 'date' }),
    backward: false,
    forward: true,
    code: 'format_added',
  },
  {
    change: { zh: '写法要求改变', en: 'pattern changed' },
    ...field({ ...text, pattern: '^[a-z]+$' }, { ...text, pattern: '^[a-z0-9]+$' }),
    backward: false,
    forward: false,
    code: 'pattern_changed',
  },
  {
    change: { zh: '格式改变', en: 'format changed' },
    ...field({ type: 'string', format: 'date' }, { type: 'string', format: 'cn-mobile' }),
    backward: false,
    forward: false,
    code: 'format_changed',
  },
  {
    change: { zh: '新增 uniqueItems', en: 'uniqueItems added' },
    ...field(
      { type: 'array', items: text, maxItems: 5 },
      { type: 'array', items: text, maxItems: 5, uniqueItems: true },
    ),
    backward: false,
    forward: true,
    code: 'unique_added',
  },
  {
    change: { zh: '新增 minItems', en: 'minItems added' },
    ...field({ type: 'array', items: text }, { type: 'array', items: text, minItems: 1 }),
    backward: false,
    forward: true,
    code: 'bound_added',
  },
  {
    change: { zh: '新增 contains', en: 'contains added' },
    ...field({ type: 'array', items: text }, { type: 'array', items: text, contains: { const: 'x' } }),
    backward: false,
    forward: true,
    code: 'contains_changed',
  },
  {
    change: { zh: 'oneOf 新增分支，可证互斥', en: 'oneOf branch added, provably disjoint' },
    old: { oneOf: [kind('a'), kind('b')] },
    fresh: { oneOf: [kind('a'), kind('b'), kind('c')] },
    backward: true,
    forward: false,
    code: 'branch_added',
  },
  {
    change: { zh: 'oneOf 新增分支，可能重叠', en: 'oneOf branch added, may overlap' },
    old: { oneOf: [closed({ a: text })] },
    fresh: { oneOf: [closed({ a: text }), closed({ b: text })] },
    backward: false,
    forward: false,
    code: 'branch_may_overlap',
  },
  {
    change: { zh: 'anyOf 新增分支', en: 'anyOf branch added' },
    old: { anyOf: [kind('a'), kind('b')] },
    fresh: { anyOf: [kind('a'), kind('b'), kind('c')] },
    backward: true,
    forward: false,
    code: 'branch_added',
  },
  {
    change: { zh: 'anyOf 删除分支', en: 'anyOf branch removed' },
    old: { anyOf: [kind('a'), kind('b'), kind('c')] },
    fresh: { anyOf: [kind('a'), kind('b')] },
    backward: false,
    forward: true,
    code: 'branch_removed',
  },
  {
    change: { zh: '新增条件（if/then）', en: 'if/then added' },
    old: closed({ a: text, b: text }),
    fresh: { ...closed({ a: text, b: text }), if: { required: ['a'] }, then: { required: ['b'] } },
    backward: false,
    forward: true,
    code: 'condition_changed',
  },
  {
    change: { zh: '新增 not', en: 'not added' },
    ...field(text, { ...text, not: { const: 'x' } }),
    backward: false,
    forward: true,
    code: 'condition_changed',
  },
  {
    change: { zh: '新增 dependentRequired', en: 'dependentRequired added' },
    old: closed({ a: text, b: text }),
    fresh: { ...closed({ a: text, b: text }), dependentRequired: { a: ['b'] } },
    backward: false,
    forward: true,
    code: 'dependency_changed',
  },
  {
    change: { zh: '引用目标移动、内联，$defs 改名', en: '$ref target moved or inlined, $defs renamed' },
    old: { ...closed({ f: { $ref: '#/$defs/a' } }), $defs: { a: text } },
    fresh: { ...closed({ f: text }), $defs: { b: text } },
    backward: true,
    forward: true,
  },
  {
    change: { zh: '对该类型不起作用的关键字', en: 'keyword for a type the field cannot have' },
    ...field(text, { ...text, minimum: 3 }),
    backward: true,
    forward: true,
  },
];

/** Changes of lists, combinations of schemas, references. */
import { text, closed, field, kind } from './examples.ts';
import type { RuleRow } from './ruleRow.ts';

export const combinedRules: readonly RuleRow[] = [
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

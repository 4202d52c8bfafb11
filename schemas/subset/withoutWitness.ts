import type { Bilingual } from '../../terms/bilingual.ts';
import type { ChangeCode } from './reasons.ts';

/** Reasons why some rejections have no counter-example, by the codes of their changes. A rejection of another kind is a fault. */
export const withoutWitness: readonly {
  readonly codes: readonly ChangeCode[];
  readonly why: Bilingual;
}[] = [
  {
    codes: ['type_changed', 'type_narrowed', 'values_changed', 'values_removed'],
    why: {
      zh: '被取消的取值可能本来就不存在：旁边的格式、写法或形式已将其排除，而证明不深入格式',
      en: 'possibly no value was removed: a format, pattern or alternative may exclude those values already, and the proof does not evaluate formats',
    },
  },
  {
    codes: ['bound_added', 'bound_lowered', 'bound_raised', 'multiple_changed'],
    why: {
      zh: '只涉及其他要求可能已排除的值，或处在无法到达的位置',
      en: 'the change concerns only values that another rule may exclude already, or a place that no record reaches',
    },
  },
  {
    codes: ['pattern_added', 'pattern_changed', 'format_added', 'format_changed'],
    why: {
      zh: '不判定两个写法或格式是否互相包含',
      en: 'whether one pattern or format covers another is not decided',
    },
  },
  {
    codes: [
      'property_added',
      'property_removed',
      'required_added',
      'object_closed',
      'additional_changed',
      'names_changed',
      'dependency_changed',
    ],
    why: {
      zh: '该对象可能无法出现：外层限制了字段数或字段名，或要求一个没有取值可满足的字段',
      en: 'the object may never occur: an enclosing rule limits the number or names of its fields, or requires a field for which no value is valid',
    },
  },
  {
    codes: ['items_changed', 'contains_changed'],
    why: {
      zh: '匹配项的个数按上下限估计，而非精确计数',
      en: 'matching items are counted by bounds, not exactly',
    },
  },
  {
    codes: ['branch_added', 'branch_may_overlap', 'branch_removed', 'branches_changed', 'condition_changed'],
    why: {
      zh: '几种形式是否同时匹配，只在可证明互斥时才有定论；需要特殊组合的反例难以试出',
      en: 'whether several alternatives match is decided only where they are proven disjoint; random trials rarely find a record in their overlap',
    },
  },
  {
    codes: ['not_proven'],
    why: {
      zh: '没有单独一处改变可归因：要把几处要求（字段数、重叠的形式）合起来才能判断',
      en: 'no single change is to blame: several rules (counts of fields, overlapping alternatives) would have to be evaluated together',
    },
  },
];

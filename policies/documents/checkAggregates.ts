import type { Grant } from './agreement.ts';

/** What the JSON Schema of a grant's aggregates cannot say. */
export function checkAggregates(
  { aggregates = [], consent }: Grant,
  report: (code: string, at: string, zh: string, en: string) => void,
): void {
  for (const [i, { id, by, sum = [] }] of aggregates.entries()) {
    if (aggregates.findIndex((one) => one.id === id) !== i) {
      report(
        'duplicate_aggregate',
        `/aggregates/${i}/id`,
        '同一统计写了两次',
        'the same aggregate stands twice',
      );
    }
    if (sum.some((name) => by.includes(name))) {
      report(
        'aggregate_sum',
        `/aggregates/${i}/sum`,
        '统计维度不能同时求和',
        'a dimension is not summed as well',
      );
    }
  }
  if (aggregates.length > 0 && consent !== undefined) {
    report(
      'aggregate_on_consent',
      '/aggregates',
      '以个人同意为条件的授予不能统计：每给出或撤回一份同意，就多一个可相减的答复',
      'a grant under consent has no statistics: every consent given or withdrawn would give another answer to subtract',
    );
  }
}

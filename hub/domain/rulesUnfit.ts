/** Why a dataset's intake rules do not fit a version of its schema. Pure. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { byCallUnfit } from './byCall.ts';
import { crossRuleUnfit } from './crossRule.ts';
import { conditionUnfit } from './eventRule.ts';
import type { IntakeRules } from './intakeRules.ts';
import { periodsUnfit } from './periods.ts';
import { timeFieldUnfit } from './timeField.ts';

export interface UnfitRule {
  readonly code:
    'cross_rule_unfit' | 'periods_unfit' | 'by_call_unfit' | 'time_field_unfit' | 'event_rule_unfit';
  /** its place in the rules, such as `crossRules/0` */
  readonly at: string;
  readonly reason: Bilingual;
}

/**
 * The rules that the version alone decides on, as registration, rebinding and changeover check them. References, cases, rollup,
 * `deleteWhere` and the types of event rules are checked elsewhere.
 */
export function rulesUnfit(
  { crossRules = [], periods, byCall, timeField, eventRules = [] }: Partial<IntakeRules>,
  schema: DatasetSchema,
): readonly UnfitRule[] {
  return [
    ...crossRules.flatMap((rule, nth) =>
      unfit('cross_rule_unfit', `crossRules/${nth}`, crossRuleUnfit(rule, schema)),
    ),
    ...(periods === undefined ? [] : unfit('periods_unfit', 'periods', periodsUnfit(periods, schema))),
    ...(byCall === undefined ? [] : unfit('by_call_unfit', 'byCall', byCallUnfit(byCall, schema))),
    ...(timeField === undefined
      ? []
      : unfit('time_field_unfit', 'timeField', timeFieldUnfit(timeField, schema))),
    ...eventRules.flatMap((rule, nth) =>
      unfit('event_rule_unfit', `eventRules/${nth}`, conditionUnfit(rule, schema)),
    ),
  ];
}

const unfit = (code: UnfitRule['code'], at: string, reason: Bilingual | undefined): UnfitRule[] =>
  reason === undefined ? [] : [{ code, at, reason }];

import { pointer, type PolicyFinding } from '../finding.ts';
import { isObject, placeOf } from '../masks/rows/fieldPath.ts';
import { maskText } from '../masks/maskText.ts';
import { meet, sameUse } from '../masks/meet.ts';
import { readMaskRule } from '../masks/readMaskRule.ts';
import type { Plan } from '../plans/plan.ts';
import { Report } from '../plans/report.ts';
import type { Plans } from '../plans.ts';

/** A schema proposes a mask for a field (`x-mask`); whoever grants it less coarse, or differently, is told. Each grant once. */
export function proposedMasks(plans: Plans): readonly PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const told = new Set<string>();
  for (const plan of plans.all) {
    for (const { field, mask } of plan.whole.fields) {
      const place = `${plan.ref.agreement} ${plan.grantIndex} ${field}`;
      const proposal = proposalOf(plan, field);
      if (proposal === undefined || told.has(place)) continue;
      told.add(place);
      const report = new Report(plan.agreement, findings);
      const at = pointer('grants', plan.grantIndex, 'fields', field);
      if (!('mask' in proposal)) {
        report.warning(
          'proposal_unreadable',
          at,
          '数据集标准建议的脱敏算法不存在或参数不正确（x-mask）',
          'the schema proposes a mask that does not exist, or with wrong parameters (x-mask)',
        );
        continue;
      }
      const domain = placeOf(plan.schema, field)?.domain;
      const met = domain && meet(mask, proposal.use, domain);
      if (met !== undefined && sameUse(met, mask)) continue;
      report.warning(
        'looser_than_proposed',
        at,
        `数据集标准建议 ${maskText(proposal.use)}，授予的是 ${maskText(mask)}`,
        `the schema proposes ${maskText(proposal.use)}, granted is ${maskText(mask)}`,
      );
    }
  }
  return findings;
}

function proposalOf({ schema }: Plan, field: string): ReturnType<typeof readMaskRule> | undefined {
  const proposed = placeOf(schema, field)?.schema['x-mask'];
  if (!isObject(proposed) || typeof proposed['name'] !== 'string') return undefined;
  const { name, params } = proposed;
  return readMaskRule({ ...(isObject(params) ? params : {}), mask: name });
}

import type { PolicyContext } from '../context.ts';
import { purposeAncestors } from '../meetsCondition.ts';
import type { Restriction } from '../documents/documentChecks.ts';
import { documentName } from '../documents/storedDocument.ts';
import { pointer, type PolicyFinding } from '../finding.ts';
import { Report } from '../plans/report.ts';
import { bites, tagsOf } from '../plans/scope.ts';
import type { Plans } from '../plans.ts';

/** Restrictions that change nothing, and filters that a floor has closed. */
export function checkFloors(plans: Plans, context: PolicyContext, findings: PolicyFinding[]): void {
  for (const restriction of plans.restrictions) {
    if (changesSomething(restriction, plans, context)) continue;
    new Report(restriction, findings).warning(
      'floor_never_bites',
      restriction.floor === undefined ? '/when' : '/floor',
      '没有任何授权因此变得更严',
      'no grant is tightened by it',
    );
  }
  const told = new Set<string>();
  for (const plan of plans.all) {
    for (const [i, field] of (plan.grant.filterBy ?? []).entries()) {
      const place = `${documentName(plan.agreement)} ${plan.grantIndex} ${field}`;
      if (plan.filterable.has(field) || !plan.granted.has(field) || told.has(place)) continue;
      told.add(place);
      new Report(plan.agreement, findings).warning(
        'filter_closed_by_floor',
        pointer('grants', plan.grantIndex, 'filterBy', i),
        `限制 ${floorsOn(field, plan.whole.fields).join('、')} 使该数据项脱敏，不能再用于筛选`,
        `masked by ${floorsOn(field, plan.whole.fields).join(', ')}, so that it cannot be filtered by any more`,
      );
    }
  }
}

function floorsOn(field: string, fields: Plans['all'][number]['whole']['fields']): readonly string[] {
  return fields.find((one) => one.field === field)?.floors ?? [];
}

function changesSomething(restriction: Restriction, plans: Plans, context: PolicyContext): boolean {
  return plans.all.some((plan) => {
    const { whole, dropped, ref, grant, schema } = plan;
    if (restriction.floor !== undefined) {
      const tightened = whole.fields.some((field) => field.floors.includes(restriction.id));
      if (tightened || [...dropped.values()].includes(restriction.id)) return true;
    }
    if (restriction.requires === undefined && restriction.limits === undefined) return false;
    const line = purposeAncestors(context.purposes, ref.purpose);
    return Object.keys(grant.fields).some((path) => {
      const tags = tagsOf(schema, path);
      return tags !== undefined && bites(restriction, tags, ref.dataset, line);
    });
  });
}

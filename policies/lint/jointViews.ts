/**
 * What one department learns by putting its purposes side by side. Year for one purpose and a band for another, steps of 1000 here and
 * of 300 there: each is allowed, and together they tell more than either. The joint view must not be finer than a grant.
 */
import type { FieldGrant } from '../decision.ts';
import { documentName } from '../documents/storedDocument.ts';
import { pointer, type PolicyFinding } from '../finding.ts';
import { placeOf } from '../masks/fieldPath.ts';
import { maskText } from '../masks/maskText.ts';
import { meet, sameUse } from '../masks/meet.ts';
import type { Plan } from '../plans/plan.ts';
import { Report } from '../plans/report.ts';
import type { Plans } from '../plans.ts';
import { identityRisk, reportRisk } from './combinationRisk.ts';

interface Seen {
  readonly grant: FieldGrant;
  readonly plan: Plan;
}

export function checkJointViews(plans: Plans, findings: PolicyFinding[]): void {
  const told = new Set<string>();
  for (const together of groups(plans)) {
    const fields = new Map<string, Seen[]>();
    for (const plan of together) {
      for (const grant of plan.whole.fields) {
        fields.set(grant.field, finest([...(fields.get(grant.field) ?? []), { grant, plan }]));
      }
    }
    for (const [field, seen] of fields) {
      const [first, second] = seen;
      if (first === undefined || second === undefined) continue;
      const place = `${documentName(second.plan.agreement)} ${second.plan.grantIndex} ${field}`;
      if (told.has(place)) continue;
      told.add(place);
      reportJoint(field, first, second, findings);
    }
    reportJointRisk(together, fields, findings);
  }
}

/** Plans of one department (an entrusted party counts as its principal) on one dataset, where there are several. */
function groups(plans: Plans): readonly (readonly Plan[])[] {
  const byView = new Map<string, Plan[]>();
  for (const plan of plans.all) {
    const key = `${plan.ref.principal ?? plan.ref.consumer}\n${plan.ref.dataset}`;
    byView.set(key, [...(byView.get(key) ?? []), plan]);
  }
  return [...byView.values()].filter((together) => together.length > 1);
}

/** Leaves out every mask that another one of the list tells at least as much as. */
function finest(seen: readonly Seen[]): Seen[] {
  return seen.filter(
    (one, i) => !seen.some((other, j) => i !== j && coarser(one, other) && (j < i || !coarser(other, one))),
  );
}

/** Whether `one` tells no more than `other`: their meet is `one`. */
function coarser(one: Seen, other: Seen): boolean {
  const domain = placeOf(one.plan.schema, one.grant.field)?.domain;
  const met = domain && meet(one.grant.mask, other.grant.mask, domain);
  return met !== undefined && sameUse(met, one.grant.mask);
}

function reportJoint(field: string, first: Seen, second: Seen, findings: PolicyFinding[]): void {
  const [a, b] = [maskText(first.grant.mask), maskText(second.grant.mask)];
  const other = `${documentName(first.plan.agreement)} (${first.plan.ref.purpose})`;
  new Report(second.plan.agreement, findings).warning(
    'joint_view',
    pointer('grants', second.plan.grantIndex, 'fields', field),
    `${b} 与 ${other} 的 ${a} 合看，比其中任何一项都细`,
    `${b} beside ${a} of ${other} tells more than either alone`,
  );
}

/** The identity riddle over the joint view, where no single grant poses it. */
function reportJointRisk(
  together: readonly Plan[],
  fields: ReadonlyMap<string, readonly Seen[]>,
  findings: PolicyFinding[],
): void {
  const [first] = together;
  if (
    first === undefined ||
    together.some((plan) => identityRisk(plan.whole.fields, plan.schema) !== undefined)
  )
    return;
  const joint = [...fields.values()].flat().map(({ grant }) => grant);
  const risk = identityRisk(joint, first.schema);
  const owner = risk && fields.get(risk.field)?.[0]?.plan;
  if (risk !== undefined && owner !== undefined) reportRisk(owner, risk, findings, 'joint_combination_risk');
}

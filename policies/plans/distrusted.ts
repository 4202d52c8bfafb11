/** Restrictions in force that cannot be relied on. Omitting one would loosen, so everything it might cover is denied. */
import type { Restriction, RestrictionScope } from '../documents/documentChecks.ts';
import { purposeAncestors, type Purpose } from '../meetsCondition.ts';
import { reportedFields } from './aggregates.ts';
import type { Plan } from './plan.ts';
import { bites, tagsOf } from './scope.ts';
import { insideOf, usedUnseen } from './usedFields.ts';

export interface Distrusted {
  /** `res-id-number@1` */
  readonly document: string;
  /** what it applies to, where that part of its text is trusted; absent = everything */
  readonly when?: RestrictionScope;
}

/** Plans covered by a distrusted restriction → its name. */
export function blockedPlans(
  plans: readonly Plan[],
  {
    distrusted = [],
    purposes,
  }: { readonly distrusted?: readonly Distrusted[]; readonly purposes: readonly Purpose[] },
): ReadonlyMap<Plan, string> {
  const blocked = new Map<Plan, string>();
  for (const { document, when } of distrusted) {
    for (const plan of plans) {
      if (!blocked.has(plan) && (when === undefined || reaches({ when }, plan, purposes)))
        blocked.set(plan, document);
    }
  }
  return blocked;
}

function reaches(
  restriction: Pick<Restriction, 'when'>,
  { grant, granted, schema, ref }: Plan,
  purposes: readonly Purpose[],
): boolean {
  const line = purposeAncestors(purposes, ref.purpose);
  const named = Object.keys(grant.fields);
  const used = [
    ...named,
    ...named.flatMap((field) => insideOf(schema, field)),
    ...usedUnseen(grant, [...granted.values()].flat()),
    ...reportedFields(grant),
  ];
  return used.some((path) => {
    const tags = tagsOf(schema, path);
    return tags !== undefined && bites(restriction, tags, ref.dataset, line);
  });
}

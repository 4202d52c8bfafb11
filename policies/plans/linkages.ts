/**
 * Linkages in force: fields of several providers that have the same pseudonyms for one consumer. A linkage applies only while an agreement
 * of every provider names it with the same members. Each provider signs its own agreement, so each has signed the linkage. When one of them
 * withdraws it, the pseudonyms of all members differ at once.
 */
import { canonicalText } from '../../schemas/readJson.ts';
import type { Agreement, Linkage, MaskRule } from '../documents/agreement.ts';
import { documentName } from '../documents/storedDocument.ts';
import { readMaskRule } from '../masks/readMaskRule.ts';
import { isLinkageScope, linkageName, linkageScope, providerScope } from '../masks/pseudonyms/scopes.ts';
import { pointer, type PolicyFinding } from '../finding.ts';
import type { Plan } from './plan.ts';
import { Report } from './report.ts';

/** Scope of the pseudonyms of a field, by the agreement that grants it; undefined for an agreement of format 1. */
export type PseudonymScopes = (agreement: Agreement, dataset: string, field: string) => string | undefined;

/** Whether a plan releases pseudonyms that are the same for all providers. */
export const hasSharedPseudonyms = ({ whole }: Plan): boolean =>
  whole.fields.some(({ mask: { name, scope } }) => name === 'pseudonym' && scope === undefined);

/**
 * Agreements of format 1 that release pseudonyms from a dataset with a linked field to the consumer of the linkage. With rows
 * under both, the consumer could map the pseudonyms of the linkage to those that are the same for every provider.
 * @returns `AGREEMENT@VERSION` by agreement, consumer and dataset: a new version of the agreement has the key of the former one
 */
export function sharedWithLinked(plans: readonly Plan[]): ReadonlyMap<string, string> {
  const placeOfPlan = ({ ref, grant }: Plan): string => `${ref.consumer}\n${grant.dataset}`;
  const isLinked = ({ whole }: Plan): boolean => whole.fields.some(({ mask }) => isLinkageScope(mask.scope));
  const linkedPlaces = new Set(plans.filter(isLinked).map(placeOfPlan));
  return new Map(
    plans
      .filter((plan) => linkedPlaces.has(placeOfPlan(plan)) && hasSharedPseudonyms(plan))
      .map(({ agreement, ref, grant }) => [
        `${agreement.id} ${ref.consumer} ${grant.dataset}`,
        documentName(agreement),
      ]),
  );
}

/** A linkage as one agreement names it. */
interface Named {
  readonly agreement: Agreement;
  readonly linkage: Linkage;
  readonly index: number;
  /** equal for agreements that link with each other: consumer, linkage, and how the pseudonyms are made */
  readonly key: string;
}

export const isOwn = ({ provider }: Agreement, dataset: string): boolean =>
  dataset.startsWith(`${provider}.`);

/** @param agreements all agreements in force */
export function scopesOf(agreements: readonly Agreement[]): PseudonymScopes {
  const inForce = new Map<string, string>();
  for (const { agreement, linkage } of linked(agreements))
    for (const { dataset, field } of linkage.members)
      if (isOwn(agreement, dataset)) inForce.set(placeOf(agreement, dataset, field), linkageScope(linkage));
  return (agreement, dataset, field) =>
    agreement.format === undefined
      ? undefined
      : (inForce.get(placeOf(agreement, dataset, field)) ?? providerScope(agreement.provider));
}

const placeOf = ({ id }: Agreement, dataset: string, field: string): string => `${id}\n${dataset}\n${field}`;

/** Linkages that another provider has not signed yet, or not any more. */
export function checkLinkages(agreements: readonly Agreement[], findings: PolicyFinding[]): void {
  const inForce = new Set(linked(agreements).map(({ linkage }) => linkage));
  for (const { agreement, linkage, index } of agreements.flatMap(namedBy)) {
    if (inForce.has(linkage)) continue;
    new Report(agreement, findings).warning(
      'linkage_not_in_force',
      pointer('linkages', index),
      `关联 ${linkageName(linkage)} 未生效：须由每个提供部门与同一需求部门的协议以相同的成员、期号和假名参数写明；在此之前各部门的假名互不相同`,
      `the linkage ${linkageName(linkage)} is not in force: an agreement of every provider with this consumer must name it, with the same members, epoch and parameters of the mask; until then the pseudonyms of the providers differ`,
    );
  }
}

function linked(agreements: readonly Agreement[]): readonly Named[] {
  const groups = new Map<string, Named[]>();
  for (const one of agreements.flatMap(namedBy)) groups.set(one.key, [...(groups.get(one.key) ?? []), one]);
  return [...groups.values()].flatMap((group) => {
    const signed = (dataset: string): boolean => group.some(({ agreement }) => isOwn(agreement, dataset));
    return group[0]?.linkage.members.every(({ dataset }) => signed(dataset)) === true ? group : [];
  });
}

function namedBy(agreement: Agreement): readonly Named[] {
  return (agreement.linkages ?? []).map((linkage, index) => {
    const key = canonicalText([agreement.consumer, linkageMaking(agreement, linkage)]);
    return { agreement, linkage, index, key };
  });
}

/** What the pseudonyms of a linkage are made from: its scope, and the parameters of the masks of the agreement's own members. */
export function linkageMaking(agreement: Pick<Agreement, 'grants'>, linkage: Linkage): string {
  const made = rulesOf(agreement, linkage).map((rule) => {
    const read = readMaskRule(rule);
    if (!('use' in read)) return '';
    const { name, params } = read.use;
    // without an epoch pseudonyms are those of epoch 1
    return canonicalText(name === 'pseudonym' ? { ...params, epoch: params['epoch'] ?? 1 } : params);
  });
  return canonicalText([linkageScope(linkage), [...new Set(made)].sort()]);
}

/** Masks of the agreement's own members, in all of its grants. */
const rulesOf = (agreement: Pick<Agreement, 'grants'>, { members }: Linkage): readonly MaskRule[] =>
  members.flatMap(({ dataset, field }) =>
    agreement.grants.flatMap((grant) => {
      const rule = grant.dataset === dataset ? grant.fields[field] : undefined;
      return rule === undefined ? [] : [rule];
    }),
  );

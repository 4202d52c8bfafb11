/** Reports errors and suspicious constructs in a set of documents. Errors do not compile; warnings do, and need review. */
import type { PolicyContext } from '../context.ts';
import { readTime, type Restriction } from '../documents/documentChecks.ts';
import { type PolicyDocument, documentName } from '../documents/storedDocument.ts';
import { type PolicyFinding, pointer } from '../finding.ts';
import { checkLinkages, hasSharedPseudonyms } from '../plans/linkages.ts';
import { Report } from '../plans/report.ts';
import { tryCompilePlans, type Plans } from '../plans.ts';
import { checkCombinations } from './combinationRisk.ts';
import { checkGrants } from './grants.ts';
import { checkPseudonymLookups } from './pseudonymLookups.ts';
import { purposeAncestors } from '../meetsCondition.ts';
import { bites, tagsOf } from '../plans/scope.ts';
import { jointViews, type JointView } from '../joint/jointViews.ts';
import { placeOf } from '../masks/rows/fieldPath.ts';
import { maskText } from '../masks/maskText.ts';
import { meet, sameUse } from '../masks/meet.ts';
import { readMaskRule } from '../masks/readMaskRule.ts';
import type { Plan } from '../plans/plan.ts';
import { isObject } from '../../terms/isObject.ts';

/**
 * Checks what one department learns by combining its purposes and agreements. Examples are the year for one purpose and a band for another,
 * or steps of 1000 in one grant and of 300 in another. Each grant is allowed, but together they reveal more than either. The joint view
 * must not be finer than a grant.
 */
function checkJointViews(plans: Plans, findings: PolicyFinding[]): void {
  for (const view of jointViews(plans)) {
    const last = view.parts.at(-1);
    const plan = plans.all.find(
      ({ agreement, ref }) =>
        documentName(agreement) === last?.agreement &&
        ref.dataset === last.dataset &&
        ref.purpose === last.purpose &&
        ref.consumer === last.consumer,
    );
    if (last === undefined || plan === undefined) continue;
    new Report(plan.agreement, findings).warning(
      view.how === 'riddle' ? 'joint_combination_risk' : 'joint_view',
      pointer('grants', plan.grantIndex, 'fields', last.field),
      `${view.consumer} 合看 ${named(view)}，得到的是 ${view.tells}`,
      `${view.consumer} puts ${named(view)} side by side and learns ${view.tells}`,
    );
  }
}

const named = ({ parts }: JointView): string =>
  parts.map(({ agreement, field, mask }) => `${agreement} ${field} ${mask}`).join(' + ');

export interface PolicyLint {
  /** errors and warnings */
  readonly findings: readonly PolicyFinding[];
  /** for completeness: fields of registered schemas that no agreement grants, masks other than the schema proposes */
  readonly notes: readonly PolicyFinding[];
}

/** @param now Unix milliseconds: what has expired by then */
export function lintPolicies(
  documents: readonly PolicyDocument[],
  context: PolicyContext,
  now: number,
): PolicyLint {
  const { plans, findings: errors } = tryCompilePlans(documents, context);
  const findings: PolicyFinding[] = [...errors, ...expired(documents, now)];
  if (plans === undefined) return { findings, notes: [] };
  checkFloors(plans, context, findings);
  checkGrants(plans, findings);
  checkCombinations(plans, findings);
  checkJointViews(plans, findings);
  checkPseudonymLookups(plans, findings);
  checkFormats(plans, findings);
  checkLinkages(
    [...plans.agreements.values()].map(({ agreement }) => agreement),
    findings,
  );
  return { findings, notes: [...undecidedFields(plans), ...proposedMasks(plans)] };
}

/** Agreements of format 1 with pseudonyms: those of other providers' agreements of format 1 are the same. */
function checkFormats(plans: Plans, findings: PolicyFinding[]): void {
  for (const { agreement, all } of plans.agreements.values()) {
    const plan = all.find(hasSharedPseudonyms);
    if (plan === undefined) continue;
    new Report(agreement, findings).warning(
      'pseudonym_format',
      pointer('grants', plan.grantIndex, 'fields'),
      '格式 1 的协议：同一领域的假名在各提供部门之间相同。下一版写明 format: 2，各提供部门的假名即互不相同（届时假名改变）；确需关联的写入 linkages',
      'an agreement of format 1: pseudonyms of a domain are the same for all providers. Write format: 2 in its next version: then they differ by provider, and change at that moment. Name joins that are needed in linkages',
    );
  }
}

function expired(documents: readonly PolicyDocument[], now: number): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  for (const document of documents) {
    if (document.kind !== 'Agreement' || (readTime(document.valid.until) ?? Infinity) > now) continue;
    new Report(document, findings).warning(
      'expired',
      '/valid/until',
      '共享协议已到期',
      'the agreement has expired',
    );
  }
  return findings;
}

/** Restrictions that change nothing, and filters that a floor has closed. */
function checkFloors(plans: Plans, context: PolicyContext, findings: PolicyFinding[]): void {
  for (const restriction of plans.restrictions) {
    if (changesSomething(restriction, plans, context)) continue;
    new Report(restriction, findings).warning(
      'floor_never_bites',
      restriction.floor === undefined ? '/when' : '/floor',
      '没有任何授权因此变得更严',
      'no grant is tightened by it',
    );
  }
  const reported = new Set<string>();
  for (const plan of plans.all) {
    for (const [i, field] of (plan.grant.filterBy ?? []).entries()) {
      const place = `${documentName(plan.agreement)} ${plan.grantIndex} ${field}`;
      if (plan.filterable.has(field) || !plan.granted.has(field) || reported.has(place)) continue;
      reported.add(place);
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

/**
 * Reports grants whose mask is less coarse than, or different from, the one that the schema proposes for the field (`x-mask`). Each grant
 * once.
 */
function proposedMasks(plans: Plans): readonly PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const reported = new Set<string>();
  for (const plan of plans.all) {
    for (const { field, mask } of plan.whole.fields) {
      const place = `${plan.ref.agreement} ${plan.grantIndex} ${field}`;
      const proposal = proposalOf(plan, field);
      if (proposal === undefined || reported.has(place)) continue;
      reported.add(place);
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

/** Per dataset, the fields of its schema that no agreement grants: dropped for every consumer, perhaps by oversight. */
function undecidedFields(plans: Plans): readonly PolicyFinding[] {
  const byDataset = new Map<string, Plan[]>();
  for (const plan of plans.all)
    byDataset.set(plan.ref.dataset, [...(byDataset.get(plan.ref.dataset) ?? []), plan]);
  return [...byDataset].flatMap(([dataset, all]) => {
    const [first] = all;
    const decided = new Set(all.flatMap((plan) => [...plan.granted.keys(), ...plan.dropped.keys()]));
    const open =
      first?.schema.fields.filter((field) => !decided.has(field.name)).map((field) => field.name) ?? [];
    if (first === undefined || open.length === 0) return [];
    return [
      {
        code: 'undecided',
        level: 'warning' as const,
        document: documentName(first.agreement),
        path: `/grants/${first.grantIndex}/fields`,
        message: {
          zh: `${dataset} 的这些数据项没有任何授权：${open.join('、')}`,
          en: `fields of ${dataset} that no agreement grants: ${open.join(', ')}`,
        },
      },
    ];
  });
}

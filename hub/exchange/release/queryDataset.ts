/**
 * POST /v1/datasets/{dataset}/query: the release walk. The gate has authenticated the caller and will append the entry.
 *
 *   decide → fetch rows (filter pushed down) → consent → mask → answer, with what its entry says
 */
import { decide } from '../../../policies/decide.ts';
import type { DecisionRequest, Denial, FilterTerm, Permission } from '../../../policies/decision.ts';
import { entryFacts } from '../../../policies/entryFacts.ts';
import { Problem } from '../../../terms/problem.ts';
import type { ProblemCode } from '../../../terms/problemCatalogue.ts';
import { civilDateInChina, civilDateText } from '../../../terms/civilDate.ts';
import {
  jsonAnswer,
  telling,
  type Call,
  type DeniedOutcome,
  type ExchangeOperation,
  type LeafFacts,
  type Outcome,
} from '../call.ts';
import { releases } from '../../domain/dataset.ts';
import { liveDataset } from '../intake/services.ts';
import { fetchPage, type Page } from './fetchPage.ts';
import { maskPage } from './maskPage.ts';
import type { ReleaseServices } from './services.ts';

/** `Query` of openapi.yaml; it has been validated. */
export interface Query {
  readonly fields?: readonly string[];
  readonly filter?: readonly FilterTerm[];
  readonly sort?: readonly string[];
  readonly limit?: number;
  readonly cursor?: string;
}

export function queryDataset(services: ReleaseServices): ExchangeOperation {
  return (call) => {
    const query = call.body as Query;
    const request = decisionRequest(call, query);
    const decision = decide(request, services.registry.current.plans, call.now);
    const facts = entryFacts(request, decision);
    return decision.effect === 'deny'
      ? denied(facts, decision)
      : release(services, call, query, decision, facts);
  };
}

/** Purpose, agreement, official and case number travel only in signed headers, never in the body. */
export function decisionRequest(call: Call, query: Query): DecisionRequest {
  const { signed, department } = call.caller;
  return {
    consumer: department,
    dataset: call.params['dataset'] ?? '',
    agreement: signed['agreement'],
    purpose: signed['purpose'],
    onBehalfOf: signed['on-behalf-of'],
    matter: signed['matter'],
    fields: query.fields,
    filter: query.filter ?? [],
    sort: query.sort ?? [],
    limit: query.limit,
  };
}

function denied(facts: LeafFacts, { code, at }: Denial): DeniedOutcome {
  const problem = new Problem(
    code as ProblemCode,
    {},
    { check: 'decision', ...(at === undefined ? {} : { at }) },
  );
  return { problem, facts };
}

function release(
  services: ReleaseServices,
  call: Call,
  query: Query,
  permission: Permission,
  facts: LeafFacts,
): Promise<Outcome> {
  return telling(facts, async () => {
    if (permission.consent !== undefined) throw new Problem('consent_not_on_record');
    const dataset = liveDataset(services.registry, permission.plan.dataset);
    const { id, state } = dataset.row;
    if (!releases(state)) throw new Problem('dataset_unavailable', { dataset: id, state });
    const page = await fetchPage(services, query, permission, dataset, call.caller.department);
    const masked = maskPage(services, permission, dataset, page, call.now);
    const rows = { delivered: masked.records.length, withheld: 0 };
    return {
      ...jsonAnswer(200, {
        records: masked.records,
        withheld: permission.withheld,
        rows,
        ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
      }),
      facts: { ...facts, schema: dataset.schema.urn, rows },
      claims: quotaClaim(permission, call.now),
      subjects: subjectTokens(services, page, call.now),
    };
  });
}

/** Calls are counted by the day of mainland China. */
function quotaClaim(
  { limits, plan }: Permission,
  now: number,
): { quota?: { agreement: string; day: string; calls: number; max: number } } {
  if (limits.callsPerDay === undefined) return {};
  const day = civilDateText(civilDateInChina(now));
  return { quota: { agreement: plan.agreement, day, calls: 1, max: limits.callsPerDay } };
}

/** A token for each row's subject; doubles are dropped with the entry. */
function subjectTokens({ keys }: ReleaseServices, page: Page, now: number): readonly Uint8Array[] {
  return page.rows.flatMap(({ subject }) => (subject === undefined ? [] : [keys.logToken(subject, now)]));
}

/**
 * POST /v1/datasets/{dataset}/sandbox-query: the release flow over synthetic rows.
 *
 *   decide, as for real rows → the twin's rows → mask → answer marked as synthetic, with an entry of kind `sandbox`
 *
 * No consent is checked, no quota is counted, and no obligation applies: the rows describe no real person.
 */
import type { components } from '../../../../api/openapi.ts';
import { decide } from '../../../../policies/decide.ts';
import type { DecisionRequest, Permission } from '../../../../policies/decision.ts';
import type { PseudonymKeys } from '../../../../policies/masks/mask.ts';
import { pseudonymKeys } from '../../../../policies/masks/pseudonyms/pseudonymKey.ts';
import { sandboxPurpose } from '../../../../policies/sandbox/sandboxPurpose.ts';
import { defined } from '../../../../terms/defined.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed, denied, type Outcome } from '../../../pipeline/call.ts';
import { statedBy, type Acting } from '../../actingDepartment.ts';
import { problemOf } from '../allowedCall.ts';
import { maskPage } from '../maskPage.ts';
import type { Query } from '../rowSource.ts';
import { asksLatest } from '../requestedRows.ts';
import type { ReleaseServices } from '../services.ts';
import { inSandbox, type InSandbox, type SandboxCall } from './inSandbox.ts';
import { sandboxPage } from './sandboxPage.ts';
import { releaseOperation } from '../../operation.ts';

type TwinAnswer = components['schemas']['SandboxAnswer'];

/** Synthetic values are pseudonymised with a throwaway key: the results match no pseudonym that ever left. */
const nobodysKeys = (): { readonly pseudonyms: PseudonymKeys } => ({
  pseudonyms: pseudonymKeys(new Uint8Array(32)),
});

/** @throws Problem sandbox_purpose, and what inSandbox throws */
export const querySandbox = releaseOperation('querySandbox', {
  kind: 'sandbox',
  run: (call, services) => {
    const { purpose, agreement } = call.caller.signed;
    if (purpose !== sandboxPurpose) throw new Problem('sandbox_purpose', {}, { at: 'datong-purpose' });
    return inSandbox(call, services, { agreement, as: call.query.as }, (found) =>
      whenDecided(call, services, found, call.body, (answer) =>
        allowed<'querySandbox'>(200, answer, { facts: { synthetic: withRows(found, answer) } }),
      ),
    );
  },
});

/** The facts of an answer. */
export const withRows = ({ synthetic }: InSandbox, { rows }: Pick<TwinAnswer, 'rows'>) => ({
  ...synthetic,
  rows: rows.delivered,
});

/**
 * Decides a query of the twin and masks its rows as the decision says. A refusal is the outcome itself.
 * @throws Problem history_unfit, latest_unfit, and those of sandboxPage
 */
export function whenDecided(
  { caller, now }: Pick<SandboxCall, 'now'> & { readonly caller: Acting },
  services: Pick<ReleaseServices, 'keys'>,
  { basis, dataset, twin, synthetic }: InSandbox,
  query: Query,
  answered: (answer: TwinAnswer) => Outcome,
): Outcome {
  if (query.history === true)
    throw new Problem(
      'history_unfit',
      { reason: { zh: '合成副本没有历史', en: 'the rows of a synthetic twin have no history' } },
      { at: 'history' },
    );
  if (asksLatest(query))
    throw new Problem(
      'latest_unfit',
      { reason: { zh: '合成副本没有时间先后', en: 'the rows of a synthetic twin are no series' } },
      { at: 'latest' },
    );
  const decision = decide(questionOf(caller, query, basis.plan.ref), basis.plans, basis.decidedAt);
  if (decision.effect === 'deny') return denied(problemOf(decision), { synthetic });
  // masks compiled for the plan of real rows contain the keys of real pseudonyms: a copy of the plan gets its own masks
  const permission: Permission = { ...decision, plan: { ...decision.plan } };
  const page = sandboxPage(services.keys.cursor, dataset, twin, query, permission, caller.department);
  const { records } = maskPage({ keys: nobodysKeys() }, permission, dataset, page, now);
  return answered({
    synthetic: { ...synthetic, purpose: permission.plan.purpose },
    records: [...records],
    withheld: permission.withheld,
    rows: { delivered: records.length, withheld: permission.consent === undefined ? 0 : 'undisclosed' },
    ...defined({ nextCursor: page.nextCursor }),
  });
}

function questionOf(
  caller: Acting,
  { fields, filter, sort, limit }: Query,
  { agreement, purpose, dataset }: Permission['plan'],
): DecisionRequest {
  const { 'on-behalf-of': onBehalfOf, matter } = statedBy(caller);
  return {
    consumer: caller.department,
    dataset,
    agreement,
    purpose,
    onBehalfOf,
    matter,
    fields,
    filter: filter ?? [],
    sort: sort ?? [],
    limit,
  };
}

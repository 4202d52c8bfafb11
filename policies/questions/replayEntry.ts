/**
 * Repeats the decision recorded in a log entry, from the documents it was taken under. The entry holds no requested values. So the
 * reproducible checks are repeated, and results that depend on values alone are left open.
 */
import type { Leaf } from '../../log/leaf.ts';
import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import { decide } from '../decide.ts';
import type { Decision, DecisionRequest, Permission } from '../decision.ts';
import { entryFacts, type DecisionFacts } from '../entryFacts.ts';
import { rootOf } from '../masks/rows/fieldPath.ts';
import type { CompiledAgreement, Plans } from '../plans.ts';
import { denialCodes, type DenialCode, type Plan } from '../plans/plan.ts';
import { defined } from '../../terms/defined.ts';
import { deliveryOf, endsStream } from './deliveryOf.ts';

export type ReplayedEntry =
  /** the same decision again */
  | { readonly outcome: 'same' }
  /** no contradiction; part of it followed from values that no entry holds */
  | { readonly outcome: 'possible' }
  | { readonly outcome: 'differs'; readonly logged: string; readonly decided: string };

/** Denials that can be derived from the entry. */
export const decidable: readonly DenialCode[] = [
  'dataset_unknown',
  'agreement_suspended',
  'agreement_not_in_force',
  'dataset_not_agreed',
  'purpose_missing',
  'purpose_unknown',
  'purpose_not_agreed',
  'policy_unverified',
  'on_behalf_of_missing',
];
/** Which of these applies depends on all agreements of the consumer; a pack holds only those it is about. */
export const withoutAgreement: readonly string[] = ['no_agreement', 'agreement_missing', 'agreement_unknown'];
/** Returned to the holder of an agreement that is in force but not in the set: its data is not shared, or it cannot be used. */
const outsideOfSet: readonly string[] = ['sharing_refused', 'agreement_unreadable'];
export const isDenialCode = (code: string): code is DenialCode =>
  (denialCodes as readonly string[]).includes(code);

/** Denied although the documents allow it: no event of a response plan is open. No entry and no document records which are. */
const closedPurpose = 'purpose_closed';

/** Members that a decision writes to its entry. The entry of a call that was denied after it, and the end of a stream, may lack them. */
const reported = [
  'provider',
  'matterCode',
  'obligations',
  'fact',
  'aggregate',
  'fields',
  'withheld',
] as const;

/** @returns undefined where the entry records no decision of a policy set */
export function replayEntry(leaf: Leaf, plans: Plans): ReplayedEntry | undefined {
  const { kind, policy, dataset, consumer } = leaf;
  if (kind !== 'release' || policy === undefined || dataset === undefined || consumer === undefined)
    return undefined;
  const request = {
    ...requestOf(leaf, consumer, dataset),
    ...(endsStream(leaf) ? {} : deliveryOf(leaf)),
  };
  const decision = decide(request, withoutLookups(plans, request), Date.parse(leaf.at));
  if ((leaf.decision === 'deny') !== (leaf.code !== undefined))
    return {
      outcome: 'differs',
      logged: leaf.code === undefined ? 'deny' : `allow ${leaf.code}`,
      decided: outcomeOf(decision),
    };
  const code = outsideOfSet.includes(leaf.code ?? '') ? 'no_agreement' : leaf.code;
  const refused = code !== undefined && isDenialCode(code) ? code : undefined;
  return refused === undefined ? permitted(leaf, request, decision) : denied(refused, decision);
}

/** The request, as far as its entry records it: names, never a value. */
export function requestOf(leaf: Leaf, consumer: string, dataset: string): DecisionRequest {
  const { agreement, purpose, onBehalfOf, matter, fact, aggregate, fields = {}, withheld = {} } = leaf;
  const names = [...new Set(Object.keys(fields).map(rootOf))];
  return {
    consumer,
    dataset,
    agreement,
    purpose,
    onBehalfOf,
    matter,
    // a request that names fields gets no information about other fields
    fields: names.length === 0 || Object.keys(withheld).length > 0 ? undefined : names,
    filter: [],
    sort: [],
    limit: undefined,
    ...(fact === undefined ? {} : { fact: { id: fact, subject: '' } }),
    ...defined({ aggregate }),
  };
}

/** No entry holds the lookup value: the function assumes that one was given. */
export function withoutLookups(
  plans: Plans,
  { agreement = '', consumer, dataset, purpose = '' }: DecisionRequest,
): Plans {
  const compiled = plans.agreements.get(agreement);
  const plan = compiled?.plans.get(consumer)?.get(dataset)?.get(purpose);
  if (compiled === undefined || plan?.needs.lookup !== true) return plans;
  const open: Plan = { ...plan, needs: { ...plan.needs, lookup: false } };
  const table: CompiledAgreement['plans'] = new Map([
    [consumer, new Map([[dataset, new Map([[purpose, open]])]])],
  ]);
  const blockedBy = plans.blocked.get(plan);
  return {
    ...plans,
    agreements: new Map([[agreement, { ...compiled, plans: table }]]),
    blocked: blockedBy === undefined ? new Map() : new Map([[open, blockedBy]]),
  };
}

/** Allowed, or refused for a reason outside the documents (a consent, a quota). */
function permitted(leaf: Leaf, request: DecisionRequest, decision: Decision): ReplayedEntry {
  // no entry holds the subject of a fact: this denial may only mean that it was not given
  const openFact = request.fact !== undefined && isCode(decision, 'fact_question_invalid');
  if (openFact) return { outcome: 'possible' };
  if (decision.effect === 'deny')
    return { outcome: 'differs', logged: 'allow', decided: `deny ${decision.code}` };
  const beyond = beyondLimits(leaf, decision);
  if (beyond !== undefined) return { outcome: 'differs', ...beyond };
  const other = otherFact(leaf, entryFacts(request, decision));
  if (other !== undefined) return { outcome: 'differs', ...other };
  return { outcome: leaf.code === closedPurpose ? 'possible' : 'same' };
}

/** The first member of an entry that is not as the documents decide it. A denial and the end of a stream may omit members. */
function otherFact(
  leaf: Leaf,
  again: DecisionFacts,
): { readonly logged: string; readonly decided: string } | undefined {
  const isPartial = leaf.decision === 'deny' || endsStream(leaf);
  for (const name of reported) {
    const [before, now] = [leaf[name], again[name]].map((value) =>
      value === undefined ? undefined : canonicalJson(value as CanonicalValue),
    );
    if (before === now || (before === undefined && isPartial)) continue;
    if (before === undefined || name !== 'withheld' || !isSameWithheld(leaf, again))
      return { logged: `${name} ${before ?? '–'}`, decided: `${name} ${now ?? '–'}` };
  }
  return undefined;
}

/** The limits of one call that the entry shows to be exceeded. Parts of a stream or file have none. */
function beyondLimits(
  { operation, asked, rows, stream }: Leaf,
  { limits: { rowsPerCall, subjectsPerCall } }: Permission,
): { readonly logged: string; readonly decided: string } | undefined {
  const subjects = asked ?? (operation === 'batchQuery' ? 0 : undefined);
  if (subjects !== undefined && subjectsPerCall === undefined)
    return { logged: 'allow', decided: 'deny delivery_not_agreed' };
  if (subjects !== undefined && subjects > (subjectsPerCall ?? 0))
    return { logged: `asked ${subjects}`, decided: `asked <= ${subjectsPerCall ?? 0}` };
  // of a batch, each subject may have as many rows
  const most = rowsPerCall * (subjects ?? 1);
  const delivered = rows?.delivered ?? 0;
  return stream === undefined && delivered > most
    ? { logged: `rows ${delivered}`, decided: `rows <= ${most}` }
    : undefined;
}

/** Earlier releases recorded a field that the agreement itself drops as withheld by a restriction. */
function isSameWithheld({ withheld: logged = {} }: Leaf, { withheld: decided = {} }: DecisionFacts): boolean {
  const names = Object.keys(logged);
  return (
    names.length === Object.keys(decided).length &&
    names.every(
      (name) =>
        logged[name] === decided[name] ||
        (logged[name] === 'withheld_by_restriction' && decided[name] === 'not_granted'),
    )
  );
}

function denied(code: DenialCode, decision: Decision): ReplayedEntry {
  if (withoutAgreement.includes(code))
    return decision.effect === 'deny' && withoutAgreement.includes(decision.code)
      ? { outcome: 'possible' }
      : differs(code, decision);
  if (decidable.includes(code)) {
    // a text that is no known purpose is not stored
    const again = code === 'purpose_unknown' ? 'purpose_missing' : code;
    return isCode(decision, again) ? { outcome: 'same' } : differs(code, decision);
  }
  // an earlier check in the order would have been reported instead
  const earlier =
    decision.effect === 'deny' &&
    (decidable.some((one) => one === decision.code) || withoutAgreement.includes(decision.code));
  return earlier ? differs(code, decision) : { outcome: 'possible' };
}

const isCode = (decision: Decision, code: DenialCode): boolean =>
  decision.effect === 'deny' && decision.code === code;

const differs = (code: string, decision: Decision): ReplayedEntry => ({
  outcome: 'differs',
  logged: `deny ${code}`,
  decided: outcomeOf(decision),
});

const outcomeOf = (decision: Decision): string =>
  decision.effect === 'deny' ? `deny ${decision.code}` : 'allow';

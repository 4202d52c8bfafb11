/**
 * The decision that an entry of the log tells, taken once more from the documents it was taken under. The entry holds no value that was
 * asked by, so what can be asked again is asked, and what follows from values alone is left open.
 */
import type { Leaf } from '../../log/leaf.ts';
import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import { decide } from '../decide.ts';
import type { Decision, DecisionRequest } from '../decision.ts';
import { entryFacts } from '../entryFacts.ts';
import { rootOf } from '../masks/rows/fieldPath.ts';
import type { CompiledAgreement, Plans } from '../plans.ts';
import { denialCodes, type DenialCode, type Plan } from '../plans/plan.ts';

export type ReplayedEntry =
  /** the very decision again */
  | { readonly outcome: 'same' }
  /** nothing against it; part of it followed from values that no entry holds */
  | { readonly outcome: 'possible' }
  | { readonly outcome: 'differs'; readonly logged: string; readonly decided: string };

/** Denials that follow from what the entry holds. */
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
/** Which of these it is depends on all agreements of the consumer, of which a pack holds those it is about. */
export const withoutAgreement: readonly string[] = ['no_agreement', 'agreement_missing', 'agreement_unknown'];
/** Told to the holder of an agreement that stands and is not in the set, since its data is not shared. */
const unshared = 'sharing_refused';
export const isDenialCode = (code: string): code is DenialCode =>
  (denialCodes as readonly string[]).includes(code);

/** Members that a decision puts into its entry, and an entry need not have (a stream's end says no more of it). */
const reported = [
  'provider',
  'matterCode',
  'obligations',
  'fact',
  'aggregate',
  'fields',
  'withheld',
] as const;

/** @returns undefined where the entry tells no decision of a policy set */
export function replayEntry(leaf: Leaf, plans: Plans): ReplayedEntry | undefined {
  const { kind, policy, dataset, consumer } = leaf;
  if (kind !== 'release' || policy === undefined || dataset === undefined || consumer === undefined)
    return undefined;
  const request = requestOf(leaf, consumer, dataset);
  const decision = decide(request, withoutLookups(plans, request), Date.parse(leaf.at));
  const code = leaf.code === unshared ? 'no_agreement' : leaf.code;
  const refused = code !== undefined && isDenialCode(code) ? code : undefined;
  return refused === undefined ? permitted(leaf, request, decision) : denied(refused, decision);
}

/** What was asked, as far as its entry tells: names, never a value. */
export function requestOf(leaf: Leaf, consumer: string, dataset: string): DecisionRequest {
  const { agreement, purpose, onBehalfOf, matter, fact, aggregate, fields = {}, withheld = {} } = leaf;
  const names = [...new Set(Object.keys(fields).map(rootOf))];
  return {
    ...{ consumer, dataset, agreement, purpose, onBehalfOf, matter },
    // whoever names fields is told of no others
    fields: names.length === 0 || Object.keys(withheld).length > 0 ? undefined : names,
    filter: [],
    sort: [],
    limit: undefined,
    ...(fact === undefined ? {} : { fact: { id: fact, subject: '' } }),
    ...(aggregate === undefined ? {} : { aggregate }),
  };
}

/** The value that was looked up by is in no entry: that there was one is taken as given. */
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

/** Allowed, or refused for another reason than the documents (a consent, a quota). */
function permitted(leaf: Leaf, request: DecisionRequest, decision: Decision): ReplayedEntry {
  // the subject of a fact is in no entry: that it was not given is the one thing this denial may say
  const openFact = request.fact !== undefined && isCode(decision, 'fact_question_invalid');
  if (openFact) return { outcome: 'possible' };
  if (decision.effect === 'deny')
    return { outcome: 'differs', logged: 'allow', decided: `deny ${decision.code}` };
  const again = entryFacts(request, decision);
  for (const name of reported) {
    const [before, now] = [leaf[name], again[name]].map((value) =>
      value === undefined ? undefined : canonicalJson(value as CanonicalValue),
    );
    if (before !== undefined && before !== now)
      return { outcome: 'differs', logged: `${name} ${before}`, decided: `${name} ${now ?? '–'}` };
  }
  return { outcome: 'same' };
}

function denied(code: DenialCode, decision: Decision): ReplayedEntry {
  if (withoutAgreement.includes(code))
    return decision.effect === 'deny' && withoutAgreement.includes(decision.code)
      ? { outcome: 'possible' }
      : differs(code, decision);
  if (decidable.includes(code)) {
    // a text that is no purpose is not kept
    const again = code === 'purpose_unknown' ? 'purpose_missing' : code;
    return isCode(decision, again) ? { outcome: 'same' } : differs(code, decision);
  }
  // what came first in the order of checks would have been told instead
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
  decided: decision.effect === 'deny' ? `deny ${decision.code}` : 'allow',
});

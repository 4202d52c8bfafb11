/** The first step of every delivery of the release flow: the call is decided, a denial gets its entry, and one dataset answers. */
import type { Decision, DecisionRequest, Denial, Permission } from '../../../policies/decision.ts';
import { entryFacts } from '../../../policies/entryFacts.ts';
import { Problem } from '../../../terms/problem.ts';
import type { ProblemCode } from '../../../terms/problemCatalogue.ts';
import { responsibleParty, stoppingNames } from '../../../terms/stoppedBy.ts';
import { releases } from '../../domain/dataset.ts';
import type { LeafFacts } from '../../log/entry.ts';
import {
  denied,
  withFacts,
  type Attempt,
  type Call,
  type Outcome,
  type AllowedOutcome,
  type DeniedOutcome,
  type Run,
} from '../../pipeline/call.ts';
import type { Caller } from '../../identity/authentication/caller.ts';
import { statedBy, type Acting } from '../actingDepartment.ts';
import type { Registry } from '../../registry/registry.ts';
import type { LiveDataset, RegistrySnapshot } from '../../registry/snapshot.ts';
import { refuseEvents, refuseLive, liveDataset } from '../hostedDataset.ts';
import { refusedAttempt } from './attempts.ts';
import { valuesLookedUp } from './lookupLimit.ts';
import type { ReleaseServices } from './services.ts';
import { unavailable } from '../../registry/unavailable.ts';
import type { DatasetRow } from '../../registry/store/datasets.ts';
import { consumerOf, type Agreement } from '../../../policies/documents/agreement.ts';
import type { Served } from '../../../policies/standingPlans.ts';
import { withoutAgreement } from '../../../policies/questions/replayEntry.ts';
import { decideNow } from './decideNow.ts';

/**
 * The problem returned to the holder of an agreement whose dataset is no longer shared (不予共享). The agreement is still in force but grants
 * nothing, which differs from having no agreement. Departments without an agreement, or with an expired one, do not receive this problem.
 * If the call names no agreement, it is returned only for the requested dataset itself: if another agreement answers, the call has to name
 * that one.
 * @param now Unix ms
 */
export function unsharedProblem(
  { agreement, consumer, dataset }: Pick<DecisionRequest, 'agreement' | 'consumer' | 'dataset'>,
  { code }: Pick<Denial, 'code'>,
  { idle, context }: Pick<RegistrySnapshot, 'idle' | 'context'>,
  now: number,
): Problem | undefined {
  const isUnshared = (id: string): boolean => context.sharing?.get(id)?.type === 'none';
  const holdsNone = code === 'no_agreement' && isUnshared(dataset);
  if (agreement === undefined ? !holdsNone : !withoutAgreement.includes(code)) return undefined;
  for (const one of idle) {
    if (one.kind !== 'Agreement' || (agreement ?? one.id) !== one.id) continue;
    if (!consumersOf(one).includes(consumer) || !isInTerm(one, now)) continue;
    const given = one.grants.map((grant) => grant.dataset);
    const unshared = given.find(isUnshared);
    if (unshared === undefined || !given.some((id) => id === dataset)) continue;
    return new Problem('sharing_refused', { dataset: unshared }, { check: 'decision', at: one.id });
  }
  return undefined;
}

/** Whether a call or a part failed because its signed agreement is not used (`unusedProblem`): no failure of the hub, and repeating does not help. */
export const isUnusedAgreement = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'agreement_unreadable';

/**
 * The problem returned to a department whose signed agreement this hub does not use: its row was edited, or the rules or registries of
 * today refuse it. A new request would not help, so the caller is not sent to the provider. Others receive what they receive for a missing
 * agreement. A call that names a purpose and no agreement learns nothing of agreements that are known to be for other purposes.
 * @param now Unix ms
 */
export function unusedProblem(
  {
    agreement,
    consumer,
    dataset,
    purpose,
  }: Pick<DecisionRequest, 'agreement' | 'consumer' | 'dataset' | 'purpose'>,
  { code }: Pick<Denial, 'code'>,
  { failed }: Pick<RegistrySnapshot, 'failed'>,
  now: number,
): Problem | undefined {
  if (agreement === undefined ? code !== 'no_agreement' : !withoutAgreement.includes(code)) return undefined;
  for (const { name, serves } of failed) {
    const [id = ''] = name.split('@');
    if (serves === undefined || (agreement ?? id) !== id) continue;
    if (now < serves.from || now >= serves.until) continue;
    if (agreement === undefined && !mayServe(serves, purpose)) continue;
    if (serves.consumers.includes(consumer) && serves.datasets.includes(dataset))
      return new Problem('agreement_unreadable', { document: name }, { check: 'decision', at: id });
  }
  return undefined;
}

/** Of a purpose that is not given, or purposes that are unknown: it may. */
const mayServe = ({ purposes }: Served, purpose: string | undefined): boolean =>
  purpose === undefined || (purposes?.includes(purpose) ?? true);

/**
 * Why a department receives nothing of the datasets, for which no agreement in use has a plan.
 * @param at what it asked for @param now Unix ms
 */
export function withoutPlan(
  asked: Pick<DecisionRequest, 'agreement' | 'consumer' | 'purpose'> & {
    readonly datasets: readonly string[];
  },
  current: Pick<RegistrySnapshot, 'failed'>,
  now: number,
  at: string,
): Problem {
  const { datasets, ...request } = asked;
  for (const dataset of datasets) {
    const unused = unusedProblem({ ...request, dataset }, { code: 'no_agreement' }, current, now);
    if (unused !== undefined) return unused;
  }
  return new Problem('no_agreement', {}, { at });
}

const isInTerm = ({ valid }: Agreement, now: number): boolean =>
  Date.parse(valid.from) <= now && now < Date.parse(valid.until);

const consumersOf = (agreement: Agreement): readonly string[] => [
  consumerOf(agreement),
  ...(agreement.entrusted ?? []).map(({ department }) => department),
];

/** What a call requests in its body; the signed headers are separate. */
export type Requested = {
  readonly [Part in 'fields' | 'filter' | 'sort' | 'limit']?: DecisionRequest[Part] | undefined;
} & Pick<
  DecisionRequest,
  'batch' | 'stream' | 'export' | 'changes' | 'events' | 'latest' | 'asOf' | 'history' | 'fact' | 'aggregate'
>;

/** A call that was decided and may proceed. */
export interface AllowedCall {
  readonly request: DecisionRequest;
  readonly permission: Permission;
  /** the facts for its entry */
  readonly facts: LeafFacts;
  /** log tokens for the entry if the call is refused after all */
  readonly attempt: Attempt;
  /** values that it looks up individually */
  readonly lookedUp: readonly unknown[];
}

/** The complete decision request of a call. */
export const requestOf = (call: Call<Acting>, requested: Requested): DecisionRequest => ({
  fields: requested.fields,
  limit: requested.limit,
  ...requested,
  ...requestContext(call),
  filter: requested.filter ?? [],
  sort: requested.sort ?? [],
});

/**
 * Decides a request. Where it may not proceed, `refusal` is the problem that its caller receives.
 * @param now Unix milliseconds, database clock
 */
export function decided(
  request: DecisionRequest,
  current: RegistrySnapshot,
  now: number,
):
  | { readonly decision: Permission; readonly refusal: undefined }
  | { readonly decision: Decision; readonly refusal: Problem } {
  const decision = decideNow(request, current, now);
  if (decision.effect === 'deny')
    return {
      decision,
      refusal:
        unsharedProblem(request, decision, current, now) ??
        unusedProblem(request, decision, current, now) ??
        problemOf(decision, current),
    };
  return current.founded
    ? { decision, refusal: undefined }
    : { decision, refusal: new Problem('hub_not_founded', {}, { check: 'decision' }) };
}

/**
 * Decides a call and runs the flow of an allowed one. A refusal, at once or later, gets an entry with the known facts.
 * @param more facts that the entry contains in either decision
 */
export function whenAllowed<Result = Outcome>(
  call: Call<Acting>,
  services: ReleaseServices,
  requested: Requested,
  walk: (allowed: AllowedCall) => Promise<Result> | Result,
  more: LeafFacts = {},
): Promise<Result | DeniedOutcome> | DeniedOutcome {
  const request = requestOf(call, requested);
  const { decision, refusal } = decided(request, services.registry.current, call.now);
  const facts = Object.assign(entryFacts(request, decision), more);
  const attempt = refusedAttempt(services, call, request);
  if (refusal !== undefined) return denied(refusal, facts, attempt);
  const lookedUp = valuesLookedUp(request, decision, subjectOf(services, request.dataset));
  const begin = (): Promise<Result> | Result => {
    if (lookedUp.length > 0) services.lookupLimit.check(request.consumer, request.dataset, call.now);
    return walk({ request, permission: decision, facts, attempt, lookedUp });
  };
  return withFacts(facts, begin, attempt);
}

const subjectOf = ({ registry }: Pick<ReleaseServices, 'registry'>, dataset: string): string | undefined =>
  registry.current.datasets.get(dataset)?.schema.subject?.field;

/** Of a system, purpose, agreement, official and case number travel only in signed headers, never in the body. */
function requestContext(call: Call<Acting>): Omit<DecisionRequest, 'fields' | 'filter' | 'sort' | 'limit'> {
  const { department } = call.caller;
  const stated = statedBy(call.caller);
  return {
    consumer: department,
    dataset: call.params['dataset'] ?? '',
    agreement: stated['agreement'],
    purpose: stated['purpose'],
    onBehalfOf: stated['on-behalf-of'],
    matter: stated['matter'],
  };
}

/**
 * A denial as the caller receives it. For a suspended agreement it names the suspending sides. The reason is shown to staff of its parties
 * only, not to every caller under it.
 */
export function problemOf(
  { code, at, most }: Denial,
  { stopped }: Partial<Pick<RegistrySnapshot, 'stopped'>> = {},
): Problem {
  const extras = {
    check: 'decision',
    ...(at === undefined ? {} : { at }),
    ...(most === undefined ? {} : { expected: `<= ${most}` }),
  };
  if (code !== 'agreement_suspended')
    return new Problem(code as ProblemCode, most === undefined ? {} : { most }, extras);
  const sides = stopped?.get(at ?? '') ?? [];
  return new Problem(
    code,
    { whom: stoppingNames(sides) },
    {
      ...extras,
      who: responsibleParty(sides),
      ...(sides.length === 0 ? {} : { findings: sides.map((by) => ({ by })) }),
    },
  );
}

/** The dataset of a permission, where it has rows. @throws Problem dataset_unknown, dataset_unavailable, dataset_of_events */
export function releasedDataset(registry: Registry, permission: Permission): LiveDataset {
  const dataset = openDataset(registry, permission);
  refuseEvents(dataset);
  return dataset;
}

/** The dataset of a permission, whatever its mode. @throws Problem dataset_unknown, dataset_unavailable */
export function openDataset(registry: Registry, { plan }: Permission): LiveDataset {
  const dataset = liveDataset(registry, plan.dataset);
  if (!releases(dataset.row.state)) throw unavailable(dataset.row, dataset.notice);
  return dataset;
}

/** The same where rows in the hub are needed. @throws Problem dataset_live in addition to those */
export function hostedReleased(registry: Registry, permission: Permission): LiveDataset {
  const dataset = releasedDataset(registry, permission);
  refuseLive(dataset);
  return dataset;
}

const majorOf = (urn: string): string => urn.replace(/\.\d+$/, '');

/** Whether a dataset moved to a new major version since a call was decided: the layout and meaning of its rows have changed. */
export const otherMajor = (
  decided: Pick<DatasetRow, 'schema'>,
  now: Pick<DatasetRow, 'schema'> | undefined,
): boolean => now !== undefined && majorOf(now.schema) !== majorOf(decided.schema);

/** The same release; its answers announce when their schema version is being retired. */
export const noticed =
  <C extends Caller>(run: Run<C, ReleaseServices>): Run<C, ReleaseServices> =>
  (call, services) =>
    after(run(call, services), services);

function after(
  outcome: Promise<Outcome> | Outcome,
  services: Pick<ReleaseServices, 'registry'>,
): Promise<Outcome> | Outcome {
  if (outcome instanceof Promise) return outcome.then((one) => after(one, services));
  if (outcome.entry !== 'allow') return outcome;
  return withNotice(outcome, services);
}

function withNotice(outcome: AllowedOutcome, services: Pick<ReleaseServices, 'registry'>): AllowedOutcome {
  const { dataset } = outcome.facts;
  const { notice } = services.registry.current.datasets.get(dataset ?? '') ?? {};
  if (notice === undefined) return outcome;
  const { whenLost } = outcome;
  return {
    ...outcome,
    headers: { ...outcome.headers, ...notice },
    ...(whenLost === undefined ? {} : { whenLost: (claim) => after(whenLost(claim), services) }),
  };
}

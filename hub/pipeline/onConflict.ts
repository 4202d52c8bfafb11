/** What is logged when another entry took what this one claims: a denial, or the same call decided again. */
import { Problem } from '../../terms/problem.ts';
import type { ConflictingClaim } from '../log/draft.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import { currentEpoch, authenticate } from './requestChecks.ts';
import { attemptOf, denied, type AllowedOutcome, type Attempt, type DeniedOutcome } from './call.ts';
import { rateLimitHeaders, secondsLeft } from './rateLimit.ts';
import type { ToLog } from './entryOf.ts';
import {
  maxAttempts,
  maxLosses,
  type Decide,
  type Decided,
  type GateServices,
  type Passage,
} from './passage.ts';
import { asProblem, problemOf, withoutEffects } from './refused.ts';
import { lockActs } from './ownership.ts';

/** The caller is authenticated again in each case: the lost claim may concern the caller's own authorisation. */
export async function onConflict<C extends Caller>(
  services: GateServices,
  passage: Passage<C>,
  lost: ToLog<C>,
  claim: ConflictingClaim,
  decide: Decide<C>,
): Promise<Decided<C>> {
  const { outcome } = lost;
  // the claim is lost for good: such a denial is not decided again
  const deny = (problem: Problem, attempt?: Attempt): Decided<C> => ({
    ...lost,
    attempt: Math.max(lost.attempt, maxAttempts),
    outcome: { ...denied(problem, withoutEffects(outcome.facts), attempt), at: outcome.at },
  });
  if (claim === 'nonce') return deny(new Problem('nonce_replayed', {}, { check: 'nonce' }));
  const readies = outcome.entry === 'allow' && outcome.whenLost !== undefined;
  if (lost.attempt >= (readies ? maxLosses : maxAttempts)) {
    const problem = new Problem('log_busy');
    if (outcome.entry === 'allow') await outcome.whenBarred?.(problem);
    return deny(problem);
  }
  const attempt = lost.attempt + 1;
  if (outcome.entry === 'deny' || outcome.whenLost === undefined) {
    if (claim === 'quotas') return deny(exhausted(services, passage.now, outcome), attemptOf(outcome));
    await lockActs(services, passage);
    return decide(passage, attempt);
  }
  try {
    const epoch = await currentEpoch(services.current, services.audit);
    const caller = await callerStillAllowed(services, passage, outcome, attempt);
    return { outcome: await outcome.whenLost(claim), caller, refusal: undefined, epoch, attempt };
  } catch (error) {
    return deny(asProblem(services, passage, error));
  }
}

/** Names the exhausted limit and the time when it resets. */
function exhausted({ audit }: GateServices, now: number, outcome: AllowedOutcome | DeniedOutcome): Problem {
  const claims = outcome.entry === 'allow' ? (outcome.claims?.quotas ?? []) : [];
  const [first] = claims;
  const spent = claims.find((claim) => (audit.taken(claim) ?? 0) + claim.calls > claim.max);
  return new Problem(
    'quota_exhausted',
    {},
    {
      ...(spent === undefined ? {} : { at: spent.of }),
      headers: {
        ...(first === undefined ? {} : { 'retry-after': String(secondsLeft(first, now)) }),
        ...rateLimitHeaders(claims, (claim) => audit.taken(claim), now),
      },
    },
  );
}

/** @throws Problem or Refusal, after the outcome was notified that it is barred */
async function callerStillAllowed<C extends Caller>(
  services: GateServices,
  passage: Passage<C>,
  outcome: AllowedOutcome,
  attempt: number,
): Promise<C> {
  try {
    const caller = await authenticate(services, passage, attempt);
    passage.operation.permit?.(caller);
    return caller;
  } catch (error) {
    await outcome.whenBarred?.(problemOf(error));
    throw error;
  }
}

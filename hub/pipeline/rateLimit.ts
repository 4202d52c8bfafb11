/** The caller's remaining quota of the day, formatted as in draft-ietf-httpapi-ratelimit-headers-10. */
import type { Claims, QuotaClaim } from '../log/draft.ts';
import type { Answer } from './call.ts';
import type { GateServices, Passage } from './passage.ts';
import { Problem } from '../../terms/problem.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import { Unlogged } from './unlogged.ts';

const day = 86_400;

/** Seconds until the counters of a day reset: the next midnight of mainland China. @param now Unix milliseconds */
export const secondsLeft = ({ day: date }: Pick<QuotaClaim, 'day'>, now: number): number =>
  Math.max(1, Math.ceil((Date.parse(`${date}T00:00:00+08:00`) + day * 1000 - now) / 1000));

/**
 * `RateLimit-Policy` and `RateLimit` for the claims of a call; empty where it claimed nothing.
 * @param taken used so far of a claim's counter; undefined where it is not known
 */
export function rateLimitHeaders(
  claims: readonly QuotaClaim[],
  taken: (claim: QuotaClaim) => number | undefined,
  now: number,
): Readonly<Record<string, string>> {
  if (claims.length === 0) return {};
  const policies = claims.map(({ of, max }) => `"${of}";q=${max};w=${day}`);
  const left = claims.flatMap((claim) => {
    const gone = taken(claim);
    return gone === undefined
      ? []
      : [`"${claim.of}";r=${Math.max(0, claim.max - gone)};t=${secondsLeft(claim, now)}`];
  });
  return {
    'ratelimit-policy': policies.join(', '),
    ...(left.length === 0 ? {} : { ratelimit: left.join(', ') }),
  };
}

/** Adds the caller's remaining quota to the answer of a durable entry. */
export function reportLimits<A extends Answer>(
  { audit }: Pick<GateServices, 'audit'>,
  { now }: { readonly now: number },
  { carried, claims }: { readonly carried: { readonly answer: A }; readonly claims: Claims },
): A {
  const limits = rateLimitHeaders(claims.quotas ?? [], (claim) => audit.taken(claim), now);
  return { ...carried.answer, headers: Object.assign({}, carried.answer.headers, limits) };
}

/** First step: one caller cannot crowd out the others. @throws Unlogged too_many_requests */
export function takeFromBucket<C extends Caller>(services: GateServices, passage: Passage<C>): void {
  const { door: callerAuth, request, now, operation } = passage;
  const wait = services.calls.take(callerAuth.bucketOf(request.head), now);
  if (wait === 0) return;
  services.overload.count(operation.id);
  const headers = { 'retry-after': String(Math.ceil(wait)) };
  throw new Unlogged(new Problem('too_many_requests', {}, { headers }));
}

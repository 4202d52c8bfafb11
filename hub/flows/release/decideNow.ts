import { decide } from '../../../policies/decide.ts';
import type { Decision, DecisionRequest } from '../../../policies/decision.ts';
import type { RegistrySnapshot } from '../../registry/snapshot.ts';

/**
 * Decides a call that releases data. A purpose of a response plan is usable only while an event of the plan is open, also where
 * the agreements allow it.
 * @param now Unix milliseconds, database clock
 */
export function decideNow(
  request: DecisionRequest,
  { plans, planPurposes }: Pick<RegistrySnapshot, 'plans' | 'planPurposes'>,
  now: number,
): Decision {
  const decision = decide(request, plans, now);
  if (decision.effect === 'deny') return decision;
  const { purpose } = decision.plan;
  const { ends, free } = planPurposes;
  const until = ends.get(purpose) ?? (free === undefined || free.has(purpose) ? undefined : 0);
  if (until === undefined || now < until) return decision;
  const code = 'purpose_closed';
  return {
    effect: 'deny',
    code,
    at: 'datong-purpose',
    policy: decision.policy,
    reasons: [{ check: 'purpose', outcome: 'fail', code }],
  };
}

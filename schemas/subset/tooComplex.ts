/** Documents that cannot be compared completely: rejected with a message, never treated as equal. */
import type { Resolve } from '../references.ts';
import type { Comparison, Mode } from './comparison.ts';
import { TooComplex } from './judge.ts';
import { policyChangesInSteps, type PolicyChange } from './policyChanges.ts';
import { reasonFor } from './reasons.ts';

/** undefined: too many places to visit. It yields after each place, so that the caller can run other work. */
export function* policyInSteps(
  old: unknown,
  fresh: unknown,
  resolve: Resolve,
): Generator<undefined, readonly PolicyChange[] | undefined, undefined> {
  try {
    return yield* policyChangesInSteps(old, fresh, resolve);
  } catch (error) {
    if (error instanceof TooComplex) return undefined;
    throw error;
  }
}

/** A comparison that was not made, or not completed, counts as incompatible. */
export function tooComplex(mode: Mode, policy: Comparison['policy'] = []): Comparison {
  const reason = reasonFor('too_complex', {});
  const change = { path: '', backward: false, forward: false, code: 'too_complex', reason } as const;
  return { compatible: false, mode, changes: [change], policy };
}

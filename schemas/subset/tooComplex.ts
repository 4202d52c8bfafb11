/** Documents that cannot be compared to the end: refused with a sentence, never taken for the same. */
import type { Resolve } from '../references.ts';
import type { Comparison, Mode } from './comparison.ts';
import { TooComplex } from './judge.ts';
import { policyChangesInSteps, type PolicyChange } from './policyChanges.ts';
import { reasonFor } from './reasons.ts';

/** undefined: more places than can be gone through. It rests after each place: whoever drives it may let others in meanwhile. */
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

/** What was not compared, or not to the end, is not compatible. */
export function tooComplex(mode: Mode, policy: Comparison['policy'] = []): Comparison {
  const reason = reasonFor('too_complex', {});
  const change = { path: '', backward: false, forward: false, code: 'too_complex', reason } as const;
  return { compatible: false, mode, changes: [change], policy };
}

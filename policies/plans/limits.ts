import type { Permission } from '../decision.ts';
import type { Limits } from '../documents/agreement.ts';

const usualRowsPerCall = 1000;

/**
 * A grant's limits under everything that narrows it. What the grant leaves out has its default first, so that a generous limit from
 * elsewhere never loosens it.
 */
export function tightestLimits(
  own: Limits | undefined,
  others: readonly (Limits | undefined)[],
): Permission['limits'] {
  const least = (name: 'rowsPerCall' | 'callsPerDay' | 'maskTypeErrors', start: number): number =>
    Math.min(start, ...others.flatMap((limits) => limits?.[name] ?? []));
  const callsPerDay = least('callsPerDay', own?.callsPerDay ?? Infinity);
  const maskTypeErrors = least('maskTypeErrors', own?.maskTypeErrors ?? 0);
  const minGroup = Math.max(0, ...[own, ...others].flatMap((limits) => limits?.minGroup ?? [])); // a larger group hides more
  return {
    rowsPerCall: least('rowsPerCall', own?.rowsPerCall ?? usualRowsPerCall),
    ...(callsPerDay === Infinity ? {} : { callsPerDay }),
    ...(minGroup === 0 ? {} : { minGroup }),
    ...(maskTypeErrors === 0 ? {} : { maskTypeErrors }),
  };
}

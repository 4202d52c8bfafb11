import type { Permission } from '../decision.ts';
import type { Delivery, Limits } from '../documents/agreement.ts';

const usualRowsPerCall = 1000;
const usualSubjectsPerCall = 1000;

/**
 * A grant's limits after applying everything that narrows it. An omitted limit gets its default first, so that a generous limit from
 * elsewhere never loosens it.
 */
export function tightestLimits(
  own: Limits | undefined,
  others: readonly (Limits | undefined)[],
  deliveries: readonly Delivery[] = [],
): Permission['limits'] {
  const least = (name: keyof Limits, start: number): number =>
    Math.min(start, ...others.flatMap((limits) => limits?.[name] ?? []));
  const counted = ['callsPerDay', 'rowsPerDay', 'bytesPerDay'] as const;
  const unlessLimited = [
    ...counted,
    ...(deliveries.includes('stream') ? (['streamsAtOnce'] as const) : []),
  ].flatMap((name) => {
    const value = least(name, own?.[name] ?? Infinity);
    return value === Infinity ? [] : [[name, value] as const];
  });
  const unlessGranted = (['maskTypeErrors', 'cacheSeconds'] as const).flatMap((name) => {
    const value = least(name, own?.[name] ?? 0);
    return value === 0 ? [] : [[name, value] as const];
  });
  return {
    rowsPerCall: least('rowsPerCall', own?.rowsPerCall ?? usualRowsPerCall),
    ...(deliveries.includes('batch')
      ? { subjectsPerCall: least('subjectsPerCall', own?.subjectsPerCall ?? usualSubjectsPerCall) }
      : {}),
    ...Object.fromEntries(unlessLimited),
    ...Object.fromEntries(unlessGranted),
  };
}

/** The parties of an agreement are notified this many days before its end, once each. */
export const expirySteps = [30, 7, 1] as const;
export type ExpiryStep = (typeof expirySteps)[number];

const dayMs = 86_400_000;

/**
 * The smallest step that is not below the days left; undefined where more days are left than any step, or the end has passed.
 * @param until,now Unix milliseconds
 */
export function expiryStep(until: number, now: number): ExpiryStep | undefined {
  const left = (until - now) / dayMs;
  if (left <= 0) return undefined;
  return expirySteps.filter((step) => left <= step).at(-1);
}

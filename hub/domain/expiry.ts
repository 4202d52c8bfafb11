/** The parties of an agreement are notified this many days before its end, once each. */
export const expirySteps = [30, 7, 1] as const;
export type ExpiryStep = (typeof expirySteps)[number];

const dayMs = 86_400_000;

/** The nearest step that an end has come within; undefined where it is further away, or past. @param until,now Unix milliseconds */
export function expiryStep(until: number, now: number): ExpiryStep | undefined {
  const left = (until - now) / dayMs;
  if (left <= 0) return undefined;
  return expirySteps.filter((step) => left <= step).at(-1);
}

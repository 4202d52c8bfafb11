/** When a message that a sink did not take is sent again (pure). */

/** Milliseconds. */
export interface RetrySchedule {
  /** before the second attempt; doubles with each further one */
  readonly firstMs: number;
  readonly maxMs: number;
  /** a message that was not taken for so long becomes a dead letter */
  readonly windowMs: number;
}

/** Exponential backoff. @param failed attempts so far, at least 1 @returns milliseconds */
export const retryStep = (
  { firstMs, maxMs }: Pick<RetrySchedule, 'firstMs' | 'maxMs'>,
  failed: number,
): number => Math.min(maxMs, firstMs * 2 ** Math.min(failed - 1, 30));

/**
 * Exponential backoff with jitter: between half of the step and all of it.
 * @param failed attempts so far, at least 1 @param random 0 ≤ x < 1 @param retryAfter as the endpoint asks, in milliseconds
 */
export function untilRetry(schedule: RetrySchedule, failed: number, random: number, retryAfter = 0): number {
  const step = retryStep(schedule, failed);
  return Math.max(step * (0.5 + random / 2), Math.min(retryAfter, schedule.windowMs));
}

/** `Retry-After` in milliseconds: seconds or a date. 0 where it says nothing that can be used. @param now Unix milliseconds */
export function retryAfterOf(value: string | undefined, now: number): number {
  if (value === undefined) return 0;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}

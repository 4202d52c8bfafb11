/** For test files that would fail if midnight in China came amid them: counters, figures and periods begin anew then. */
import { setTimeout as sleep } from 'node:timers/promises';
import { chinaOffsetMs } from '../terms/civilDate.ts';

const dayMs = 86_400_000;
/** Longer than such a file takes. */
const neededMs = 300_000;

/** Milliseconds to wait, so that the day in China goes on long enough from then; 0 for most of the day. @param now Unix milliseconds */
export function waitForDay(now: number): number {
  const left = dayMs - ((now + chinaOffsetMs) % dayMs);
  return left < neededMs ? left : 0;
}

/**
 * Waits for the next day in China where this one ends within minutes: `await withinOneDay();` at the top of a test file. The clock is not
 * shifted, because a hub refuses what a machine signs by another clock.
 */
export async function withinOneDay(): Promise<void> {
  const wait = waitForDay(Date.now());
  // a timer may end a little early
  if (wait > 0) await sleep(wait + 1_000);
}

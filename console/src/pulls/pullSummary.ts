import type { Schemas } from '../api/call.ts';
import type { Spoken } from '../words/words.ts';
import { pullOutcome } from './pullOutcome.ts';

/** What a pull of the inbox met, and when its next run is due; of a paused one, until when. */
export function pullSummary(
  { batch, nextRunAt, outcome, until }: Schemas['Waiting']['pulls'][number],
  { say, pick, day, when }: Spoken,
): readonly string[] {
  if (until !== undefined) return [say('plPausedUntil', { until: day(until) })];
  const met = batch === undefined ? pick(pullOutcome(outcome)) : say('plBatchFailed');
  return [met, ...(nextRunAt === undefined ? [] : [say('plNextShort', { at: when(nextRunAt) })])];
}

import type { Schemas } from '../api/call.ts';
import type { Spoken } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import { pullOutcome } from './pullOutcome.ts';

interface PullSummary {
  /** of the inbox; it has the place `{what}` */
  readonly sentence: keyof Words;
  /** what it met in its source, and when its next run is due; of a paused one, until when */
  readonly facts: readonly string[];
}

/** A pull of the inbox: it failed in its source, its batch failed in the hub, or it is paused. */
export function pullSummary(
  { batch, nextRunAt, outcome, until }: Schemas['Waiting']['pulls'][number],
  { say, pick, day, when }: Spoken,
): PullSummary {
  if (until !== undefined)
    return { sentence: 'hs_pullPaused', facts: [say('plUntil', { until: day(until) })] };
  const next = nextRunAt === undefined ? [] : [say('plNextShort', { at: when(nextRunAt) })];
  return batch === undefined
    ? { sentence: 'hs_kindPull', facts: [pick(pullOutcome(outcome)), ...next] }
    : { sentence: 'hs_pullBatch', facts: next };
}

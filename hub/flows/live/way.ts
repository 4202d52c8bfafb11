/** One part of a live dataset's rows, whichever way its provider was asked: by a connector that it opened, or at a service of its own. */
import type { RowCondition } from '../../../policies/decision.ts';
import type { FailedLiveRow } from '../rows/store/liveQuarantine.ts';
import type { LiveAnswer } from './liveAnswer.ts';

export interface LivePart {
  readonly answer: LiveAnswer;
  /** the place to go on from, in the way's own words; undefined where nothing is behind */
  readonly behind: string | undefined;
  /** conditions that the provider was asked to keep to, and those that only the hub keeps to */
  readonly pushed: readonly RowCondition[];
  readonly kept: readonly RowCondition[];
  /** rows that became none of the schema, with what they said */
  readonly failed: readonly FailedLiveRow[];
  /** of each request, what proves what was given */
  readonly statements: readonly string[];
  /** whether the provider signed them */
  readonly signed: boolean;
  /** Tells the provider what of it could not be used. @param told names, places and counts, never values */
  readonly report: (told: object) => Promise<void> | void;
}

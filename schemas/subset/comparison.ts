/** Result of comparing two schema versions, and the guarantees of each mode. */
import type { Change } from './changes.ts';
import type { PolicyChange } from './policyChanges.ts';

/** BACKWARD: new readers accept old data. FORWARD: old readers accept new data. FULL: both. */
export const modes = ['BACKWARD', 'FORWARD', 'FULL'] as const;
export type Mode = (typeof modes)[number];

export interface Comparison {
  readonly compatible: boolean;
  readonly mode: Mode;
  readonly changes: readonly Change[];
  /** differences that need a second person even when compatible */
  readonly policy: readonly PolicyChange[];
  /** a record that the mode guarantees to be valid and that is not; found by trying, confirmed by the validator */
  readonly witness?: unknown;
}

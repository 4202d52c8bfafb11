import type { Finding } from '../../domain/guards.ts';
import type { BatchProfile } from '../../domain/quality.ts';
import type { Ranges } from '../../domain/ranges.ts';

/** The result of the guards for a batch. */
export interface Guarded {
  readonly findings: readonly Finding[];
  /** rounded ranges of its values, where its dataset compares them */
  readonly ranges: Ranges | undefined;
  /** profile of its rows */
  readonly profile: BatchProfile;
}

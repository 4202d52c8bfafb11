import type { Finding } from '../../domain/guards.ts';
import type { BatchProfile } from '../../domain/quality.ts';
import type { Ranges } from '../../domain/ranges.ts';

/** What a batch was found to be. */
export interface Guarded {
  readonly findings: readonly Finding[];
  /** between which round numbers its values lie, where its dataset compares them */
  readonly ranges: Ranges | undefined;
  /** what its rows look like */
  readonly profile: BatchProfile;
}

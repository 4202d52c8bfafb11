import type { IntakeServices } from '../../flows/intake/services.ts';
import type { Retirement } from '../../flows/retention/expire.ts';
import type { SourcePlace } from './sourcePlace.ts';

export interface PullServices {
  readonly intake: IntakeServices;
  /** databases that the operator lets the hub connect to */
  readonly places: readonly SourcePlace[];
}

/** What a run is given by whoever began it. */
export interface Running {
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** asked for by a person: the window of the schedule does not count */
  readonly asked: boolean;
  /** An entry of the hub's own, with what happens in its transaction. */
  readonly act: (facts: PullAct) => Promise<{ readonly exchange: string }>;
}

interface PullAct extends Pick<Retirement, 'dataset' | 'provider' | 'change'> {
  readonly operation?: string;
  readonly kind?: 'intake' | 'retire' | 'management';
  readonly work?: Retirement['work'];
}

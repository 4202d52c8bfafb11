import type { IntakeServices } from '../../flows/intake/services.ts';
import type { Retirement } from '../../flows/retention/expire.ts';
import type { SourcePlace } from './sourcePlace.ts';

export interface PullServices {
  readonly intake: IntakeServices;
  /** databases that the operator allows the hub to connect to */
  readonly places: readonly SourcePlace[];
}

/** Inputs of a run from its caller. */
export interface Running {
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** requested by a person: the window of the schedule does not apply */
  readonly asked: boolean;
  /** Writes an entry by the hub, and executes the given work in its transaction. */
  readonly act: (facts: PullAct) => Promise<{ readonly exchange: string }>;
}

interface PullAct extends Pick<Retirement, 'dataset' | 'provider' | 'change'> {
  readonly operation?: string;
  readonly kind?: 'intake' | 'retire' | 'management';
  readonly work?: Retirement['work'];
}

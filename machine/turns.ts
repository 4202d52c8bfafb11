/**
 * Limits work that takes a thread, or a file in memory: how much of it runs at once in total, and one task per person at a time. A task
 * that finds no place in time is rejected with 429 and the time to retry. Owns the counts, in memory, for one process.
 */
import { Problem } from '../terms/problem.ts';
import { Semaphore } from './semaphore.ts';

export interface TurnLimits {
  /** tasks at once, of all persons */
  readonly atOnce: number;
  /** tasks that may wait, of all persons */
  readonly maxWaiting: number;
  /** tasks that may wait, of one person */
  readonly maxWaitingOfOne: number;
  /** milliseconds that a task may wait for each of the two places */
  readonly maxWaitMs: number;
}

/** For threads that lint and compare schemas; each may take 512 MB. */
const usualChecks: TurnLimits = { atOnce: 2, maxWaiting: 16, maxWaitingOfOne: 3, maxWaitMs: 15_000 };

/** For comparisons of stored rows with their digests, which read whole tables. */
const usualVerifications: TurnLimits = {
  atOnce: 1,
  maxWaiting: 3,
  maxWaitingOfOne: 1,
  maxWaitMs: 5_000,
};

type Refusal = 'rereads_busy' | 'checks_busy' | 'verifications_busy';

/** Runs work when it is its turn. @throws Problem of the limit, with Retry-After */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** For a process with one person: the command line. */
export const noQueue: Turn = (work) => work();

export class Turns {
  private readonly places: Semaphore;
  private readonly limits: TurnLimits;
  private readonly refusal: Refusal;
  private readonly askers = new Map<string, Semaphore>();

  constructor(limits: TurnLimits, refusal: Refusal) {
    this.places = new Semaphore(limits.atOnce);
    this.limits = limits;
    this.refusal = refusal;
  }

  /** The turns of one person or machine. */
  of(asker: string): Turn {
    return async (work) => {
      const own = this.askers.get(asker) ?? new Semaphore(1);
      this.askers.set(asker, own);
      try {
        return await this.within(own, this.limits.maxWaitingOfOne, () =>
          this.within(this.places, this.limits.maxWaiting, work),
        );
      } finally {
        if (own.idle) this.askers.delete(asker);
      }
    };
  }

  private within<T>(places: Semaphore, maxWaiting: number, work: () => Promise<T>): Promise<T> {
    const refused = (): Problem => new Problem(this.refusal, {}, { headers: { 'retry-after': '5' } });
    return places.runWithin({ maxWaitMs: this.limits.maxWaitMs, maxWaiting }, refused, work);
  }
}

/** The turns of work that persons of the staff ask for. */
export const staffTurns = (checks: TurnLimits = usualChecks): { checks: Turns; verifications: Turns } => ({
  checks: new Turns(checks, 'checks_busy'),
  verifications: new Turns(usualVerifications, 'verifications_busy'),
});

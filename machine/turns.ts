/**
 * Bounds work that takes a thread, or a file in memory: how much of it runs at once in all, and one piece of each person at a time. What finds
 * no place in time is refused with 429 and the time to come again. Owner of the counts, in memory, for one process.
 */
import { Problem } from '../terms/problem.ts';
import { Semaphore } from './semaphore.ts';

export interface TurnLimits {
  /** pieces of work at once, of all persons */
  readonly atOnce: number;
  /** pieces that may wait, of all persons */
  readonly maxWaiting: number;
  /** pieces that may wait, of one person */
  readonly maxWaitingOfOne: number;
  /** milliseconds that one may wait for each of the two places */
  readonly patienceMs: number;
}

/** Of threads that lint and compare schemas; each may take 512 MB. */
export const usualChecks: TurnLimits = { atOnce: 2, maxWaiting: 16, maxWaitingOfOne: 3, patienceMs: 15_000 };

/** Runs work when it is its turn. @throws Problem of the bound, with Retry-After */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** Of a process that has one person: the command line. */
export const noQueue: Turn = (work) => work();

export class Turns {
  private readonly places: Semaphore;
  private readonly limits: TurnLimits;
  private readonly refusal: 'rereads_busy' | 'checks_busy';
  private readonly askers = new Map<string, Semaphore>();

  constructor(limits: TurnLimits, refusal: 'rereads_busy' | 'checks_busy') {
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

  private async within<T>(places: Semaphore, maxWaiting: number, work: () => Promise<T>): Promise<T> {
    const end = await places.take(this.limits.patienceMs, maxWaiting);
    if (end === undefined) throw new Problem(this.refusal, {}, { headers: { 'retry-after': '5' } });
    try {
      return await work();
    } finally {
      end();
    }
  }
}

import { Problem } from '../../../../terms/problem.ts';
import type { IntakeLimits } from '../limits.ts';
import type { Sender } from '../sender.ts';
import { Semaphore } from '../../semaphore.ts';

type Limits = Pick<
  IntakeLimits,
  'rereadsAtOnce' | 'rereadsWaiting' | 'rereadsWaitingOfOne' | 'rereadPatience'
>;

/**
 * Whole files that are read again because somebody asks about them. They never wait behind a file that comes in, nor hold one up; whoever asks
 * has one of them read at a time, so that nobody's questions keep those of others waiting.
 */
export class Rereads {
  private readonly places: Semaphore;
  private readonly limits: Limits;
  private readonly askers = new Map<string, Semaphore>();

  constructor(limits: Limits) {
    this.places = new Semaphore(limits.rereadsAtOnce);
    this.limits = limits;
  }

  /** @throws Problem rereads_busy where no place came in time, or too many wait for one */
  async run<T>(caller: Sender, work: () => Promise<T>): Promise<T> {
    const asker = caller.kind === 'staff' ? `person ${caller.person}` : `department ${caller.department}`;
    const own = this.askers.get(asker) ?? new Semaphore(1);
    this.askers.set(asker, own);
    try {
      return await this.within(own, this.limits.rereadsWaitingOfOne, () =>
        this.within(this.places, this.limits.rereadsWaiting, work),
      );
    } finally {
      if (own.idle) this.askers.delete(asker);
    }
  }

  private async within<T>(places: Semaphore, mostWaiting: number, work: () => Promise<T>): Promise<T> {
    const end = await places.take(this.limits.rereadPatience, mostWaiting);
    if (end === undefined) throw new Problem('rereads_busy', {}, { headers: { 'retry-after': '5' } });
    try {
      return await work();
    } finally {
      end();
    }
  }
}

import { Turns } from '../../../../machine/turns.ts';
import type { IntakeLimits } from '../limits.ts';
import type { Sender } from '../sender.ts';

type Limits = Pick<
  IntakeLimits,
  'rereadsAtOnce' | 'rereadsWaiting' | 'rereadsWaitingOfOne' | 'rereadPatience'
>;

/**
 * Whole files that are read again because somebody asks about them. They never wait behind a file that comes in, nor hold one up; whoever asks
 * has one of them read at a time, so that nobody's questions keep those of others waiting.
 */
export class Rereads {
  private readonly turns: Turns;

  constructor({ rereadsAtOnce, rereadsWaiting, rereadsWaitingOfOne, rereadPatience }: Limits) {
    const limits = {
      atOnce: rereadsAtOnce,
      maxWaiting: rereadsWaiting,
      maxWaitingOfOne: rereadsWaitingOfOne,
    };
    this.turns = new Turns({ ...limits, patienceMs: rereadPatience }, 'rereads_busy');
  }

  /** @throws Problem rereads_busy where no place came in time, or too many wait for one */
  run<T>(caller: Sender, work: () => Promise<T>): Promise<T> {
    const asker = caller.kind === 'staff' ? `person ${caller.person}` : `department ${caller.department}`;
    return this.turns.of(asker)(work);
  }
}

/**
 * Long polls of this process. One query every tenth of a second covers all topics that calls wait for, so that the cost does not grow
 * with the number of consumers. It reads the database, so it also finds what other processes stored.
 */
import { Poll } from '../../../machine/poll.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { Problem } from '../../../terms/problem.ts';
import { topicsBehind } from './store/subscriptions.ts';

/** Waits of one person. A browser opens six connections to a host. */
const maxOfPerson = 4;
/** milliseconds between two checks */
const every = 100;

interface Waiter {
  /** topic → number of the event after which it waits */
  readonly places: ReadonlyMap<string, bigint>;
  /** Unix milliseconds, by the clock of the process */
  readonly until: number;
  /** @param again whether its call asks once more */
  readonly done: (again: boolean) => void;
}

export class TopicWatch {
  private readonly reader: Reader;
  /** by name, the oldest first: a later call of the same name ends the wait of the call before */
  private readonly waiters = new Map<string, Waiter>();
  private readonly poll = new Poll(
    every,
    () => this.look(),
    () => this.waiters.size > 0,
  );

  constructor(reader: Reader) {
    this.reader = reader;
  }

  /**
   * The name of a person's wait. One more than a person may have is refused: its browser does not connect again, as that of an ended one
   * would, which would end the next. @throws Problem live_pages_too_many
   */
  nameOf(person: string, exchange: string): string {
    const own = [...this.waiters.keys()].filter((name) => name.startsWith(`${person} `));
    if (own.length >= maxOfPerson)
      throw new Problem('live_pages_too_many', { most: maxOfPerson }, { headers: { 'retry-after': '30' } });
    return `${person} ${exchange}`;
  }

  /**
   * Resolves when one of the topics has an event after its place, or when it is time.
   * @param name of the wait: the subscription for its consumer's system @param places topic → number of an event
   * @param milliseconds at most so long
   * @returns false where the call is answered with what there is: a later one of the name waits in its place, or the hub stops
   */
  wait(name: string, places: ReadonlyMap<string, bigint>, milliseconds: number): Promise<boolean> {
    if (this.poll.isClosed) return Promise.resolve(false);
    this.waiters.get(name)?.done(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        places,
        until: performance.now() + milliseconds,
        done: (again) => {
          if (this.waiters.get(name) === waiter) this.waiters.delete(name);
          resolve(again);
        },
      };
      this.waiters.set(name, waiter);
      this.poll.begin();
    });
  }

  /** Calls that wait are answered at once, and none waits any more. */
  close(): void {
    this.poll.close();
    for (const waiter of [...this.waiters.values()]) waiter.done(false);
  }

  private async look(): Promise<void> {
    const now = performance.now();
    for (const waiter of [...this.waiters.values()]) if (waiter.until <= now) waiter.done(true);
    const least = new Map<string, bigint>();
    for (const { places } of this.waiters.values())
      for (const [topic, after] of places) {
        const known = least.get(topic);
        if (known === undefined || after < known) least.set(topic, after);
      }
    // a database that does not answer is no reason to end: each call asks itself when its time is over
    const moved = new Set(least.size === 0 ? [] : await topicsBehind(this.reader, least).catch(() => []));
    for (const waiter of [...this.waiters.values()])
      if ([...waiter.places.keys()].some((topic) => moved.has(topic))) waiter.done(true);
  }
}

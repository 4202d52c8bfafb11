/**
 * Calls of feeds that wait until rows, deletions or consents of their dataset change. One query every half second covers all waiting calls
 * of this process. It reads the database, so it also finds what other processes stored. Owner of the timer.
 */
import type { Reader } from '../../../platform/database/reader.ts';
import type { ConsentScope } from '../../../features/consents/store/readConsentStates.ts';
import { sourceMarks } from './store/changeSources.ts';

export interface WaitLimits {
  /** waiting calls of one department, and in all: a call beyond is answered at once */
  readonly maxOfDepartment: number;
  readonly maxWaiting: number;
  /** milliseconds between two queries */
  readonly pollMs: number;
}

const usual: WaitLimits = { maxOfDepartment: 4, maxWaiting: 64, pollMs: 500 };

/** What the changes of a feed depend on in addition to its terms. */
export interface ChangeSource {
  readonly dataset: string;
  /** undefined where the agreement asks for no consent */
  readonly scope: ConsentScope | undefined;
}

interface Waiter {
  readonly department: string;
  readonly source: ChangeSource;
  /** as the call read it before it searched for changes */
  readonly mark: string | undefined;
  /** of performance.now() */
  readonly until: number;
  /** @param again whether its call searches once more */
  readonly done: (again: boolean) => void;
}

export class ChangeWaits {
  private readonly reader: Reader;
  private readonly limits: WaitLimits;
  private readonly waiters = new Set<Waiter>();
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(reader: Reader, limits: Partial<WaitLimits> = {}) {
    this.reader = reader;
    this.limits = { ...usual, ...limits };
  }

  /** Read before changes are searched: a change during the search then ends the wait at once. */
  async mark(source: ChangeSource): Promise<string | undefined> {
    return (await sourceMarks(this.reader, [source]))[0];
  }

  /**
   * Resolves when the source differs from `mark`, or when it is time.
   * @param milliseconds maximum duration
   * @returns false where the call is answered with what there is: too many calls wait, or the hub stops
   */
  wait(
    department: string,
    source: ChangeSource,
    mark: string | undefined,
    milliseconds: number,
  ): Promise<boolean> {
    const { maxOfDepartment, maxWaiting, pollMs } = this.limits;
    const own = [...this.waiters].filter((one) => one.department === department).length;
    if (this.isClosed || own >= maxOfDepartment || this.waiters.size >= maxWaiting)
      return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        ...{ department, source, mark, until: performance.now() + milliseconds },
        done: (again) => {
          this.waiters.delete(waiter);
          resolve(again);
        },
      };
      this.waiters.add(waiter);
      this.timer ??= setTimeout(() => void this.look(), pollMs);
    });
  }

  /** Calls that wait are answered at once, and none waits any more. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const waiter of [...this.waiters]) waiter.done(false);
  }

  private async look(): Promise<void> {
    const now = performance.now();
    for (const waiter of [...this.waiters]) if (waiter.until <= now) waiter.done(true);
    const waiting = [...this.waiters];
    const sources = waiting.map(({ source }) => source);
    // a failed query ends no wait: each call searches once more when its time is over
    const marks =
      waiting.length === 0 ? undefined : await sourceMarks(this.reader, sources).catch(() => undefined);
    if (marks !== undefined)
      for (const [at, waiter] of waiting.entries()) if (marks[at] !== waiter.mark) waiter.done(true);
    this.timer =
      this.isClosed || this.waiters.size === 0
        ? undefined
        : setTimeout(() => void this.look(), this.limits.pollMs);
  }
}

/**
 * Calls of feeds that wait until rows, deletions or consents of their dataset change. One query every half second covers all waiting calls
 * of this process. It reads the database, so it also finds what other processes stored.
 */
import { Poll } from '../../../../machine/poll.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { ConsentScope } from '../../../features/consents/store/readConsentStates.ts';
import { sourceMarks } from './store/changeSources.ts';

export interface WaitLimits {
  /** waiting calls of one department. A call counts while it searches too. A call beyond is answered at once. */
  readonly maxOfDepartment: number;
  /** waiting calls of all departments, counted likewise */
  readonly maxWaiting: number;
  /** milliseconds between two queries */
  readonly pollMs: number;
  /** milliseconds between two searches of a call, at least */
  readonly restMs: number;
}

const usual: WaitLimits = { maxOfDepartment: 4, maxWaiting: 64, pollMs: 500, restMs: 1_000 };

/** What the changes of a feed depend on in addition to its terms. */
export interface ChangeSource {
  readonly dataset: string;
  /** undefined where the agreement asks for no consent */
  readonly scope: ConsentScope | undefined;
}

/** What a call waits for. */
export interface Awaited {
  readonly source: ChangeSource;
  /** as the call read it before it searched for changes */
  readonly mark: string | undefined;
}

interface Waiter {
  /** undefined: its search has not reached the end, and goes on after a rest */
  readonly awaited: Awaited | undefined;
  /** earliest next search, of performance.now() */
  readonly from: number;
  /** latest next search, of performance.now() */
  readonly until: number;
  /** @param again whether its call searches once more */
  readonly done: (again: boolean) => void;
}

export class ChangeWaits {
  private readonly reader: Reader;
  private readonly limits: WaitLimits;
  private readonly waiters = new Set<Waiter>();
  /** departments of the calls that may wait, one for each call */
  private readonly calls = new Set<{ readonly department: string }>();
  private readonly poll: Poll;

  constructor(reader: Reader, limits: Partial<WaitLimits> = {}) {
    this.reader = reader;
    this.limits = { ...usual, ...limits };
    this.poll = new Poll(
      this.limits.pollMs,
      () => this.look(),
      () => this.waiters.size > 0,
    );
  }

  /**
   * A call that may wait counts from its beginning to its end.
   * @returns ends it; undefined: it is answered with what there is, as too many calls wait, or the hub stops
   */
  enter(department: string): (() => void) | undefined {
    const { maxOfDepartment, maxWaiting } = this.limits;
    const own = [...this.calls].filter((one) => one.department === department).length;
    if (this.poll.isClosed || own >= maxOfDepartment || this.calls.size >= maxWaiting) return undefined;
    const call = { department };
    this.calls.add(call);
    return () => void this.calls.delete(call);
  }

  /** Read before changes are searched: a change during the search then ends the wait at once. */
  async mark(source: ChangeSource): Promise<string | undefined> {
    return (await sourceMarks(this.reader, [source]))[0];
  }

  /**
   * Resolves when the source differs from its mark, though not before a rest, or when it is time.
   * @param milliseconds maximum duration
   * @returns false where the call is answered with what there is: the hub stops
   */
  wait(awaited: Awaited | undefined, milliseconds: number): Promise<boolean> {
    if (this.poll.isClosed) return Promise.resolve(false);
    const now = performance.now();
    return new Promise((resolve) => {
      const waiter: Waiter = {
        awaited,
        from: now + this.limits.restMs,
        until: now + milliseconds,
        done: (again) => {
          this.waiters.delete(waiter);
          resolve(again);
        },
      };
      this.waiters.add(waiter);
      this.poll.begin();
    });
  }

  /** Calls that wait are answered at once, and none waits any more. */
  close(): void {
    this.poll.close();
    for (const waiter of [...this.waiters]) waiter.done(false);
  }

  private async look(): Promise<void> {
    const now = performance.now();
    const waiting: { readonly waiter: Waiter; readonly awaited: Awaited }[] = [];
    for (const waiter of [...this.waiters]) {
      const { awaited, from, until } = waiter;
      if (until <= now) waiter.done(true);
      else if (from > now) continue;
      else if (awaited === undefined) waiter.done(true);
      else waiting.push({ waiter, awaited });
    }
    const sources = waiting.map(({ awaited }) => awaited.source);
    // a failed query ends no wait: each call searches once more when its time is over
    const marks =
      waiting.length === 0 ? undefined : await sourceMarks(this.reader, sources).catch(() => undefined);
    if (marks !== undefined)
      for (const [at, { waiter, awaited }] of waiting.entries())
        if (marks[at] !== awaited.mark) waiter.done(true);
  }
}

/**
 * Delivers what waits for sinks of one kind: webhooks of subscriptions, or addresses of reminders. Each process has a dispatcher for each
 * kind. A lease in the database gives a sink to one of them at a time, so the messages to a sink leave one after the other. Owner of the
 * timer and of the deliveries under way.
 *
 * Why it is neither a job of the runner nor graphile-worker: docs/decisions/0080-webhook-dispatch.md.
 */
import type { ClaimRequest } from '../../domain/claimRequest.ts';

import { clockDifferenceMs } from '../../platform/jobs/store/jobs.ts';
import type { RetrySchedule } from './retrySchedule.ts';

/** A sink that this process has until its lease ends. */
export interface ClaimedSink {
  /** identifies it among the sinks of its kind */
  readonly key: string;
  /** whose share of the places it takes: the code of a department, or the id of a person */
  readonly owner: string;
  /** Unix milliseconds; null: its last message was taken, or it had none */
  readonly failingSince: number | null;
}

/** What a delivery may do now. */
export interface Turn {
  /** end of the lease, Unix milliseconds */
  readonly until: number;
  /** whether another message may be sent: not when the hub stops, nor after a while, so that the configuration is read again */
  readonly goesOn: () => boolean;
  /** aborted when the hub stops */
  readonly signal: AbortSignal;
}

/** One kind of sink. */
export interface Sinks<Claimed extends ClaimedSink> {
  /** name in reports of failures */
  readonly operation: string;
  /** Takes sinks that have something to deliver and for which no process works. */
  readonly claim: (requested: ClaimRequest) => Promise<readonly Claimed[]>;
  /** Whether any sink may ever have something to deliver. */
  readonly any: () => Promise<boolean>;
  readonly deliver: (claimed: Claimed, turn: Turn) => Promise<void>;
  /** Other processes may take it at once. */
  readonly release: (claimed: Claimed) => Promise<void>;
}

export interface DispatcherLimits extends Pick<RetrySchedule, 'maxMs' | 'windowMs'> {
  /** milliseconds after which another process takes over from one that has stopped; more than one message takes */
  readonly leaseMs: number;
  /** milliseconds between two questions to the database, while there is any sink */
  readonly pollMs: number;
  /** sinks that one process works for at once, of those whose last message did not fail */
  readonly maxBusy: number;
  /** the same of those whose last message failed: dead sinks take no place of the others */
  readonly maxFailing: number;
  /** of each of the two, such of one owner */
  readonly maxOfOwner: number;
}

interface DispatcherServices {
  /** Unix milliseconds, the hub's clock */
  readonly now: () => number;
  /** must not throw */
  readonly report: (failure: {
    readonly exchange: string;
    readonly operation: string;
    readonly error: unknown;
  }) => void;
}

/** Sinks that are taken by one statement. */
const maxAtOnce = 8;
/** Milliseconds between two questions while there is no sink at all. */
const idleMs = 5_000;
/** Milliseconds after which a sink is claimed anew, so that its configuration is read again. */
const sessionMs = 5_000;

export class Dispatcher<Claimed extends ClaimedSink> {
  private readonly sinks: Sinks<Claimed>;
  private readonly limits: DispatcherLimits;
  private readonly services: DispatcherServices;
  private readonly busy = new Map<string, { readonly claimed: Claimed; readonly done: Promise<void> }>();
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  /** whether there is any sink, by the newest answer of the database */
  private isUsed = false;
  /** of performance.now() */
  private askedAgain = 0;

  constructor(services: DispatcherServices, sinks: Sinks<Claimed>, limits: DispatcherLimits) {
    this.services = services;
    this.sinks = sinks;
    this.limits = limits;
  }

  /** Messages were stored. Without a sink there is nothing to deliver. */
  stored(): void {
    if (this.isUsed) this.wake();
  }

  /** Searches for deliveries now: a sink changed, or may have something to deliver. */
  wake(): void {
    if (this.stopping.signal.aborted) return;
    if (this.running !== undefined) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    if (!this.isUsed) this.askedAgain = 0;
    this.running = this.search();
  }

  /** Takes nothing new and waits for the messages that are under way. */
  async close(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
    await Promise.all([...this.busy.values()].map(({ done }) => done));
  }

  private async search(): Promise<void> {
    let wait = this.limits.pollMs;
    try {
      do {
        await this.claim();
        await this.ask();
      } while (this.isAskedAgain());
      if (!this.isUsed && this.busy.size === 0) wait = idleMs;
    } catch (error) {
      wait = idleMs;
      this.failed(error);
    }
    this.running = undefined;
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => this.wake(), wait).unref();
  }

  /** Whether it was woken since its search began. */
  private isAskedAgain(): boolean {
    const was = this.again && !this.stopping.signal.aborted;
    this.again = false;
    return was;
  }

  /** Whether there is any sink, from time to time. */
  private async ask(): Promise<void> {
    const now = performance.now();
    if (now < this.askedAgain) return;
    this.isUsed = await this.sinks.any();
    this.askedAgain = now + idleMs;
  }

  /** Takes as many sinks as there are free slots. */
  private async claim(): Promise<void> {
    const { maxBusy, maxFailing } = this.limits;
    const healthy = await this.claimOf(false, maxBusy);
    const failing = await this.claimOf(true, maxFailing);
    if (healthy + failing > 0) this.again = this.isUsed = true;
  }

  /** @param max of those that fail, or of the others @returns how many were taken */
  private async claimOf(failing: boolean, max: number): Promise<number> {
    const { leaseMs, maxOfOwner, maxMs, windowMs } = this.limits;
    const ofOwner = new Map<string, number>();
    let free = max;
    for (const { claimed } of this.busy.values()) {
      if ((claimed.failingSince !== null) !== failing) continue;
      free -= 1;
      ofOwner.set(claimed.owner, (ofOwner.get(claimed.owner) ?? 0) + 1);
    }
    if (free <= 0) return 0;
    const now = this.services.now();
    const until = now + leaseMs;
    const taken = await this.sinks.claim({
      until,
      latest: now + Math.max(maxMs, windowMs) + clockDifferenceMs,
      failing,
      maxClaimed: Math.min(free, maxAtOnce),
      full: [...ofOwner].filter(([, count]) => count >= maxOfOwner).map(([owner]) => owner),
    });
    for (const claimed of taken) this.busy.set(claimed.key, { claimed, done: this.work(claimed, until) });
    return taken.length;
  }

  private async work(claimed: Claimed, until: number): Promise<void> {
    const end = this.services.now() + sessionMs;
    const { signal } = this.stopping;
    const goesOn = (): boolean => !signal.aborted && this.services.now() < end;
    try {
      await this.sinks.deliver(claimed, { until, goesOn, signal });
      await this.sinks.release(claimed);
    } catch (error) {
      // its lease runs out by itself
      this.failed(error);
    } finally {
      this.busy.delete(claimed.key);
      this.wake();
    }
  }

  private failed(error: unknown): void {
    this.services.report({ exchange: '', operation: this.sinks.operation, error });
  }
}

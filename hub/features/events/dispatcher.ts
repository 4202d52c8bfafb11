/**
 * Delivers events to webhooks. Each process has a dispatcher. A lease in the database gives a webhook to one of them at a time, so messages
 * of a subscription leave one after the other, in the order of its topic. Owner of the timer and of the deliveries under way.
 *
 * Why it is neither a job of the runner nor graphile-worker: docs/decisions/0080-webhook-dispatch.md.
 */
import type { AuditLog } from '../../log/draft.ts';
import type { Identity } from '../../identity/identity.ts';
import type { ReleaseServices } from '../../flows/release/services.ts';
import { ServiceCalls } from '../../flows/live/service/serviceCall.ts';
import { deliverNext } from './dispatchRun.ts';
import type { EventServices } from './services.ts';
import { TopicWatch } from './topicWatch.ts';
import { workOf, type DispatchServices } from './dispatchWork.ts';
import type { RetrySchedule } from './webhookMessage.ts';
import { anyWebhooks, claimWebhooks, releaseWebhook, type Claimed } from './store/webhooks.ts';

export interface DispatchLimits extends RetrySchedule {
  /** milliseconds for one message and its answer */
  readonly patienceMs: number;
  /** milliseconds after which another process takes over from one that has stopped; more than patienceMs */
  readonly leaseMs: number;
  /** milliseconds between two questions to the database, while there is any webhook */
  readonly pollMs: number;
  /** webhooks that one process works for at once, of those whose last message did not fail */
  readonly maxBusy: number;
  /** the same of those whose last message failed: dead endpoints take no place of the others */
  readonly maxFailing: number;
  /** of each of the two, such of one department */
  readonly maxOfDepartment: number;
}

const usual: Omit<DispatchLimits, 'windowMs'> = {
  ...{ firstMs: 2_000, maxMs: 600_000, patienceMs: 15_000, leaseMs: 60_000 },
  ...{ pollMs: 100, maxBusy: 64, maxFailing: 16, maxOfDepartment: 24 },
};

/** Bytes of an answer. */
const maxAnswer = 16_384;

/** Webhooks that are taken by one statement. */
const maxAtOnce = 8;
/** Milliseconds between two questions while there is no webhook at all. */
const idleMs = 5_000;
/** Milliseconds after which a webhook is claimed anew, so that its configuration is read again. */
const sessionMs = 5_000;

class Dispatcher {
  private readonly services: DispatchServices;
  private readonly limits: DispatchLimits;
  private readonly busy = new Map<string, { readonly claimed: Claimed; readonly done: Promise<void> }>();
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  /** there is a webhook, as the database said last */
  private isUsed = false;
  /** of performance.now() */
  private askedAgain = 0;

  constructor(services: DispatchServices, limits: DispatchLimits) {
    this.services = services;
    this.limits = limits;
  }

  /** Events were stored. Without a webhook there is nothing to deliver. */
  stored(): void {
    if (this.isUsed) this.wake();
  }

  /** Searches for deliveries now: a webhook changed, or may have something to deliver. */
  wake(): void {
    if (this.stopping.signal.aborted) return;
    if (this.running !== undefined) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    if (!this.isUsed) this.askedAgain = 0;
    this.running = this.look();
  }

  /** Takes nothing new and waits for the messages that are under way. */
  async close(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
    await Promise.all([...this.busy.values()].map(({ done }) => done));
  }

  private async look(): Promise<void> {
    let wait = this.limits.pollMs;
    try {
      do {
        await this.claim();
        await this.ask();
      } while (this.isAskedAgain());
      if (!this.isUsed && this.busy.size === 0) wait = idleMs;
    } catch (error) {
      wait = idleMs;
      this.report(error);
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

  /** Whether there is any webhook, from time to time. */
  private async ask(): Promise<void> {
    const now = performance.now();
    if (now < this.askedAgain) return;
    this.isUsed = await anyWebhooks(this.services.database.app);
    this.askedAgain = now + idleMs;
  }

  /** Takes as many webhooks as there are free slots. */
  private async claim(): Promise<void> {
    const { maxBusy, maxFailing } = this.limits;
    const healthy = await this.claimOf(false, maxBusy);
    const failing = await this.claimOf(true, maxFailing);
    if (healthy + failing > 0) this.again = this.isUsed = true;
  }

  /** @param max of those that fail, or of the others @returns how many were taken */
  private async claimOf(failing: boolean, max: number): Promise<number> {
    const { database, leaseMs } = this.services;
    const { maxOfDepartment } = this.limits;
    const ofDepartment = new Map<string, number>();
    let free = max;
    for (const { claimed } of this.busy.values()) {
      if ((claimed.failingSince !== null) !== failing) continue;
      free -= 1;
      ofDepartment.set(claimed.department, (ofDepartment.get(claimed.department) ?? 0) + 1);
    }
    if (free <= 0) return 0;
    const until = database.now() + leaseMs;
    const taken = await claimWebhooks(database.app, {
      ...{ until, failing, most: Math.min(free, maxAtOnce) },
      full: [...ofDepartment].filter(([, count]) => count >= maxOfDepartment).map(([code]) => code),
    });
    for (const claimed of taken)
      this.busy.set(claimed.subscription, { claimed, done: this.work(claimed, until) });
    return taken.length;
  }

  private async work(claimed: Claimed, until: number): Promise<void> {
    const { app, now } = this.services.database;
    const end = now() + sessionMs;
    try {
      const work = await workOf(this.services, claimed, until);
      if (work !== undefined)
        while (!this.stopping.signal.aborted && now() < end && (await deliverNext(this.services, work)));
      await releaseWebhook(app, claimed);
    } catch (error) {
      // its lease runs out by itself
      this.report(error);
    } finally {
      this.busy.delete(claimed.subscription);
      this.wake();
    }
  }

  private report(error: unknown): void {
    this.services.report({ exchange: '', operation: 'deliverEvents', error });
  }
}

/** What deliveries to webhooks are made with. */
interface DispatchNeeds {
  readonly release: ReleaseServices;
  readonly audit: Pick<AuditLog, 'append' | 'epoch'>;
  readonly identity: Identity;
  /** what the hub shows of itself where it is the client, and how it resolves names */
  readonly client: ConstructorParameters<typeof ServiceCalls>[0];
  readonly resolve: ConstructorParameters<typeof ServiceCalls>[1];
  /** hours after which an event that was not taken becomes a dead letter */
  readonly retryHours: number;
}

/** What of events works by itself in this process. */
export interface Deliveries extends Pick<EventServices, 'topics' | 'webhooks'> {
  /** Waits for messages that are under way. */
  readonly close: () => Promise<void>;
}

/** @param limits where they are not the usual ones; false: this process delivers nothing */
export function openDispatcher(
  { release, audit, identity, client, resolve, retryHours }: DispatchNeeds,
  limits: Partial<DispatchLimits> | false = {},
): Deliveries {
  const all = { ...usual, windowMs: retryHours * 3_600_000, ...(limits === false ? {} : limits) };
  const { patienceMs } = all;
  // each message in work has a connection, so that none waits for another one of its host
  const sockets = all.maxBusy + all.maxFailing + 1;
  // names are resolved for each message, so that an address is checked at each connection
  const calls = new ServiceCalls(client, resolve, { longest: maxAnswer, sockets, lookedUpFor: 0 });
  const { liveServices, signing, sealer } = release;
  const route = { places: liveServices.places, calls, signing, sealer, patienceMs };
  const services = {
    ...{ ...release, audit, identity, route, schedule: all, leaseMs: all.leaseMs },
    random: Math.random,
  };
  const dispatcher = new Dispatcher(services, all);
  // what a stopped process left is delivered without a further event
  if (limits !== false) setImmediate(() => dispatcher.wake());
  const wake = (): void => {
    if (limits !== false) dispatcher.wake();
  };
  return {
    topics: new TopicWatch(release.pool),
    webhooks: { route, wake, stored: () => dispatcher.stored() },
    close: async () => {
      await dispatcher.close();
      calls.close();
    },
  };
}

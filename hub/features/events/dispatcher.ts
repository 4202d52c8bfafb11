/**
 * Delivers events to webhooks, by the dispatcher of all deliveries. Messages of a subscription leave one after the other, in the order of
 * its topic.
 */
import type { AuditLog } from '../../log/draft.ts';
import type { Identity } from '../../identity/identity.ts';
import type { ReleaseServices } from '../../flows/release/services.ts';
import { Dispatcher, type DispatcherLimits, type Sinks } from '../../flows/deliveries/dispatcher.ts';
import type { RetrySchedule } from '../../flows/deliveries/retrySchedule.ts';
import { ServiceCalls } from '../../flows/live/service/serviceCall.ts';
import { deliverNext } from './dispatchRun.ts';
import type { EventServices } from './services.ts';
import { TopicWatch } from './topicWatch.ts';
import { workOf, type DispatchServices } from './dispatchWork.ts';
import { anyWebhooks, claimWebhooks, releaseWebhook, type Claimed } from './store/webhooks.ts';

export interface DispatchLimits extends RetrySchedule, DispatcherLimits {
  /** milliseconds for one message and its answer; less than leaseMs */
  readonly patienceMs: number;
}

const usual: Omit<DispatchLimits, 'windowMs'> = {
  firstMs: 2_000,
  maxMs: 600_000,
  patienceMs: 15_000,
  leaseMs: 60_000,
  pollMs: 100,
  maxBusy: 64,
  maxFailing: 16,
  maxOfOwner: 24,
};

/** Bytes of an answer. */
const maxAnswer = 16_384;

/** What deliveries to webhooks are made with. */
interface DispatchNeeds {
  readonly release: ReleaseServices;
  readonly audit: Pick<AuditLog, 'append' | 'epoch'>;
  readonly identity: Identity;
  /** origin of the exchange listener */
  readonly publicOrigin: string;
  /** what the hub shows of itself where it is the client, and how it resolves names */
  readonly client: ConstructorParameters<typeof ServiceCalls>[0];
  readonly resolve: ConstructorParameters<typeof ServiceCalls>[1];
  /** hours after which an event that was not taken becomes a dead letter */
  readonly retryHours: number;
}

/** What of events works by itself in this process. */
export interface Deliveries extends Pick<EventServices, 'publicOrigin' | 'topics' | 'webhooks'> {
  /** Waits for messages that are under way. */
  readonly close: () => Promise<void>;
}

type ClaimedWebhook = Claimed & { readonly key: string; readonly owner: string };

const webhookSinks = (services: DispatchServices): Sinks<ClaimedWebhook> => {
  const { app } = services.database;
  return {
    operation: 'deliverEvents',
    claim: async (requested) =>
      (await claimWebhooks(app, requested)).map((claimed) => ({
        ...claimed,
        key: claimed.subscription,
        owner: claimed.department,
      })),
    any: () => anyWebhooks(app),
    deliver: async (claimed, { until, goesOn }) => {
      const work = await workOf(services, claimed, until);
      if (work !== undefined) while (goesOn() && (await deliverNext(services, work)));
    },
    release: (claimed) => releaseWebhook(app, claimed),
  };
};

/** @param limits where they are not the usual ones; false: this process delivers nothing */
export function openDispatcher(
  { release, audit, identity, publicOrigin, client, resolve, retryHours }: DispatchNeeds,
  limits: Partial<DispatchLimits> | false = {},
): Deliveries {
  const all = { ...usual, windowMs: retryHours * 3_600_000, ...(limits === false ? {} : limits) };
  const { patienceMs } = all;
  // each message in work has a connection, so that none waits for another one of its host
  const sockets = all.maxBusy + all.maxFailing + 1;
  // names are resolved for each message, so that an address is checked at each connection
  const calls = new ServiceCalls(client, resolve, { maxAnswerLength: maxAnswer, sockets, lookedUpFor: 0 });
  const { liveServices, signing, sealer } = release;
  const route = { places: liveServices.places, calls, signing, sealer, patienceMs };
  const services = {
    ...release,
    audit,
    identity,
    publicOrigin,
    route,
    schedule: all,
    leaseMs: all.leaseMs,
    random: Math.random,
  };
  const { now } = release.database;
  const dispatcher = new Dispatcher({ now, report: release.report }, webhookSinks(services), all);
  // what a stopped process left is delivered without a further event
  if (limits !== false) setImmediate(() => dispatcher.wake());
  const wake = (): void => {
    if (limits !== false) dispatcher.wake();
  };
  return {
    publicOrigin,
    topics: new TopicWatch(release.pool),
    webhooks: { route, wake, stored: () => dispatcher.stored() },
    close: async () => {
      await dispatcher.close();
      calls.close();
    },
  };
}

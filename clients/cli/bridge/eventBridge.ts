/**
 * Events between the hub and a broker. To the broker: an event counts as received when the broker has acknowledged it; those of one
 * ordering key stay in order. To the hub: a message is acknowledged after the hub's receipt; refused messages are written to the rejects
 * file.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import type { DeliveredEvent, PublishedEvent } from '../../sdk/events.ts';
import { isPassing } from '../../sdk/pushUntilAnswered.ts';
import { VerbFailure } from '../verb.ts';
import type { EventBridgeConfig } from './eventBridgeConfig.ts';
import {
  addressOf,
  openEventBroker,
  type EventBroker,
  type IncomingMessage,
  type OutgoingEvent,
} from './eventBrokers.ts';
import type { RejectsFile } from './rejectsFile.ts';

export interface EventBridgeFigures {
  /** events that the broker has acknowledged */
  delivered: number;
  /** events that the hub has stored */
  published: number;
  /** events that the hub had stored before */
  repeated: number;
  /** messages in the rejects file */
  rejected: number;
}

export interface EventBridgeOptions {
  readonly config: EventBridgeConfig;
  readonly client: DatongClient;
  readonly rejects: RejectsFile;
  readonly figures: EventBridgeFigures;
  readonly onReady: () => void;
  readonly onRetry: (error: unknown) => void;
  readonly signal: AbortSignal;
}

const maxEventsAtOnce = 100;
const maxBytesAtOnce = 2 ** 19;
const maxPauseMs = 30_000;

/** Runs until the signal, over as many connections as it needs. @throws a refusal of the hub or of the broker */
export async function runEventBridge(options: EventBridgeOptions): Promise<void> {
  const { signal, onRetry } = options;
  let pause = 500;
  while (!signal.aborted) {
    try {
      await overOneConnection(options, () => (pause = 500));
    } catch (error) {
      if (error instanceof VerbFailure || !isPassing(error)) throw error;
      onRetry(error);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(2 * pause, maxPauseMs);
    }
  }
}

async function overOneConnection(options: EventBridgeOptions, isReady: () => void): Promise<void> {
  const { config, signal } = options;
  const ended = new AbortController();
  const stop = (): void => ended.abort();
  signal.addEventListener('abort', stop, { once: true });
  const failure = new Promise<never>((_, reject) => {
    ended.signal.addEventListener('abort', () =>
      reject((ended.signal.reason as Error | undefined) ?? new Error('stopped')),
    );
  });
  failure.catch(() => undefined);
  const inboxes = config.toHub.map(({ topic, from }) => ({ topic, from, inbox: new Inbox() }));
  let broker: EventBroker | undefined;
  try {
    broker = await openEventBroker(
      config.broker,
      inboxes.map(({ from, inbox }) => ({ from, onMessage: (message) => inbox.add(message) })),
      {
        ...{
          onRetry: options.onRetry,
          onGone: (error) => ended.abort(error),
          onRefused: (error) => ended.abort(error),
        },
        signal: ended.signal,
        onReady: () => {
          isReady();
          options.onReady();
        },
      },
    );
    const open = broker;
    await Promise.race([
      failure,
      Promise.all([
        ...config.toBroker.map((one) => deliver(options, open, one, ended.signal)),
        ...inboxes.map(({ topic, inbox }) => publish(options, topic, inbox, ended.signal)),
      ]),
    ]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    ended.abort();
    for (const { inbox } of inboxes) inbox.wake();
    await broker?.close();
  }
}

/** Messages that wait for the hub. Their number is limited by the unacknowledged messages that the broker permits. */
class Inbox {
  private messages: IncomingMessage[] = [];
  private go: (() => void) | undefined;

  add(message: IncomingMessage): void {
    this.messages.push(message);
    this.go?.();
  }

  wake(): void {
    this.go?.();
  }

  /** The next messages, at least one unless it was woken. */
  async next(): Promise<readonly IncomingMessage[]> {
    if (this.messages.length === 0) await new Promise<void>((go) => (this.go = go));
    let bytes = 0;
    const count = this.messages.findIndex(
      ({ payload }, i) => (bytes += payload.length) > maxBytesAtOnce && i > 0,
    );
    return this.messages.splice(0, Math.min(maxEventsAtOnce, count === -1 ? maxEventsAtOnce : count));
  }
}

async function deliver(
  { client, figures, onRetry }: EventBridgeOptions,
  broker: EventBroker,
  { subscription, address }: EventBridgeConfig['toBroker'][number],
  signal: AbortSignal,
): Promise<void> {
  let after: string | undefined;
  while (!signal.aborted) {
    try {
      // asking for the next events acknowledges those before
      const { json } = await client.events.pull(subscription, {
        wait: 30,
        ...(after === undefined ? {} : { after }),
      });
      if (isOver(signal)) return; // it was stopped during the call
      await Promise.all(
        [...byKey(json.events).values()].map((events) => inOrder(broker, address, events, figures)),
      );
      after = json.next;
    } catch (error) {
      if (!(error instanceof DatongProblem) || !isPassing(error)) throw error;
      onRetry(error);
      await sleep(5_000, undefined, { signal }).catch(() => undefined);
    }
  }
}

const isOver = ({ aborted }: AbortSignal): boolean => aborted;

function byKey(events: readonly DeliveredEvent[]): ReadonlyMap<string, readonly DeliveredEvent[]> {
  const groups = new Map<string, DeliveredEvent[]>();
  for (const event of events) {
    const key = event.subject ?? '';
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return groups;
}

async function inOrder(
  broker: EventBroker,
  address: string,
  events: readonly DeliveredEvent[],
  figures: EventBridgeFigures,
): Promise<void> {
  for (const event of events) {
    const { id, type, subject = '' } = event;
    const outgoing: OutgoingEvent = { id, type, subject, body: JSON.stringify(event) };
    await broker.publish(addressOf(address, outgoing), outgoing);
    figures.delivered += 1;
  }
}

async function publish(
  options: EventBridgeOptions,
  topic: string,
  inbox: Inbox,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const messages = await inbox.next();
    const events: { readonly event: PublishedEvent; readonly message: IncomingMessage }[] = [];
    for (const message of messages) {
      const event = eventIn(message.payload);
      if (event === undefined) await reject(options, topic, message, 'payload.json');
      else events.push({ event, message });
    }
    await store(options, topic, events, signal);
  }
}

interface Event_ {
  readonly event: PublishedEvent;
  readonly message: IncomingMessage;
}

/** Publishes events together; where the hub refuses them, one by one, so that only the bad one is rejected. */
async function store(
  options: EventBridgeOptions,
  topic: string,
  events: readonly Event_[],
  signal: AbortSignal,
): Promise<void> {
  const [first] = events;
  if (first === undefined || signal.aborted) return;
  const refused = await publishEvents(options, topic, events, signal);
  if (refused === undefined) return;
  if (events.length > 1) for (const one of events) await store(options, topic, [one], signal);
  else await reject(options, topic, first.message, refused.code);
}

/** Errors of an event itself, in contrast to those of the bridge or of the moment. */
const ofEvents: ReadonlySet<string> = new Set([
  'event_invalid',
  'event_id_reused',
  'body_too_large',
  'invalid_request',
]);

/** @returns the refusal, where the events are wrong */
async function publishEvents(
  { client, figures, onRetry }: EventBridgeOptions,
  topic: string,
  events: readonly Event_[],
  signal: AbortSignal,
): Promise<DatongProblem | undefined> {
  for (let pause = 200; !signal.aborted; pause = Math.min(2 * pause, maxPauseMs)) {
    try {
      const { json } = await client.events.publish(
        topic,
        events.map(({ event }) => event),
      );
      for (const { message } of events) message.acknowledge();
      const repeated = json.events.filter((one) => one.repeated).length;
      figures.repeated += repeated;
      figures.published += events.length - repeated;
      return undefined;
    } catch (error) {
      if (error instanceof DatongProblem && ofEvents.has(error.code)) return error;
      if (!isPassing(error)) throw error;
      onRetry(error);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

function eventIn(payload: Uint8Array): PublishedEvent | undefined {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as PublishedEvent)
      : undefined;
  } catch {
    return undefined;
  }
}

async function reject(
  { rejects, figures }: EventBridgeOptions,
  topic: string,
  message: IncomingMessage,
  rule: string,
): Promise<void> {
  const { payload } = message;
  // a message that is repeated after a crash gives the same line
  const id = createHash('sha256').update(topic).update('\0').update(payload).digest('hex');
  await rejects.add([{ id, at: new Date().toISOString(), topic, rule, payload }]);
  figures.rejected += 1;
  message.acknowledge();
}

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
import { acknowledgeLast, answerUnlessAborted } from '../event/lastPull.ts';
import { VerbFailure } from '../verb.ts';
import type { EventBridgeConfig } from './eventBridgeConfig.ts';
import {
  addressOf,
  openEventBroker,
  type EventBroker,
  type IncomingMessage,
  type OutgoingEvent,
} from './eventBrokers.ts';
import { Inbox } from './inbox.ts';
import { parsed, textOf } from './payload.ts';
import { isObject } from '../../../terms/isObject.ts';
import { UnreadablePayload } from './payloadStandards.ts';
import type { RejectsFile } from './rejectsFile.ts';
import { untilDiskTakes } from './untilDiskTakes.ts';
import { defined } from '../../../terms/defined.ts';
import { hasExactNumbers } from '../../../terms/jsonText.ts';

export interface EventBridgeFigures {
  /** events that the broker has acknowledged */
  delivered: number;
  /** events that the hub has stored */
  published: number;
  /** events that the hub had stored before */
  repeated: number;
  /** messages of MQTT QoS 0 that found the memory full */
  dropped: number;
}

export interface EventBridgeOptions {
  readonly config: EventBridgeConfig;
  readonly client: DatongClient;
  /** needed where messages go to the hub */
  readonly rejects: RejectsFile | undefined;
  readonly figures: EventBridgeFigures;
  readonly onReady: () => void;
  readonly onRetry: (error: unknown) => void;
  readonly signal: AbortSignal;
}

const minPauseMs = 500;
const maxPauseMs = 30_000;

/** Runs until the signal, over as many connections as it needs. @throws a refusal of the hub or of the broker */
export async function runEventBridge(options: EventBridgeOptions): Promise<void> {
  const { signal, onRetry } = options;
  let pause = minPauseMs;
  while (!signal.aborted) {
    const begun = performance.now();
    try {
      await overOneConnection(options);
    } catch (error) {
      if (error instanceof VerbFailure || !isPassing(error)) throw error;
      onRetry(error);
      // a broker that accepts connections and closes them at once is not asked every half second
      if (performance.now() - begun > maxPauseMs) pause = minPauseMs;
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(2 * pause, maxPauseMs);
    }
  }
}

async function overOneConnection(options: EventBridgeOptions): Promise<void> {
  const { config, signal, figures, onRetry, onReady } = options;
  const ended = new AbortController();
  const stop = (): void => ended.abort();
  signal.addEventListener('abort', stop, { once: true });
  const failure = new Promise<never>((_, reject) => {
    ended.signal.addEventListener('abort', () =>
      reject((ended.signal.reason as Error | undefined) ?? new Error('stopped')),
    );
  });
  failure.catch(() => undefined);
  const maxUncontrolled = config.broker.kind === 'mqtt' ? 2 * config.broker.maxInFlight : 0;
  const inboxes = config.toHub.map(({ topic, from }) => ({
    topic,
    from,
    inbox: new Inbox(maxUncontrolled),
  }));
  let broker: EventBroker | undefined;
  const unacknowledged = new Map<string, string>();
  try {
    broker = await openEventBroker(
      config.broker,
      inboxes.map(({ from, inbox }) => ({
        from,
        onMessage: (message) => {
          if (!inbox.add(message)) figures.dropped += 1;
        },
      })),
      { onReady, onRetry, onEnd: (error) => ended.abort(error), signal: ended.signal },
    );
    const open = broker;
    await Promise.race([
      failure,
      Promise.all([
        ...config.toBroker.map((one) => deliver(options, open, one, unacknowledged, ended.signal)),
        ...inboxes.map(({ topic, inbox }) => publish(options, topic, inbox, ended.signal)),
      ]),
    ]);
  } catch (error) {
    if (signal.aborted) return;
    // pending waits fail with other errors when the connection ends: its error is reported
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    signal.removeEventListener('abort', stop);
    ended.abort();
    for (const { inbox } of inboxes) inbox.wake();
    // the pulls that would acknowledge these events are cut with the connection
    const last = [...unacknowledged].map(([subscription, after]) =>
      acknowledgeLast(options.client, subscription, after),
    );
    await Promise.all([...last, broker?.close()]);
  }
}

/** @param unacknowledged place after events that the broker has acknowledged and the hub has not learned of, by subscription */
async function deliver(
  { client, figures, onRetry }: EventBridgeOptions,
  broker: EventBroker,
  { subscription, address }: EventBridgeConfig['toBroker'][number],
  unacknowledged: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  let after: string | undefined;
  while (!signal.aborted) {
    // asking for the next events acknowledges those before
    const input = { wait: 30, ...defined({ after }) };
    let answer: Awaited<ReturnType<typeof client.events.pull>> | undefined;
    try {
      answer = await answerUnlessAborted(client.events.pull(subscription, input), signal);
    } catch (error) {
      if (!isPassing(error)) throw error;
      onRetry(error);
      await sleep(5_000, undefined, { signal }).catch(() => undefined);
      continue;
    }
    if (answer === undefined) return;
    const { events, next } = answer.json;
    unacknowledged.delete(subscription);
    await Promise.all([...byKey(events).values()].map((some) => inOrder(broker, address, some, figures)));
    if (events.length > 0) unacknowledged.set(subscription, next);
    after = next;
  }
}

function byKey(events: readonly DeliveredEvent[]): ReadonlyMap<string, readonly DeliveredEvent[]> {
  const groups = new Map<string, DeliveredEvent[]>();
  for (const event of events) {
    const key = event.subject ?? '';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
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
    const events: ReadEvent[] = [];
    for (const message of messages) {
      const event = eventIn(message.payload);
      if (typeof event === 'string') await reject(options, topic, message, event, signal);
      else events.push({ event, message });
    }
    await store(options, topic, events, signal);
  }
}

interface ReadEvent {
  readonly event: PublishedEvent;
  readonly message: IncomingMessage;
}

/** Publishes events together; where the hub refuses them, one by one, so that only the bad one is rejected. */
async function store(
  options: EventBridgeOptions,
  topic: string,
  events: readonly ReadEvent[],
  signal: AbortSignal,
): Promise<void> {
  const [first] = events;
  if (first === undefined || signal.aborted) return;
  const refused = await publishEvents(options, topic, events, signal);
  if (refused === undefined) return;
  if (events.length > 1) for (const one of events) await store(options, topic, [one], signal);
  else await reject(options, topic, first.message, refused.code, signal);
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
  events: readonly ReadEvent[],
  signal: AbortSignal,
): Promise<DatongProblem | undefined> {
  for (let pause = 200; !signal.aborted; pause = Math.min(2 * pause, maxPauseMs)) {
    try {
      const { json } = await client.events.publish(
        topic,
        events.map(({ event }) => event),
      );
      for (const { message } of events) message.acknowledge?.();
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

/** The event of a payload, or the rule that it breaks. */
function eventIn(payload: Uint8Array): PublishedEvent | string {
  try {
    const value = parsed(textOf(payload));
    if (!isObject(value)) return 'payload.json';
    return hasExactNumbers(value) ? (value as unknown as PublishedEvent) : 'number.inexact';
  } catch (error) {
    if (error instanceof UnreadablePayload) return error.rule;
    throw error;
  }
}

async function reject(
  { rejects, onRetry }: EventBridgeOptions,
  topic: string,
  message: IncomingMessage,
  rule: string,
  signal: AbortSignal,
): Promise<void> {
  if (rejects === undefined) throw new Error('the bridge has no file for rejects');
  const { payload } = message;
  // a message that is repeated after a crash gives the same line
  const id = createHash('sha256').update(topic).update('\0').update(payload).digest('hex');
  const line = { id, at: new Date().toISOString(), topic, rule, payload };
  await untilDiskTakes(() => rejects.add([line]), { signal, onRetry });
  message.acknowledge?.();
}

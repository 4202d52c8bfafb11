/** The brokers of `datong event bridge` with one interface. The client library of each is loaded on first use. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsMsg } from '@nats-io/jetstream';
import type { ConfirmChannel } from 'amqplib';
import type { BrokerAddress } from './brokerAddress.ts';
import { MqttConnection } from './mqttConnection.ts';
import type { MqttBroker } from './rowsBridgeConfig.ts';

export type EventBrokerConfig =
  (MqttBroker & { readonly kind: 'mqtt' }) | (BrokerAddress & { readonly kind: 'amqp' | 'nats' });

/** An event for the broker. */
export interface OutgoingEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** CloudEvent in structured JSON */
  readonly body: string;
}

/** A message of the broker. */
export interface IncomingMessage {
  readonly payload: Uint8Array;
  /** The broker need not deliver it again. Absent for MQTT QoS 0, which has no acknowledgement and so no flow control. */
  readonly acknowledge?: (() => void) | undefined;
}

export interface EventBroker {
  /** Resolves with the acknowledgement of the broker. @throws where it gives none */
  publish(address: string, event: OutgoingEvent): Promise<void>;
  close(): Promise<void>;
}

/** Source of messages for the hub, and their receiver. */
export interface Source {
  /** pattern of MQTT, queue of AMQP, `STREAM/durable-consumer` of JetStream */
  readonly from: string;
  readonly onMessage: (message: IncomingMessage) => void;
}

export interface BrokerEvents {
  readonly onReady: () => void;
  /** the connection is tried again by the library */
  readonly onRetry: (error: unknown) => void;
  /** the connection is closed: open another one, unless the error is a VerbFailure */
  readonly onEnd: (error: unknown) => void;
  /** ends pending waits before the broker is ready */
  readonly signal: AbortSignal;
}

const contentType = 'application/cloudevents+json; charset=utf-8';
/** Unacknowledged messages that a broker may have sent. */
const maxInFlight = 200;
/** seconds after which JetStream delivers an unacknowledged message again */
const redeliverySeconds = 20;

export function openEventBroker(
  config: EventBrokerConfig,
  sources: readonly Source[],
  events: BrokerEvents,
): Promise<EventBroker> {
  if (config.kind === 'mqtt') return openMqtt(config, sources, events);
  return config.kind === 'amqp' ? openAmqp(config, sources, events) : openNats(config, sources, events);
}

/** The address of an event: `{type}` and `{subject}` are replaced. Characters of the subject that separate levels become `_`, and so does an empty one. */
export const addressOf = (pattern: string, { type, subject }: OutgoingEvent): string =>
  pattern
    .replaceAll('{type}', () => type)
    .replaceAll('{subject}', () => subject.replaceAll(/[/.+#*>\s\0]/g, '_') || '_');

async function openMqtt(
  config: MqttBroker,
  sources: readonly Source[],
  { onReady, onRetry, onEnd }: BrokerEvents,
): Promise<EventBroker> {
  const { matchesTopic } = await import('./topicPattern.ts');
  const connection = await MqttConnection.open(
    config,
    sources.map(({ from }) => from),
    {
      onReady,
      onRefused: onEnd,
      onFailure: onRetry,
      onMessage: ({ topic, payload, packetId, digest }) => {
        const source = sources.find(({ from }) => matchesTopic(from, topic));
        source?.onMessage({
          payload,
          acknowledge:
            packetId === undefined ? undefined : () => connection.acknowledge({ packetId, digest }),
        });
      },
    },
  );
  return {
    publish: (address, { body }) =>
      connection.publish(address, body, { contentType, payloadFormatIndicator: true }),
    close: () => connection.close(),
  };
}

/** An address is `exchange/routing-key`; `/queue` means the default exchange. */
async function openAmqp(
  config: BrokerAddress,
  sources: readonly Source[],
  { onReady, onEnd }: BrokerEvents,
): Promise<EventBroker> {
  const { connect, credentials } = (await import('amqplib')).default;
  const { url, username, password, ca, cert, key } = config;
  const options = { ca: ca === undefined ? undefined : [ca], cert, key, servername: url.hostname };
  const connection = await connect(url.href, {
    ...Object.fromEntries(Object.entries(options).filter(([, one]) => one !== undefined)),
    ...(username === undefined ? {} : { credentials: credentials.plain(username, password ?? '') }),
  });
  const gone = (error?: unknown): void => onEnd(error ?? cut());
  connection.on('error', gone);
  connection.on('close', gone);
  const close = async (): Promise<void> => {
    connection.removeListener('close', gone);
    await connection.close().catch(() => undefined);
  };
  return closedIfFailed(close, async () => {
    const channel = await connection.createConfirmChannel();
    channel.on('error', gone);
    // by event and address: two subscriptions may send the same event
    const unroutable = new Set<string>();
    channel.on('return', ({ fields, properties }) =>
      unroutable.add(`${String(properties.messageId)} ${fields.exchange}/${fields.routingKey}`),
    );
    await channel.prefetch(maxInFlight);
    for (const { from, onMessage } of sources)
      await channel.consume(from, (message) => {
        if (message === null) gone();
        else onMessage({ payload: message.content, acknowledge: () => channel.ack(message) });
      });
    onReady();
    return {
      publish: (address, event) => confirmed(channel, unroutable, address, event),
      close,
    };
  });
}

/** A broker that cannot be made ready leaves no connection. */
async function closedIfFailed(
  close: () => Promise<void>,
  open: () => Promise<EventBroker>,
): Promise<EventBroker> {
  try {
    return await open();
  } catch (error) {
    await close();
    throw error;
  }
}

/** A message without a matching queue is returned before it is confirmed: it counts as not published. */
const confirmed = (
  channel: ConfirmChannel,
  unroutable: Set<string>,
  address: string,
  { id, body }: OutgoingEvent,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const slash = address.indexOf('/');
    const [exchange, routingKey] = [address.slice(0, Math.max(0, slash)), address.slice(slash + 1)];
    const options = { persistent: true, mandatory: true, messageId: id, contentType };
    channel.publish(exchange, routingKey, Buffer.from(body), options, (error: Error | null | undefined) => {
      const isReturned = unroutable.delete(`${id} ${address}`);
      if (error !== null && error !== undefined) reject(error);
      else if (isReturned)
        reject(Object.assign(new Error('no queue takes it'), { code: 'ENOENT', path: address }));
      else resolve();
    });
  });

const cut = (): Error => Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });

async function openNats(
  config: BrokerAddress,
  sources: readonly Source[],
  { onReady, onEnd, signal }: BrokerEvents,
): Promise<EventBroker> {
  const { connect } = await import('@nats-io/transport-node');
  const { AckPolicy, jetstream, jetstreamManager } = await import('@nats-io/jetstream');
  const { url, username, password, ca, cert, key } = config;
  const files = { ca, cert, key };
  const tls = Object.fromEntries(
    Object.entries(files).flatMap(([name, one]) => (one === undefined ? [] : [[name, one.toString('utf8')]])),
  );
  const connection = await connect({
    servers: url.host,
    maxReconnectAttempts: 0,
    name: 'datong event bridge',
    ...(url.protocol === 'tls:' ? { tls } : {}),
    ...(username === undefined ? {} : { user: username, pass: password ?? '' }),
  });
  let isClosing = false;
  void connection.closed().then((error) => (isClosing ? undefined : onEnd(error ?? cut())));
  const close = async (): Promise<void> => {
    isClosing = true;
    await connection.drain().catch(() => undefined);
  };
  return closedIfFailed(close, async () => {
    const manager = await jetstreamManager(connection);
    const stream = jetstream(connection);
    for (const { from, onMessage } of sources) {
      const [name = '', durable = ''] = from.split('/');
      const { num_ack_pending: pending } = await manager.consumers.add(name, {
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        max_ack_pending: maxInFlight,
        ack_wait: redeliverySeconds * 1e9,
      });
      // messages of an earlier process come first, in their order, once their redelivery time has passed
      if (pending > 0) await sleep(redeliverySeconds * 1_000, undefined, { signal });
      const messages = await (
        await stream.consumers.get(name, durable)
      ).consume({ max_messages: maxInFlight });
      void (async () => {
        /** messages that wait for the hub, by their last delivery: a slow hub causes redeliveries */
        const waiting = new Map<number, JsMsg>();
        for await (const message of messages) {
          const { seq } = message;
          const isKnown = waiting.has(seq);
          waiting.set(seq, message);
          const acknowledge = (): void => {
            waiting.get(seq)?.ack();
            waiting.delete(seq);
          };
          if (!isKnown) onMessage({ payload: message.data, acknowledge });
        }
      })().catch(onEnd);
    }
    onReady();
    return {
      publish: async (address, { id, body }) => {
        const { headers } = await import('@nats-io/transport-node');
        const with_ = headers();
        with_.set('content-type', contentType);
        // a stream drops a message whose id it knows: two subscriptions may send the same event to two addresses of one stream
        await stream.publish(address, body, { msgID: `${id} ${address}`, headers: with_ });
      },
      close,
    };
  });
}

/** MQTT 5 with acknowledgements that the caller gives: a message is acknowledged when it is safe, regardless of the order of the others. */
import { createHash } from 'node:crypto';
import type { IClientOptions, IConnackPacket, IPublishPacket, MqttClient, Packet } from 'mqtt';
import { exitCode, VerbFailure } from '../verb.ts';
import type { MqttBroker } from './rowsBridgeConfig.ts';
import { defined } from '../../../terms/defined.ts';

export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** undefined for QoS 0, which has no acknowledgement */
  readonly packetId: number | undefined;
  /** of topic and payload, 16 hexadecimal digits */
  readonly digest: string;
}

/** A packet of QoS 1. Its id alone does not identify a message: a later session uses the same numbers. */
export type ReceivedPacket = Pick<MqttMessage, 'digest'> & { readonly packetId: number };

/** State of a packet that the broker may deliver again. */
interface Received {
  readonly digest: string;
  isAcknowledged: boolean;
}

export interface MqttEvents {
  /** called once for each message, although the broker repeats it until its acknowledgement */
  readonly onMessage: (message: MqttMessage) => void;
  /** connected and subscribed, each time */
  readonly onReady?: () => void;
  /** the connection is closed or cannot be made; it is tried again */
  readonly onFailure: (error: unknown) => void;
  /** called with the error that ended the connection for good */
  readonly onRefused: (error: VerbFailure) => void;
}

/** One session at a broker, which outlives its connections. */
export class MqttConnection {
  private readonly client: MqttClient;
  private readonly topics: readonly string[];
  private readonly events: MqttEvents;
  /** packets of this session by their ids, which have 16 bits */
  private readonly received: Map<number, Received>;

  private constructor(
    client: MqttClient,
    topics: readonly string[],
    events: MqttEvents,
    acknowledged: readonly ReceivedPacket[],
  ) {
    this.client = client;
    this.topics = topics;
    this.events = events;
    this.received = new Map(
      acknowledged.map(({ packetId, digest }) => [packetId, { digest, isAcknowledged: true }]),
    );
  }

  /**
   * Connects, and subscribes to the topics at each connection. The library is loaded here.
   * @param acknowledged packets that an earlier process had stored, the oldest first: the broker may deliver them again
   */
  static async open(
    broker: MqttBroker,
    topics: readonly string[],
    events: MqttEvents,
    acknowledged: readonly ReceivedPacket[] = [],
  ): Promise<MqttConnection> {
    const { connect } = (await import('mqtt')).default;
    const client = connect(broker.url.href, optionsOf(broker));
    const connection = new MqttConnection(client, topics, events, acknowledged);
    connection.begin();
    return connection;
  }

  /** Acknowledges a message. Without a connection it is acknowledged when the broker delivers it again. */
  acknowledge({ packetId, digest }: ReceivedPacket): void {
    const packet = this.received.get(packetId);
    // a packet of an earlier session
    if (packet?.digest !== digest) return;
    packet.isAcknowledged = true;
    if (this.client.connected) this.sendAcknowledgement(packetId);
  }

  private sendAcknowledgement(packetId: number): void {
    // the library acknowledges by itself, in order, unless the handler fails; this is the call it makes then
    const sender = this.client as unknown as { _sendPacket(packet: Packet): void };
    sender._sendPacket({ cmd: 'puback', messageId: packetId, reasonCode: 0 });
  }

  /** Publishes at QoS 1. Resolves with the broker's acknowledgement. */
  async publish(topic: string, payload: string, properties: IPublishPacket['properties']): Promise<void> {
    await this.client.publishAsync(topic, payload, {
      qos: 1,
      ...defined({ properties }),
    });
  }

  /** Closes the connection; the session stays at the broker. */
  async close(): Promise<void> {
    const { client } = this;
    if (!client.connected) {
      client.end(true);
      return;
    }
    const closed = new Promise((go) => client.once('close', () => go(undefined)));
    client.end(false, { reasonCode: 0 });
    await Promise.race([closed, new Promise((go) => setTimeout(go, 2_000).unref())]);
    client.end(true);
  }

  private begin(): void {
    const { client, events } = this;
    client.on('connect', (packet) => this.connected(packet));
    client.on('error', (error: Error & { code?: unknown }) => {
      if (isRefusal(error.code)) events.onRefused(refused(error.code));
      else events.onFailure(error);
    });
    client.on('disconnect', ({ reasonCode }) => {
      if (reasonCode === takenOver) events.onRefused(replaced());
    });
    client.on('offline', () => events.onFailure(Object.assign(new Error('offline'), { code: 'ECONNRESET' })));
    client.on('message', (topic, payload, packet) => this.arrived(topic, payload, packet));
    // an error here means: not acknowledged yet, go on
    client.handleMessage = (packet, done) =>
      done(packet.qos === 1 ? new Error('acknowledged later') : undefined);
  }

  private connected({ sessionPresent }: IConnackPacket): void {
    if (!sessionPresent) this.received.clear();
    if (this.topics.length === 0) {
      this.events.onReady?.();
      return;
    }
    const requested = Object.fromEntries(this.topics.map((topic) => [topic, { qos: 1 as const, rh: 1 }]));
    this.client.subscribe(requested, (error, _granted, reply) => {
      const codes = (reply?.granted ?? []) as readonly number[];
      const denied = codes.findIndex((code) => code >= firstFailure);
      if (denied >= 0) this.events.onRefused(notSubscribed(this.topics[denied] ?? ''));
      else if (error !== null) this.events.onFailure(error);
      else this.events.onReady?.();
    });
  }

  private arrived(topic: string, payload: Buffer, packet: IPublishPacket): void {
    const digest = createHash('sha256').update(topic).update('\0').update(payload).digest('hex').slice(0, 16);
    const packetId = packet.qos === 1 ? packet.messageId : undefined;
    if (packetId !== undefined) {
      const known = packet.dup ? this.received.get(packetId) : undefined;
      if (known?.digest === digest) {
        if (known.isAcknowledged) this.sendAcknowledgement(packetId);
        return;
      }
      this.received.set(packetId, { digest, isAcknowledged: false });
    }
    this.events.onMessage({ topic, payload, packetId, digest });
  }
}

const optionsOf = (broker: MqttBroker): IClientOptions => ({
  protocolVersion: 5,
  clientId: broker.clientId,
  clean: false,
  keepalive: 30,
  reconnectPeriod: 1_000,
  connectTimeout: 10_000,
  resubscribe: false,
  // the caller repeats messages that were published without a connection
  queueQoSZero: false,
  reconnectOnConnackError: false,
  properties: { sessionExpiryInterval: broker.sessionSeconds, receiveMaximum: broker.maxInFlight },
  ...defined({
    username: broker.username,
    password: broker.password,
    ca: broker.ca,
    cert: broker.cert,
    key: broker.key,
  }),
});

/** Reason codes of SUBACK from here on are failures. */
const firstFailure = 0x80;

/** Reason codes of CONNACK that another try does not change: credentials, authorization, client id, banned. */
const isRefusal = (code: unknown): boolean => code === 133 || code === 134 || code === 135 || code === 138;

const refused = (code: unknown): VerbFailure =>
  new VerbFailure(
    exitCode.refused,
    {
      zh: `消息服务器拒绝连接（原因码 ${String(code)}）`,
      en: `the broker refuses the connection (reason code ${String(code)})`,
    },
    {
      zh: '核对 broker 的 clientId、username 与口令',
      en: 'check clientId, username and password of the broker',
    },
  );

const notSubscribed = (topic: string): VerbFailure =>
  new VerbFailure(
    exitCode.refused,
    { zh: `消息服务器不允许订阅 ${topic}`, en: `the broker does not allow to subscribe to ${topic}` },
    { zh: '请消息服务器的管理员授权', en: 'ask the administrator of the broker to allow it' },
  );

/** Another connection has begun under the same client id. */
const takenOver = 142;

const replaced = (): VerbFailure =>
  new VerbFailure(
    exitCode.refused,
    { zh: '另一个程序以同一 clientId 连接', en: 'another program has connected under the same clientId' },
    { zh: '每个 clientId 只运行一个桥接', en: 'run one bridge for each clientId' },
  );

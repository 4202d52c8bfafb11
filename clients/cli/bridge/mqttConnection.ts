/** MQTT 5 with acknowledgements that the caller gives: a message is acknowledged when it is safe, whatever order others are in. */
import { createHash } from 'node:crypto';
import type { IClientOptions, IConnackPacket, IPublishPacket, MqttClient, Packet } from 'mqtt';
import { exitCode, VerbFailure } from '../verb.ts';
import type { MqttBroker } from './rowsBridgeConfig.ts';

export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** undefined for QoS 0, which has no acknowledgement */
  readonly packetId: number | undefined;
  /** the broker delivered it before, on this session */
  readonly isRepeated: boolean;
  /** of topic and payload, 16 hexadecimal digits */
  readonly digest: string;
  readonly properties: IPublishPacket['properties'];
}

export interface MqttEvents {
  readonly onMessage: (message: MqttMessage) => void;
  /** the broker has lost its session state */
  readonly onNewSession?: () => void;
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

  private constructor(client: MqttClient, topics: readonly string[], events: MqttEvents) {
    this.client = client;
    this.topics = topics;
    this.events = events;
  }

  /** Connects, and subscribes to the topics at each connection. The library is loaded here. */
  static async open(
    broker: MqttBroker,
    topics: readonly string[],
    events: MqttEvents,
  ): Promise<MqttConnection> {
    const { connect } = (await import('mqtt')).default;
    const client = connect(broker.url.href, optionsOf(broker));
    const connection = new MqttConnection(client, topics, events);
    connection.begin();
    return connection;
  }

  /** Acknowledges a message by its packet id. Without a connection nothing is sent: the broker delivers the message again. */
  acknowledge(packetId: number): void {
    if (!this.client.connected) return;
    // the library acknowledges by itself, in order, unless the handler fails; this is the call it makes then
    const sender = this.client as unknown as { _sendPacket(packet: Packet): void };
    sender._sendPacket({ cmd: 'puback', messageId: packetId, reasonCode: 0 });
  }

  /** Publishes at QoS 1. Resolves with the broker's acknowledgement. */
  async publish(topic: string, payload: string, properties: IPublishPacket['properties']): Promise<void> {
    await this.client.publishAsync(topic, payload, {
      qos: 1,
      ...(properties === undefined ? {} : { properties }),
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
    if (!sessionPresent) this.events.onNewSession?.();
    if (this.topics.length === 0) {
      this.events.onReady?.();
      return;
    }
    const requested = Object.fromEntries(this.topics.map((topic) => [topic, { qos: 1 as const, rh: 1 }]));
    this.client.subscribe(requested, (error, granted = []) => {
      const denied = granted.find(({ qos }) => qos > 2);
      if (denied !== undefined) this.events.onRefused(notSubscribed(denied.topic));
      else if (error !== null) this.events.onFailure(error);
      else this.events.onReady?.();
    });
  }

  private arrived(topic: string, payload: Buffer, packet: IPublishPacket): void {
    const digest = createHash('sha256').update(topic).update('\0').update(payload).digest('hex').slice(0, 16);
    const packetId = packet.qos === 1 ? packet.messageId : undefined;
    this.events.onMessage({
      ...{ topic, payload, packetId, digest, isRepeated: packet.dup },
      properties: packet.properties,
    });
  }
}

const optionsOf = (broker: MqttBroker): IClientOptions => ({
  protocolVersion: 5,
  clientId: broker.clientId,
  clean: false,
  ...{ keepalive: 30, reconnectPeriod: 1_000, connectTimeout: 10_000, resubscribe: false },
  // the caller repeats messages that were published without a connection
  ...{ queueQoSZero: false, reconnectOnConnackError: false },
  properties: { sessionExpiryInterval: broker.sessionSeconds, receiveMaximum: broker.maxInFlight },
  ...(broker.username === undefined ? {} : { username: broker.username }),
  ...(broker.password === undefined ? {} : { password: broker.password }),
  ...(broker.ca === undefined ? {} : { ca: broker.ca }),
  ...(broker.cert === undefined ? {} : { cert: broker.cert }),
  ...(broker.key === undefined ? {} : { key: broker.key }),
});

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

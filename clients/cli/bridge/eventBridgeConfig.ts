/** The file of `datong event bridge`: the broker, subscriptions of the hub that go to it, and topics of the hub that are fed from it. */
import { dirname, resolve } from 'node:path';
import { wrongMember, type MemberReader } from '../memberReader.ts';
import { addressMembers, brokerAddress } from './brokerAddress.ts';
import type { EventBrokerConfig } from './eventBrokers.ts';
import { bridgeMembers, mqttBroker } from './rowsBridgeConfig.ts';
import { isTopicPattern, overlap } from './topicPattern.ts';

export interface EventBridgeConfig {
  readonly broker: EventBrokerConfig;
  readonly toBroker: readonly { readonly subscription: string; readonly address: string }[];
  readonly toHub: readonly { readonly topic: string; readonly from: string }[];
  readonly rejects: { readonly file: string; readonly maxBytes: number };
}

const schemes = {
  amqp: { 'amqps:': true, 'amqp:': false },
  nats: { 'tls:': true, 'nats:': false },
} as const;

/** @throws VerbFailure (exit 4) naming file and member; the file system's error for a missing file */
export function readEventBridgeConfig(file: string): EventBridgeConfig {
  const { at, members } = bridgeMembers(file, ['broker', 'toBroker', 'toHub', 'rejects']);
  const broker = brokerOf(at, members['broker']);
  const rejects = at.members(members['rejects'] ?? {}, 'rejects', ['file', 'maxBytes']);
  const config: EventBridgeConfig = {
    broker,
    toBroker: listOf(at, members['toBroker'], 'toBroker', ['subscription', 'address']).map(
      ([subscription, address]) => ({
        subscription,
        address,
      }),
    ),
    toHub: listOf(at, members['toHub'], 'toHub', ['topic', 'from']).map(([topic, from]) => ({ topic, from })),
    rejects: {
      file: resolve(
        dirname(resolve(file)),
        at.text(rejects['file'] ?? 'event-rejects.ndjson', 'rejects.file'),
      ),
      maxBytes: at.whole(rejects['maxBytes'] ?? 100 * 2 ** 20, 'rejects.maxBytes', 2 ** 40),
    },
  };
  if (config.toBroker.length + config.toHub.length === 0)
    throw wrongMember(file, '.', { zh: '须有 toBroker 或 toHub', en: 'toBroker or toHub is wanted' });
  if (broker.kind === 'mqtt') checkMqtt(at, config);
  if (broker.kind === 'amqp') checkAmqp(at, config);
  if (broker.kind === 'nats') checkNats(at, config);
  return config;
}

function brokerOf(at: MemberReader, value: unknown): EventBrokerConfig {
  const { kind, ...members } = at.members(value, 'broker', undefined);
  if (kind === 'mqtt') return { ...mqttBroker(at, members, 'broker'), kind };
  if (kind !== 'amqp' && kind !== 'nats')
    throw wrongMember(at.file, 'broker.kind', {
      zh: '应为 mqtt、amqp 或 nats',
      en: 'mqtt, amqp or nats is wanted',
    });
  const known = at.members(members, 'broker', addressMembers);
  return { ...brokerAddress(at, known, 'broker', schemes[kind]), kind };
}

/** A list of members that are all texts. */
function listOf<N extends readonly [string, string]>(
  at: MemberReader,
  value: unknown,
  place: string,
  names: N,
): readonly (readonly [string, string])[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrongMember(at.file, place, { zh: '应为列表', en: 'a list is wanted' });
  return (value as unknown[]).map((one, i) => {
    const members = at.members(one, `${place}.${i}`, names);
    const [first, second] = names;
    return [
      at.text(members[first], `${place}.${i}.${first}`),
      at.text(members[second], `${place}.${i}.${second}`),
    ];
  });
}

function checkMqtt(at: MemberReader, { toHub }: EventBridgeConfig): void {
  for (const [i, { from }] of toHub.entries()) {
    if (!isTopicPattern(from))
      throw wrongMember(at.file, `toHub.${i}.from`, {
        zh: '不是 MQTT 主题或样式',
        en: 'it is no topic or pattern of MQTT',
      });
    if (toHub.slice(0, i).some((other) => overlap(other.from, from)))
      throw wrongMember(at.file, `toHub.${i}.from`, {
        zh: '与另一项重叠',
        en: 'it overlaps with another one',
      });
  }
}

function checkAmqp(at: MemberReader, { toBroker }: EventBridgeConfig): void {
  for (const [i, { address }] of toBroker.entries())
    if (!address.includes('/'))
      throw wrongMember(at.file, `toBroker.${i}.address`, {
        zh: '应为 交换机/路由键 或 /队列',
        en: 'exchange/routing-key or /queue is wanted',
      });
}

function checkNats(at: MemberReader, { toHub }: EventBridgeConfig): void {
  for (const [i, { from }] of toHub.entries())
    if (!/^[^\s./\\*>]+\/[^\s./\\*>]+$/.test(from))
      throw wrongMember(at.file, `toHub.${i}.from`, {
        zh: '应为 流/消费者',
        en: 'STREAM/consumer is wanted',
      });
}

/** The file of `datong rows bridge mqtt`: the broker, the buffer, and which dataset the messages of each topic go to. */
import { dirname, resolve } from 'node:path';
import { datasetId } from '../../../terms/ids.ts';
import { memberReader, wrongMember, yamlIn, type MemberReader } from '../memberReader.ts';
import { addressMembers, brokerAddress, type BrokerAddress } from './brokerAddress.ts';
import { payloadKinds, type PayloadKind, type RowShape, type Scalar } from './payload.ts';
import { isTopicPattern, overlap } from './topicPattern.ts';

export interface MqttBroker extends BrokerAddress {
  /** names the session at the broker: the same after each start */
  readonly clientId: string;
  /** seconds that the broker stores messages while the bridge is away */
  readonly sessionSeconds: number;
  /** unacknowledged messages that the broker may have sent */
  readonly maxInFlight: number;
}

export interface RowSubscription extends RowShape {
  readonly topic: string;
  readonly dataset: string;
  /** registered mapping that reads the rows at the hub */
  readonly mapping?: string;
}

export interface RowsBridgeConfig {
  readonly broker: MqttBroker;
  readonly buffer: { readonly folder: string; readonly maxBytes: number };
  readonly rejects: { readonly file: string; readonly maxBytes: number };
  readonly call: { readonly maxRows: number; readonly maxDelayMs: number };
  readonly subscriptions: readonly RowSubscription[];
}

/** @throws VerbFailure (exit 4) naming file and member; the file system's error for a missing file */
export function readRowsBridgeConfig(file: string): RowsBridgeConfig {
  const { at, members } = bridgeMembers(file, ['broker', 'buffer', 'rejects', 'call', 'subscriptions']);
  const here = dirname(resolve(file));
  const buffer = at.members(members['buffer'] ?? {}, 'buffer', ['folder', 'maxBytes']);
  const folder = resolve(here, at.text(buffer['folder'] ?? 'bridge-buffer', 'buffer.folder'));
  const rejects = at.members(members['rejects'] ?? {}, 'rejects', ['file', 'maxBytes']);
  const call = at.members(members['call'] ?? {}, 'call', ['maxRows', 'maxDelayMs']);
  return {
    broker: mqttBroker(at, members['broker'], 'broker'),
    buffer: { folder, maxBytes: at.whole(buffer['maxBytes'] ?? 2 ** 30, 'buffer.maxBytes', 2 ** 40) },
    rejects: {
      file: resolve(here, at.text(rejects['file'] ?? `${folder}/rejects.ndjson`, 'rejects.file')),
      maxBytes: at.whole(rejects['maxBytes'] ?? 100 * 2 ** 20, 'rejects.maxBytes', 2 ** 40),
    },
    call: {
      maxRows: at.whole(call['maxRows'] ?? 1_000, 'call.maxRows', 10_000),
      maxDelayMs: at.whole(call['maxDelayMs'] ?? 200, 'call.maxDelayMs', 60_000),
    },
    subscriptions: subscriptionsOf(at, members['subscriptions']),
  };
}

/** The members of a bridge's file. */
export function bridgeMembers(
  file: string,
  known: readonly string[],
): { readonly at: MemberReader; readonly members: Readonly<Record<string, unknown>> } {
  const at = memberReader(file);
  return { at, members: at.members(yamlIn(file), '.', known) };
}

/** @throws VerbFailure (exit 4) naming file and member */
export function mqttBroker(at: MemberReader, value: unknown, place: string): MqttBroker {
  const known = [...addressMembers, 'clientId', 'sessionSeconds', 'maxInFlight'];
  const members = at.members(value, place, known);
  return {
    ...brokerAddress(at, members, place, { 'mqtts:': true, 'mqtt:': false }),
    clientId: at.text(members['clientId'], `${place}.clientId`),
    sessionSeconds: at.whole(members['sessionSeconds'] ?? 604_800, `${place}.sessionSeconds`, 0xffff_fffe),
    maxInFlight: at.whole(members['maxInFlight'] ?? 1_000, `${place}.maxInFlight`, 65_535),
  };
}

function subscriptionsOf(at: MemberReader, value: unknown): readonly RowSubscription[] {
  if (!Array.isArray(value) || value.length === 0)
    throw wrongMember(at.file, 'subscriptions', {
      zh: '应为非空列表',
      en: 'a list that is not empty is wanted',
    });
  const found = (value as unknown[]).map((one, i) => subscriptionOf(at, one, `subscriptions.${i}`));
  for (const [i, { topic }] of found.entries()) {
    const other = found.slice(0, i).find((one) => overlap(one.topic, topic));
    if (other !== undefined)
      throw wrongMember(at.file, `subscriptions.${i}.topic`, {
        zh: `与 ${other.topic} 重叠，同一消息会收到两次`,
        en: `it overlaps with ${other.topic}: a message would be received twice`,
      });
  }
  return found;
}

const shapeMembers = ['payload', 'columns', 'separator', 'fields', 'topicFields', 'constants'];

function subscriptionOf(at: MemberReader, value: unknown, place: string): RowSubscription {
  const members = at.members(value, place, ['topic', 'dataset', 'mapping', ...shapeMembers]);
  const topic = at.text(members['topic'], `${place}.topic`);
  if (!isTopicPattern(topic))
    throw wrongMember(at.file, `${place}.topic`, {
      zh: '不是 MQTT 主题或样式',
      en: 'it is no topic or pattern of MQTT',
    });
  const dataset = at.text(members['dataset'], `${place}.dataset`);
  at.that(`${place}.dataset`, { zh: '应为数据资源编号', en: 'the id of a dataset is wanted' }, () =>
    datasetId(dataset),
  );
  const shape = shapeOf(at, members, place);
  for (const [field, level] of Object.entries(shape.topicFields ?? {}))
    if (level > topic.split('/').length && !topic.endsWith('#'))
      throw wrongMember(at.file, `${place}.topicFields.${field}`, {
        zh: '主题没有这一级',
        en: 'the topic has no such level',
      });
  return {
    ...shape,
    topic,
    dataset,
    ...(members['mapping'] === undefined ? {} : { mapping: at.text(members['mapping'], `${place}.mapping`) }),
  };
}

function shapeOf(at: MemberReader, members: Readonly<Record<string, unknown>>, place: string): RowShape {
  const oneOf = <T extends string>(one: unknown, known: readonly T[], where: string): T => {
    const text = at.text(one, where);
    const found = known.find((name) => name === text);
    if (found !== undefined) return found;
    throw wrongMember(at.file, where, {
      zh: `应为 ${known.join('、')} 之一`,
      en: `one of ${known.join(', ')} is wanted`,
    });
  };
  const each = <T>(name: string, read: (one: unknown, where: string) => T): Record<string, T> | undefined =>
    members[name] === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(at.members(members[name], `${place}.${name}`, undefined)).map(([field, one]) => [
            field,
            read(one, `${place}.${name}.${field}`),
          ]),
        );
  const payload: PayloadKind = oneOf(members['payload'] ?? 'json', payloadKinds, `${place}.payload`);
  const columns = each('columns', (one, where) => oneOf(one, ['text', 'number'] as const, where));
  if ((payload === 'csv') !== (columns !== undefined))
    throw wrongMember(at.file, `${place}.columns`, {
      zh: 'CSV 须写明各列，其他格式不写',
      en: 'csv needs the columns, and nothing else has them',
    });
  if (payload !== 'csv' && members['separator'] !== undefined)
    throw wrongMember(at.file, `${place}.separator`, { zh: '仅用于 CSV', en: 'it is for csv' });
  const shape = {
    payload,
    columns,
    separator:
      members['separator'] === undefined ? undefined : at.text(members['separator'], `${place}.separator`),
    fields: each('fields', (one, where) => at.text(one, where)),
    topicFields: each('topicFields', (one, where) => at.whole(one, where, 128)),
    constants: each('constants', (one, where) => scalar(at, one, where)),
  };
  return Object.fromEntries(
    Object.entries(shape).filter(([, one]) => one !== undefined),
  ) as unknown as RowShape;
}

function scalar(at: MemberReader, value: unknown, place: string): Scalar {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as Scalar;
  throw wrongMember(at.file, place, { zh: '应为单个值', en: 'a single value is wanted' });
}

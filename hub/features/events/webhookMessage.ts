/** Messages to a webhook (pure): signing by Standard Webhooks, the challenge, and the texts of delivery faults. */
import { createHash, createHmac } from 'node:crypto';
import type { components } from '../../../api/openapi.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { networkFault } from '../../../terms/faultWords.ts';

type DeliveredEvent = components['schemas']['DeliveredEvent'];

/** Bytes of a secret. */
export const secretBytes = 32;
const secretPrefix = 'whsec_';

/** A secret as it is shown: Standard Webhooks libraries take it like this. */
export const secretText = (secret: Uint8Array): string =>
  `${secretPrefix}${Buffer.from(secret).toString('base64')}`;

export interface WebhookMessage {
  /** names the message: the same in each attempt */
  readonly id: string;
  readonly type: string;
  readonly body: Buffer;
}

/** One event in structured JSON, several as a batch. A batch is named after its events, so that a repeated one has the same id. */
export function eventsMessage(events: readonly DeliveredEvent[], single: boolean): WebhookMessage {
  const [first] = events;
  if (single && first !== undefined)
    return {
      id: first.id,
      type: 'application/cloudevents+json',
      body: Buffer.from(JSON.stringify(first), 'utf8'),
    };
  const ids = events.map(({ id }) => id).join(' ');
  return {
    id: `batch_${createHash('sha256').update(ids).digest('base64url')}`,
    type: 'application/cloudevents-batch+json',
    body: Buffer.from(JSON.stringify(events), 'utf8'),
  };
}

/** A message of the hub about the subscription itself: it carries no data of departments. */
export function ownMessage(
  { id, subscription, time }: { readonly id: string; readonly subscription: string; readonly time: string },
  what: { readonly type: 'datong.challenge'; readonly challenge: string } | { readonly type: 'datong.test' },
): WebhookMessage {
  const { type, ...data } = what;
  const event = {
    specversion: '1.0',
    id,
    source: `/v1/subscriptions/${subscription}`,
    type,
    time,
    datacontenttype: 'application/json',
    data,
  };
  return {
    id,
    type: 'application/cloudevents+json',
    body: Buffer.from(JSON.stringify(event), 'utf8'),
  };
}

/** Whether an answer repeats the challenge: as JSON `{"challenge": …}` or as the text alone. */
export function answersChallenge(body: Uint8Array, challenge: string): boolean {
  const text = Buffer.from(body).toString('utf8').trim();
  if (text === challenge) return true;
  try {
    return (JSON.parse(text) as { readonly challenge?: unknown } | null)?.challenge === challenge;
  } catch {
    return false;
  }
}

/** The headers of Standard Webhooks. @param secrets the newest first; each signs @param seconds Unix time */
export function standardHeaders(
  { id, body }: Pick<WebhookMessage, 'id' | 'body'>,
  secrets: readonly Uint8Array[],
  seconds: number,
): Readonly<Record<string, string>> {
  const signed = secrets.map((secret) => {
    const mac = createHmac('sha256', secret).update(`${id}.${seconds}.`).update(body);
    return `v1,${mac.digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signed.join(' '),
  };
}

const faultTexts: Readonly<Record<string, Bilingual>> = {
  status: {
    zh: '接收端没有接受（HTTP 状态码见 status）',
    en: 'the endpoint did not take it; see its HTTP status',
  },
  receipt: {
    zh: '接收端签收的不是这条消息，或签名密钥不是本部门有效的密钥',
    en: 'the receipt of the endpoint is for another message, or no key of your department that is in force signed it',
  },
  challenge: {
    zh: '接收端没有原样返回 challenge，尚未证明该地址由本部门控制',
    en: 'the endpoint did not return the challenge, so it is not proven that your department controls it',
  },
  time: { zh: '接收端没有在限定时间内答复', en: 'the endpoint did not answer in time' },
  redirect: {
    zh: '接收端要求转到别处；枢纽不跟随跳转',
    en: 'the endpoint redirects; the hub does not follow',
  },
  too_large: { zh: '接收端的答复过长', en: 'the answer of the endpoint is too large' },
  'content-encoding': { zh: '接收端的答复经过压缩', en: 'the answer of the endpoint is compressed' },
  address: {
    zh: '接收端的名称解析到枢纽不得连接的地址；请运维把该地址或网段写入 hub.json 中该接收端的 addresses（在枢纽本机试用时为 127.0.0.1）',
    en: 'the name of the endpoint points to an address that the hub may not connect to; have the operator list the address or its network in addresses of this endpoint (services of hub.json), in a trial on the machine of the hub 127.0.0.1',
  },
  connection: {
    zh: '连接不上接收端，或连接被中断',
    en: 'the endpoint cannot be reached, or the connection was cut',
  },
  name: { zh: '无法解析接收端的名称', en: 'the name of the endpoint cannot be looked up' },
  place: {
    zh: '运维人员已不允许枢纽连接该地址（hub.json 的 services）',
    en: 'the operator no longer lets the hub connect there (services of hub.json)',
  },
  configuration: {
    zh: '订阅的配置无法验证；请重新订阅',
    en: 'the configuration of the subscription cannot be verified; subscribe again',
  },
};

/** What a delivery failed by, in words; undefined where it is a code of a refusal. */
export const deliveryFault = (trouble: string): Bilingual | undefined =>
  Object.hasOwn(faultTexts, trouble) ? faultTexts[trouble] : networkFault(trouble);

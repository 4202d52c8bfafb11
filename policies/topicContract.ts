/** One topic as one department may publish to it or receive from it: a dedicated AsyncAPI document, made from the plans that decide its events. */
import { pointer } from './finding.ts';
import type { JsonSchema } from '../schemas/datasetSchema.ts';
import type { Bilingual } from '../terms/bilingual.ts';

/** A type of event as the department sends or receives it. */
export interface ContractMessage {
  readonly type: string;
  readonly title: Bilingual;
  /** urn of the schema version */
  readonly schema: string;
  /** JSON Schema of its data: after the masks, or as it is published */
  readonly data: JsonSchema;
  /** agreement and purpose under which it is received; absent where it is published */
  readonly under?: { readonly agreement: string; readonly version: number; readonly purpose: string };
}

export interface ContractTopic {
  readonly id: string;
  readonly title: Bilingual;
  /** origin of the exchange listener */
  readonly origin: string;
  /** `send`: the department publishes to the topic */
  readonly action: 'send' | 'receive';
  readonly messages: readonly ContractMessage[];
}

/** AsyncAPI 3.0. Every delivered event conforms to the message of its type. */
export function topicContract({ id, title, origin, action, messages }: ContractTopic): object {
  const { host, protocol } = new URL(origin);
  const sends = action === 'send';
  return {
    asyncapi: '3.0.0',
    id: `urn:datong:topic:${id}`,
    info: {
      title: `${title.zh} / ${title.en}`,
      version: '1.0.0',
      description: sends
        ? 'Events as the department publishes them.'
        : 'Events as the department receives them: granted fields after their masks. A subscription also delivers them to a webhook.',
    },
    defaultContentType: 'application/json',
    servers: {
      hub: {
        host,
        protocol: protocol.replace(':', ''),
        security: [{ $ref: '#/components/securitySchemes/certificate' }],
      },
    },
    channels: {
      events: {
        address: sends ? `/v1/topics/${id}/events` : '/v1/subscriptions/{subscription}/events',
        servers: [{ $ref: '#/servers/hub' }],
        ...(sends
          ? {}
          : { parameters: { subscription: { description: 'id of a subscription to the topic' } } }),
        messages: Object.fromEntries(messages.map(({ type }) => [type, refToMessage(type)])),
      },
    },
    operations: {
      [sends ? 'publishEvents' : 'pullEvents']: {
        action,
        channel: { $ref: '#/channels/events' },
        bindings: { http: { method: sends ? 'POST' : 'GET', bindingVersion: '0.3.0' } },
        messages: messages.map(({ type }) => ({ $ref: `#/channels/events/messages${pointer(type)}` })),
      },
    },
    components: {
      securitySchemes: {
        certificate: {
          type: 'X509',
          description: 'mutual TLS, and a signature of the request (RFC 9421), profile datong-sig-1',
        },
      },
      messages: Object.fromEntries(messages.map((one) => [one.type, messageOf(one, id, sends)])),
    },
  };
}

const refToMessage = (type: string): object => ({ $ref: `#/components/messages${pointer(type)}` });

function messageOf(
  { type, title, schema, data, under }: ContractMessage,
  topic: string,
  sends: boolean,
): object {
  const { $schema: _schema, $id: _id, ...record } = data;
  return {
    name: type,
    title: `${title.zh} / ${title.en}`,
    contentType: 'application/cloudevents+json',
    payload: {
      type: 'object',
      required: ['specversion', 'id', 'source', 'type', ...(sends ? [] : ['time', 'dataschema']), 'data'],
      properties: {
        specversion: { const: '1.0' },
        id: { type: 'string' },
        source: sends ? { type: 'string' } : { const: `/v1/topics/${topic}` },
        type: { const: type },
        time: { type: 'string', format: 'date-time' },
        subject: { type: 'string' },
        dataschema: { type: 'string', format: 'uri' },
        data: record,
      },
    },
    'x-datong-schema': schema,
    ...(under === undefined
      ? {}
      : { 'x-datong-agreement': `${under.agreement}@${under.version}`, 'x-datong-purpose': under.purpose }),
  };
}

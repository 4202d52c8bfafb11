/** `datong event`: publishes events to a topic of one's own department, and receives those of others. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { maxEventsOfCall, type PublishedEvent } from '../../sdk/events.ts';
import { readBoundedText } from '../boundedFile.ts';
import { withOpenContext, type ContextOptions } from '../callContext.ts';
import { refuseInexact } from '../exactNumbers.ts';
import { filterTerms } from '../filterTerms.ts';
import { withProfile } from '../profile.ts';
import { printList, text, withReader, type ReaderOptions } from '../reading/reader.ts';
import { collect, wholeNumber } from '../values.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { storeEvidence, withClient, type ClientVerbOptions } from '../withClient.ts';
import { registerEventBridge } from '../bridge/eventBridgeVerb.ts';
import { registerBoard } from './board.ts';
import { registerListen } from './listen.ts';
import { lagWords, registerWebhooks, sinkWords } from './webhooks.ts';
import { defined } from '../../../terms/defined.ts';
import { counted } from '../../../terms/counted.ts';

interface PublishOptions extends ClientVerbOptions {
  readonly topic: string;
}

const maxBytes = 1 << 20;

export function register(program: Command): void {
  const event = program
    .command('event')
    .description('事件：发布、订阅、接收 / events: publish, subscribe, listen');
  withProfile(event.command('publish'))
    .description('向本部门的主题发布事件 / publish events to a topic of your department')
    .argument('<file>', 'a CloudEvent, an array of them, or one a line; - for standard input')
    .requiredOption('--topic <id>', 'such as ecology.air-warnings')
    .option('--save <folder>', 'store request, reply and receipt there')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ datong event publish warning.json --topic ecology.air-warnings --as ecology
  $ tail -n 100 warnings.ndjson | datong event publish - --topic ecology.air-warnings --json

It is safe to publish a file again: an event that was stored before is counted as repeated.
Exit: 0 stored, 1 refused by the hub, 3 network, 4 the file.`,
    )
    .action(publish);
  withOpenContext(withProfile(event.command('subscribe')))
    .description('依共享协议订阅主题 / subscribe to a topic under an agreement')
    .argument('<topic>', "such as ecology.air-warnings, or a pattern of topics such as 'ecology.*'")
    .option('--types <ids>', 'types of event, separated by commas (default: all of the topic)')
    .option(
      '--filter <term>',
      'field=value, "field in a,b", field>=value; field:>=75 for numbers; repeatable',
      collect,
    )
    .option('--url <url>', 'deliver to this webhook (https) instead of being fetched')
    .option(
      '--batch <n>',
      'events of one message to the webhook, 1 to 1000 (default: 1)',
      wholeNumber(1, 1_000),
    )
    .option('--oldest', 'begin with the oldest event that is stored')
    .option('--since <time>', 'begin with the events stored since then, RFC 3339')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Example:
  $ datong event subscribe ecology.air-warnings --as transport --agreement agr-air-warnings --purpose public-service
  $ datong event subscribe 'ecology.*' --as transport --purpose public-service

A pattern has no --agreement: each topic is decided under its own, and topics that are registered later take part by themselves.
stdout is the id of the subscription, for datong event listen. With --url the secret of the webhook is shown once, on stderr.`,
    )
    .action(subscribe);
  registerListen(event);
  registerEventBridge(event);
  registerWebhooks(event);
  registerBoard(event);
  withReader(event.command('subscriptions'))
    .description('本部门的订阅和对本部门主题的订阅 / subscriptions of your department, and to its topics')
    .addHelpText('after', '\nExample:\n  $ datong event subscriptions --as transport')
    .action((options: ReaderOptions) =>
      printList(options, {
        path: '/v1/subscriptions',
        member: 'subscriptions',
        query: {},
        line: (item) => [
          ...['id', 'department', 'topic', 'agreement', 'state'].map((name) => text(item[name])),
          ...lagWords(item),
          ...sinkWords(item),
        ],
      }),
    );
  withProfile(event.command('unsubscribe'))
    .description('终止订阅 / end a subscription')
    .argument('<subscription>', 'id as datong event subscribe shows it')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong event unsubscribe 01a20328-0104-7757-9e84-c346bc55b77b --as transport',
    )
    .action(unsubscribe);
}

interface SubscribeOptions extends ClientVerbOptions, Omit<ContextOptions, 'agreement'> {
  readonly agreement?: string;
  readonly types?: string;
  readonly filter?: readonly string[];
  readonly oldest?: boolean;
  readonly since?: string;
  readonly url?: string;
  readonly batch?: number;
}

async function subscribe(topic: string, options: SubscribeOptions): Promise<void> {
  const { types, filter, oldest, since, url, batch } = options;
  if (oldest === true && since !== undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--oldest 与 --since 只能指定其一',
      en: '--oldest and --since exclude each other',
    });
  if (url === undefined && batch !== undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--batch 须与 --url 一同给出',
      en: '--batch goes with --url',
    });
  if (!topic.includes('*') && options.agreement === undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '请用 --agreement 指定协议',
      en: 'name the agreement with --agreement',
    });
  const terms = filter === undefined ? [] : filterTerms(filter);
  const requested = {
    topic,
    ...(types === undefined ? {} : { types: types.split(',').map((one) => one.trim()) }),
    ...(terms.length === 0 ? {} : { filter: terms }),
    ...(oldest === true ? { start: 'oldest' as const } : {}),
    ...defined({ since }),
    ...(url === undefined
      ? {}
      : {
          sink: {
            kind: 'webhook' as const,
            url,
            ...defined({ batch }),
          },
        }),
  };
  await withClient(
    options,
    async (client) => {
      const { json, exchange } = await client.events.subscribe(requested, {
        purpose: options.purpose,
        ...defined({
          agreement: options.agreement,
          onBehalfOf: options.onBehalfOf,
          matter: options.matter,
        }),
      });
      data(options.json === true ? JSON.stringify({ ok: true, ...json, exchange }) : json.id);
      talk({
        zh: `已订阅 ${topic}${json.types.length === 0 ? '' : `：${json.types.join('、')}`}`,
        en: `subscribed to ${topic}${json.types.length === 0 ? '' : `: ${json.types.join(', ')}`}`,
      });
      for (const { topic: matched, types: received, refusal } of json.topics ?? [])
        talk({
          zh: `  ${matched}：${refusal === undefined ? received.join('、') : `不提供（${refusal}）`}`,
          en: `  ${matched}: ${refusal === undefined ? received.join(', ') : `delivers nothing (${refusal})`}`,
        });
      if (json.secret !== undefined && options.json !== true)
        talk({
          zh: `签名密钥（只显示这一次）：${json.secret}\n接收端答复 challenge 后开始推送；datong event sink test ${json.id} 立即尝试`,
          en: `secret (shown this once): ${json.secret}\nDeliveries begin when the endpoint has answered the challenge; datong event sink test ${json.id} tries it now`,
        });
    },
    options,
  );
}

async function unsubscribe(id: string, options: ClientVerbOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { json, exchange } = await client.events.end(id);
    if (options.json === true) data(JSON.stringify({ ok: true, ...json, exchange }));
    talk({ zh: `已终止对 ${json.topic} 的订阅`, en: `the subscription to ${json.topic} has ended` });
  });
}

async function publish(file: string, options: PublishOptions): Promise<void> {
  const events = eventsIn(file === '-' ? readFileSync(0, 'utf8') : readBoundedText(file, maxBytes), file);
  await withClient(options, async (client) => {
    const answer = await client.events.publish(options.topic, events);
    await storeEvidence(options, answer.kept);
    const { stored, repeated } = answer.json;
    if (options.json === true) data(JSON.stringify({ ok: true, ...answer.json, exchange: answer.exchange }));
    talk({
      zh: `已发布 ${stored} 个事件${repeated === 0 ? '' : `，另有 ${repeated} 个此前已发布`}`,
      en: `${counted(stored, 'event')} published${repeated === 0 ? '' : `; published before: ${repeated}`}`,
    });
  });
}

/** @throws VerbFailure (exit 4) for a file without events, with more than one call may have, or with an inexact number; SyntaxError for invalid JSON */
function eventsIn(text: string, file: string): readonly PublishedEvent[] {
  const events = parsed(text);
  refuseInexact(text, file, exitCode.local);
  if (events.length > 0 && events.length <= maxEventsOfCall) return events;
  throw new VerbFailure(
    exitCode.local,
    {
      zh: `${file} 须有 1 至 ${maxEventsOfCall} 个事件，读到 ${events.length} 个`,
      en: `${file} needs 1 to ${maxEventsOfCall} events; it has ${events.length}`,
    },
    { zh: '分成几个文件，依次发布', en: 'split it and publish one file after the other' },
  );
}

/** One JSON value, or one a line. The hub checks what each of them is. */
function parsed(text: string): readonly PublishedEvent[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  try {
    const value = JSON.parse(trimmed) as PublishedEvent | readonly PublishedEvent[];
    return Array.isArray(value) ? (value as readonly PublishedEvent[]) : [value as PublishedEvent];
  } catch (error) {
    const lines = trimmed.split(/\r?\n/).filter((line) => line.trim() !== '');
    if (lines.length < 2) throw error;
    return lines.map((line) => JSON.parse(line) as PublishedEvent);
  }
}

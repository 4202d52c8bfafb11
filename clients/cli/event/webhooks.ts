/** `datong event sink|rotate-secret|dead-letters|replay`: manages the webhooks of a department's subscriptions. */
import type { Command } from 'commander';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { DatongClient } from '../../sdk/datongClient.ts';
import type { SinkChanged } from '../../sdk/events.ts';
import { withProfile } from '../profile.ts';
import { printList, text, withReader, type ReaderOptions } from '../reading/reader.ts';
import { wholeNumber } from '../values.ts';
import { data, exitCode, say, talk, VerbFailure } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { counted } from '../../../terms/counted.ts';
import { defined } from '../../../terms/defined.ts';

const idHelp = 'id as datong event subscribe shows it';
const example = '01a20328-0104-7757-9e84-c346bc55b77b';
const acts = ['pause', 'resume', 'test'] as const;
type Act = (typeof acts)[number];

export function registerWebhooks(event: Command): void {
  withProfile(event.command('sink'))
    .description('暂停、恢复或测试订阅的 webhook / pause, resume or test the webhook of a subscription')
    .argument('<act>', 'pause, resume, or test')
    .argument('<subscription>', idHelp)
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Example:
  $ datong event sink test ${example} --as transport
test sends one message at once: a challenge until the endpoint has answered one, then a test event. If the endpoint takes it, events that
wait for their next attempt are sent at once, unless the webhook is paused. resume sends them without a test.
Exit: 0 done, 1 refused by the hub or not taken by the endpoint, 3 network.`,
    )
    .action(changeSink);
  withProfile(event.command('rotate-secret'))
    .description('更换 webhook 的签名密钥 / replace the secret of a webhook')
    .argument('<subscription>', idHelp)
    .option(
      '--overlap <hours>',
      'the former secret signs too for so long, 0 to 168 (default: 24)',
      wholeNumber(0, 168),
    )
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `\nExample:\n  $ datong event rotate-secret ${example} --as transport\nstdout is the new secret.`,
    )
    .action(rotate);
  withReader(event.command('dead-letters'))
    .description('未能推送的事件（死信） / events that a webhook did not take in time')
    .argument('<subscription>', idHelp)
    .addHelpText('after', `\nExample:\n  $ datong event dead-letters ${example} --as transport`)
    .action((subscription: string, options: ReaderOptions) =>
      printList(options, {
        path: `/v1/subscriptions/${encodeURIComponent(subscription)}/dead-letters`,
        member: 'letters',
        query: {},
        line: (item) => [
          ...['event', 'type', 'time', 'diedAt'].map((name) => text(item[name])),
          say(item['trouble'] as Bilingual),
          item['replayed'] === true ? say({ zh: '已重新推送', en: 'replayed' }) : '',
        ],
      }),
    );
  withProfile(event.command('replay'))
    .description('重新推送死信 / send dead letters again')
    .argument('<subscription>', idHelp)
    .argument('[events...]', 'ids of events; all dead letters if none is given')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `\nExample:\n  $ datong event replay ${example} --as transport\nThey are sent at once, and so are events that wait for their next attempt; those of a paused webhook when it is resumed.`,
    )
    .action(replay);
}

/** State and failures of the webhook of a listed subscription; empty where it has none. */
export function sinkWords(item: Readonly<Record<string, unknown>>): readonly string[] {
  const sink = item['sink'] as
    | {
        readonly state: string;
        readonly deadLetters: number;
        readonly nextAttempt?: string;
        readonly trouble?: Bilingual;
      }
    | undefined;
  if (sink === undefined) return [];
  const { state, deadLetters, nextAttempt, trouble } = sink;
  return [
    `webhook ${state}`,
    ...(deadLetters === 0
      ? []
      : [say({ zh: `${deadLetters} 条死信`, en: counted(deadLetters, 'dead letter') })]),
    ...(trouble === undefined ? [] : [say(trouble)]),
    ...(nextAttempt === undefined
      ? []
      : [say({ zh: `下次发送 ${nextAttempt}`, en: `next attempt ${nextAttempt}` })]),
  ];
}

/** What a subscription of the reader has not delivered yet; nothing where that is not shown, or all is delivered. */
export function lagWords(item: Readonly<Record<string, unknown>>): readonly string[] {
  const lag = item['lag'] as
    { readonly events: number; readonly more: boolean; readonly oldestSeconds?: number } | undefined;
  if (lag === undefined || lag.events === 0) return [];
  const { events, more, oldestSeconds = 0 } = lag;
  return [
    say({
      zh: `${more ? '超过 ' : ''}${events} 个事件待送达，最早的已 ${oldestSeconds} 秒`,
      en: `${more ? 'more than ' : ''}${events} ${events === 1 ? 'event' : 'events'} waiting, the oldest for ${oldestSeconds} s`,
    }),
  ];
}

const isAct = (word: string): word is Act => (acts as readonly string[]).includes(word);

async function changeSink(act: string, id: string, options: ClientVerbOptions): Promise<void> {
  if (!isAct(act))
    throw new VerbFailure(exitCode.usage, {
      zh: `没有 ${act}，可用 ${acts.join('、')}`,
      en: `there is no ${act}; use ${acts.join(', ')}`,
    });
  await withClient(options, async (client) => {
    const { json, exchange } = await client.events.sink(id, act);
    if (options.json === true) data(JSON.stringify({ ok: true, ...json, exchange }));
    report(act, json);
  });
}

/** @throws VerbFailure (exit 1) where the endpoint did not take the test */
function report(act: Act, { test }: SinkChanged): void {
  const done: Readonly<Record<Act, { readonly zh: string; readonly en: string }>> = {
    pause: { zh: '已暂停推送；事件留在队列中', en: 'paused; events stay queued' },
    resume: { zh: '已恢复推送，等待重试的事件立即发送', en: 'deliveries go on; what waited is sent now' },
    test: { zh: '接收端已接受测试消息', en: 'the endpoint took the test message' },
  };
  if (test?.taken === false && test.trouble !== undefined) {
    const { zh, en, status } = test.trouble;
    const code = status === undefined ? '' : ` (HTTP ${status})`;
    throw new VerbFailure(exitCode.refused, { zh: `${zh}${code}`, en: `${en}${code}` });
  }
  talk(done[act]);
}

async function rotate(id: string, options: ClientVerbOptions & { readonly overlap?: number }): Promise<void> {
  await withClient(options, async (client) => {
    const { json, exchange } = await client.events.rotateSecret(id, options.overlap);
    data(options.json === true ? JSON.stringify({ ok: true, ...json, exchange }) : json.secret);
    talk({
      zh: `旧密钥有效至 ${json.formerUntil}`,
      en: `the former secret signs too until ${json.formerUntil}`,
    });
  });
}

async function replay(id: string, events: readonly string[], options: ClientVerbOptions): Promise<void> {
  await withClient(options, async (client) => {
    await checkLetters(client, id, events);
    const { json, exchange } = await client.events.replay(id, events.length === 0 ? undefined : events);
    if (options.json === true) data(JSON.stringify({ ok: true, ...json, exchange }));
    talk({ zh: `重新推送 ${json.replayed} 个事件`, en: `sending ${counted(json.replayed, 'event')} again` });
  });
}

/** @throws VerbFailure where an id is that of no dead letter: nothing is sent then */
async function checkLetters(client: DatongClient, id: string, events: readonly string[]): Promise<void> {
  const unknown = new Set(events.map((event) => event.toLowerCase()));
  for (let cursor: string | undefined, more = true; more && unknown.size > 0; more = cursor !== undefined) {
    const { json } = await client.events.deadLetters(id, defined({ cursor, limit: 200 }));
    for (const { event } of json.letters) unknown.delete(event);
    cursor = json.nextCursor;
  }
  if (unknown.size === 0) return;
  const named = [...unknown].join(', ');
  const list = `datong event dead-letters ${id}`;
  throw new VerbFailure(
    exitCode.refused,
    {
      zh: `不是该订阅的死信：${named}；没有重新推送`,
      en: `no dead letters of this subscription: ${named}; nothing was sent`,
    },
    { zh: `用 ${list} 查看死信编号`, en: `see their ids: ${list}` },
  );
}

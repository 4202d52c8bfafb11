/** `datong event listen`: receives events, one after the other, over connections that this machine opens. */
import { writeFileContent, writeTalk } from '../output.ts';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { renameDurably } from '../../../machine/renameDurably.ts';
import type { Command } from 'commander';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import type { DeliveredEvent } from '../../sdk/events.ts';
import { withProfile } from '../profile.ts';
import { data, exitCode, failureOf, talk, VerbFailure } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { acknowledgeLast, answerUnlessAborted } from './lastPull.ts';
import { defined } from '../../../terms/defined.ts';

interface ListenOptions extends ClientVerbOptions {
  readonly toDir?: string;
  readonly exec?: string;
  readonly forwardTo?: string;
  readonly once?: boolean;
}

/** Delivers one event. @throws VerbFailure (exit 4) where it could not */
type Sink = (event: DeliveredEvent) => Promise<void> | void;

/** seconds between two tries after a failure, at most */
const maxWait = 60;

export function registerListen(event: Command): void {
  withProfile(event.command('listen'))
    .description(
      '接收订阅的事件，逐个交给文件夹、命令或本机服务 / receive events and hand each to a folder, a command or a service',
    )
    .argument('<subscription>', 'id as datong event subscribe shows it')
    .option('--to-dir <folder>', 'one JSON file an event, named after its id')
    .option('--exec <command>', 'run for each event, which it reads as JSON on standard input')
    .option(
      '--forward-to <url>',
      'POST each event there as application/cloudevents+json; a 2xx answer takes it over',
    )
    .option('--once', 'end when there is no further event')
    .addHelpText(
      'after',
      `
Examples:
  $ datong event listen 01a2… --as transport --to-dir events
  $ datong event listen 01a2… --as transport --exec 'jq .data.level'
  $ datong event listen 01a2… --as transport --forward-to http://localhost:8080/events

An event counts as received when its file is written, its command ends with 0 or the service answers with 2xx; until then it comes again, under the same id.
One line of JSON on stdout for each answer: {events, type, exchange}; with --exec stdout is that of the command.
Exit: 0 ended by Ctrl-C or nothing left (--once), 1 refused by the hub, 3 network (--once), 4 folder, command or service (--once).`,
    )
    .action(listen);
}

async function listen(subscription: string, options: ListenOptions): Promise<void> {
  const sink = sinkOf(options);
  await withClient(options, async (client) => {
    const stopping = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        await takeAll(client, subscription, options, sink, stopping.signal, () => (failures = 0));
        if (options.once === true) return;
      } catch (error) {
        if (options.once === true || !mayPass(error)) throw error;
        failures += 1;
        const seconds = Math.min(maxWait, 2 ** failures);
        const { text } = failureOf(error);
        talk({ zh: `${text.zh}；${seconds} 秒后再试`, en: `${text.en}; again in ${seconds} s` });
        await rest(seconds * 1000, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  });
}

function sinkOf({ toDir, exec, forwardTo }: ListenOptions): Sink {
  const sinks: readonly (Sink | undefined)[] = [
    toDir === undefined ? undefined : folderSink(toDir),
    exec === undefined ? undefined : commandSink(exec),
    forwardTo === undefined ? undefined : serviceSink(forwardTo),
  ];
  const [sink, ...others] = sinks.filter((one) => one !== undefined);
  if (sink !== undefined && others.length === 0) return sink;
  throw new VerbFailure(exitCode.usage, {
    zh: '--to-dir、--exec 和 --forward-to 须指定其一，且只能指定其一',
    en: 'exactly one of --to-dir, --exec and --forward-to is wanted',
  });
}

/** milliseconds until a service has answered */
const serviceTimeoutMs = 30_000;

/** A service of the department. A redirect counts as a failure: the event is sent only to the address of the command. */
function serviceSink(address: string): Sink {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new VerbFailure(exitCode.usage, {
      zh: `--forward-to 须是 http 或 https 地址`,
      en: '--forward-to is no http or https address',
    });
  return async (event) => {
    const failed = (why: string): VerbFailure =>
      new VerbFailure(exitCode.local, {
        zh: `服务未能接收事件 ${event.id}（${why}）`,
        en: `the service did not take the event ${event.id} (${why})`,
      });
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      body: JSON.stringify(event),
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
      signal: AbortSignal.timeout(serviceTimeoutMs),
    }).catch((error: unknown) => {
      throw failed(error instanceof Error ? error.name : 'fetch');
    });
    await answer.body?.cancel();
    if (!answer.ok) throw failed(String(answer.status));
  };
}

/** A file is on the disk before the event is acknowledged; a repeated event writes the same file. */
function folderSink(folder: string): Sink {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return (event) => {
    const draft = join(folder, `${event.id}.new`);
    writeFileSync(draft, `${JSON.stringify(event)}\n`, { mode: 0o600 });
    renameDurably(draft, join(folder, `${event.id}.json`));
  };
}

const commandSink =
  (command: string): Sink =>
  (event) =>
    new Promise((resolve, reject) => {
      const failed = (why: string): void =>
        reject(
          new VerbFailure(exitCode.local, {
            zh: `命令未能接收事件 ${event.id}（${why}）`,
            en: `the command did not take the event ${event.id} (${why})`,
          }),
        );
      const child = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'pipe'] });
      child.stdout.setEncoding('utf8').on('data', (text: string) => void writeFileContent(text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => writeTalk(text.trimEnd()));
      child.once('error', (error: NodeJS.ErrnoException) => failed(error.code ?? 'spawn'));
      child.once('close', (code, signal) => (code === 0 ? resolve() : failed(String(code ?? signal))));
      child.stdin.on('error', () => undefined); // a command need not read
      child.stdin.end(`${JSON.stringify(event)}\n`);
    });

/** Receives answer after answer, each acknowledged by the next call. With `--once` until one is empty. */
async function takeAll(
  client: DatongClient,
  subscription: string,
  options: ListenOptions,
  sink: Sink,
  signal: AbortSignal,
  taken: () => void,
): Promise<void> {
  let after: string | undefined;
  /** place after events that the next call has yet to acknowledge */
  let unacknowledged: string | undefined;
  while (!signal.aborted) {
    const pulled = client.events.pull(subscription, {
      wait: options.once === true ? 0 : 30,
      ...defined({ after }),
    });
    const answer = await answerUnlessAborted(pulled, signal);
    if (answer === undefined) break;
    const { json, exchange } = answer;
    for (const event of json.events) await sink(event);
    taken();
    const [first] = json.events;
    if (first !== undefined && options.exec === undefined)
      data(JSON.stringify({ events: json.events.length, type: first.type, exchange }));
    after = json.next;
    unacknowledged = first === undefined ? undefined : json.next;
    if (options.once === true && !json.more && first === undefined) return;
  }
  // these events do not come again at the next start
  if (unacknowledged !== undefined) await acknowledgeLast(client, subscription, unacknowledged);
}

/** True for failures that another try may pass: the network, a hub that is down or busy, a daily limit, a sink that failed. */
const mayPass = (error: unknown): boolean =>
  error instanceof DatongProblem
    ? error.status >= 500 || error.status === 429
    : isTransient(failureOf(error).exit);

const isTransient = (exit: number): boolean => exit === exitCode.network || exit === exitCode.local;

/** `datong rows listen DATASET`: updates a local copy with the data of an agreement, over connections that this machine opens. */
import { setTimeout as rest } from 'node:timers/promises';
import type { Command } from 'commander';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import type { DatongClient } from '../../sdk/datongClient.ts';
import type { ChangesQuestion, RowChange } from '../../sdk/changes.ts';
import type { RecordStream } from '../../sdk/recordStream.ts';
import { isBroken } from '../../sdk/resumedStream.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Profile } from '../../sdk/profile.ts';
import { contextOf, withCallContext, type ContextOptions } from '../callContext.ts';
import { withProfile } from '../profile.ts';
import { data, exitCode, failureOf, talk, VerbFailure } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { copyInFolder, forwardTo } from './destinations.ts';
import { copyInTable } from './copyInTable.ts';
import type { CopyOf, LocalCopy } from './localCopy.ts';
import { defined } from '../../../terms/defined.ts';

interface ListenOptions extends ClientVerbOptions, ContextOptions {
  readonly toDir?: string;
  readonly toSql?: string;
  readonly table?: string;
  readonly forwardTo?: string;
  readonly state: string;
  readonly fields?: string;
  readonly every: number;
  readonly wait: number;
  readonly once?: boolean;
  readonly restart?: boolean;
}

/** How long a failure is borne that may pass. */
export interface Patience {
  /** milliseconds before the second try; each further wait is twice as long, up to a minute */
  readonly firstWaitMs: number;
  /** tries of one question that the hub fails at, before it is taken for a failure that does not go away */
  readonly maxTries: number;
}

const usualPatience: Patience = { firstWaitMs: 2_000, maxTries: 5 };
const maxWaitMs = 60_000;

export function register(program: Command): void {
  withCallContext(withProfile(program.command('listen')))
    .description(
      '让本地副本与共享协议给予的数据保持一致：只取有变化的行 / keep a local copy current with what an agreement grants: only changes are fetched',
    )
    .argument('<dataset>', 'such as pub-security.household')
    .option('--to-dir <folder>', 'one JSON file a row, below FOLDER/rows')
    .option('--to-sql <url>', 'a table of your own PostgreSQL; the password may be set in PGPASSWORD')
    .option('--table <name>', 'with --to-sql: the table (default: after the dataset)')
    .option(
      '--forward-to <url>',
      'POST each answer as JSON to a program of yours, which takes it over with 2xx',
    )
    .option('--state <file>', 'with --forward-to: file that stores the position', 'datong-listen.json')
    .option('--fields <names>', 'fields wanted, separated by commas (default: all granted)')
    .option('--every <seconds>', 'how often to ask when in step', wholeNumber(1, 86_400), 30)
    .option(
      '--wait <seconds>',
      'the hub answers when something changed, or after so many seconds (1 to 30); Ctrl-C ends after that answer',
      wholeNumber(0, 30),
      0,
    )
    .option('--once', 'end when the copy is in step')
    .option('--restart', 'the copy is lost or in doubt: begin from nothing')
    .addHelpText(
      'after',
      `
Examples:
  $ datong rows listen ecology.air-quality-hourly --as education --purpose environment-study --agreement agr-air --to-dir air
  $ datong rows listen ecology.air-quality-hourly --as education --purpose environment-study --agreement agr-air --once \\
      --to-sql postgres://datong@localhost/school
  $ datong rows listen ecology.air-quality-hourly --as education --purpose environment-study --agreement agr-air \\
      --forward-to http://localhost:9000/changes

One line of JSON on stdout for each answer that was taken over: {watermark, put, gone, more, exchange}.
Exit: 0 ended by Ctrl-C or in step (--once), 1 refused by the hub, 3 network (--once), 4 the copy or its place.`,
    )
    .action((dataset: string, options: ListenOptions) => run(dataset, options));
}

async function run(dataset: string, options: ListenOptions): Promise<void> {
  await withClient(
    options,
    async (client, profile) => {
      const copy = await copyOf(dataset, options, profile);
      const stopping = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
      try {
        await keepInStep(client, dataset, options, copy, stopping.signal);
      } finally {
        await copy.close();
      }
    },
    options,
  );
}

async function copyOf(
  dataset: string,
  options: ListenOptions,
  { hub, department }: Profile,
): Promise<LocalCopy> {
  const { toDir, toSql, table, forwardTo: address, state, agreement, purpose } = options;
  const of: CopyOf = { hub: hub.exchange, department, dataset, agreement, purpose };
  const places = [toDir, toSql, address].filter((one) => one !== undefined);
  if (places.length !== 1 || (table !== undefined && toSql === undefined))
    throw new VerbFailure(exitCode.usage, {
      zh: '--to-dir、--to-sql、--forward-to 须指定其一，且只能指定其一；--table 只与 --to-sql 同用',
      en: 'exactly one of --to-dir, --to-sql and --forward-to is wanted; --table goes with --to-sql alone',
    });
  if (toDir !== undefined) return copyInFolder(toDir, of);
  if (toSql !== undefined) return copyInTable(toSql, of, table);
  return forwardTo(address ?? '', state, of);
}

/** @throws errors that another try cannot correct, and a failure of the hub that persists */
export async function keepInStep(
  client: Pick<DatongClient, 'changes'>,
  dataset: string,
  options: ListenOptions,
  copy: LocalCopy,
  signal: AbortSignal,
  { firstWaitMs, maxTries }: Patience = usualPatience,
): Promise<void> {
  let restart = options.restart === true;
  let failures = 0;
  let failedAt: string | undefined;
  while (!signal.aborted) {
    try {
      const asked = performance.now();
      const taken = await catchUp(client, dataset, options, copy, {
        restart,
        signal,
        whenBegun: () => {
          restart = false;
        },
      });
      failures = 0;
      if (options.once === true) return;
      await restUntilNext(options, { taken, asked }, signal);
    } catch (error) {
      if (isOvertaken(error) && !restart) {
        // another consumer received changes that this copy lacks: only a restart from the beginning ensures that it is in sync
        restart = true;
        talk({ zh: '位置已失效，从头开始', en: 'the watermark is no longer known; the copy begins anew' });
        continue;
      }
      if (options.once === true || !mayPass(error)) throw error;
      // a position that differs from the one at the last failure means progress
      const reached = await copy.place();
      const place = reached?.resume ?? reached?.watermark;
      failures = place === failedAt ? failures + 1 : 1;
      failedAt = place;
      if (isOwnFailure(error) && failures >= maxTries) throw lasting(dataset, error, failures);
      const waitMs = Math.min(maxWaitMs, firstWaitMs * 2 ** (failures - 1));
      const text = causeOf(error);
      const where = exchangeOf(error);
      const seconds = Math.ceil(waitMs / 1000);
      talk({
        zh: `${text.zh}${where.zh}；${seconds} 秒后再试`,
        en: `${text.en}${where.en}; again in ${seconds} s`,
      });
      await rest(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/**
 * Rests, unless the hub waited or may have more. A hub where too many calls wait answers at once.
 * @param last.taken changes of the last answers @param last.asked when they were asked for, of performance.now()
 */
async function restUntilNext(
  { wait, every }: Pick<ListenOptions, 'wait' | 'every'>,
  { taken, asked }: { readonly taken: number; readonly asked: number },
  signal: AbortSignal,
): Promise<void> {
  const hasWaited = performance.now() - asked >= wait * 1000 - 500;
  if (wait > 0 && (taken > 0 || hasWaited)) return;
  await rest(every * 1000, undefined, { signal }).catch(() => undefined);
}

interface Turn {
  /** the copy must be emptied */
  readonly restart: boolean;
  readonly signal: AbortSignal;
  /** from here on the copy has a stored place */
  readonly whenBegun: () => void;
}

/** Fetches the first copy where there is none, and answer after answer until the copy is in sync. @returns changes after the first copy */
async function catchUp(
  client: Pick<DatongClient, 'changes'>,
  dataset: string,
  options: ListenOptions,
  copy: LocalCopy,
  { restart, signal, whenBegun }: Turn,
): Promise<number> {
  const fields =
    options.fields === undefined ? {} : { fields: options.fields.split(',').map((name) => name.trim()) };
  const place = restart ? undefined : await copy.place();
  let acknowledge = place?.watermark;
  if (place === undefined || place.resume !== undefined) {
    const after = place?.resume;
    const stream = await client.changes.copy(
      dataset,
      { ...fields, ...defined({ after }) },
      contextOf(options),
    );
    acknowledge = await takeCopy(stream, after === undefined, copy, { signal, whenBegun });
  }
  let taken = 0;
  if (acknowledge === undefined) return taken;
  const wait = options.once === true ? 0 : options.wait;
  const question: ChangesQuestion = { ...fields, acknowledge, ...(wait === 0 ? {} : { wait }) };
  for await (const { json, exchange } of client.changes.untilInStep(dataset, question, contextOf(options))) {
    await copy.take(json);
    const { watermark, rows, more } = json;
    data(JSON.stringify({ watermark, put: rows.delivered, gone: rows.gone, more, exchange }));
    taken += rows.delivered + rows.gone;
    if (signal.aborted) break;
  }
  return taken;
}

/**
 * Applies part by part, each with the cursor after it. @returns its watermark, once all of it is verified; undefined where it was stopped
 */
async function takeCopy(
  stream: RecordStream,
  isNew: boolean,
  copy: LocalCopy,
  { signal, whenBegun }: Pick<Turn, 'signal' | 'whenBegun'>,
): Promise<string | undefined> {
  const watermark = stream.exchange;
  let begins = isNew;
  for await (const { records } of stream) {
    const changes = records as unknown as readonly RowChange[]; // lines of a stream of changes
    const resume = stream.cursor;
    await copy.take({ begins, changes: [...changes], watermark, resume });
    begins = false;
    whenBegun();
    const put = changes.filter(({ op }) => op === 'put').length;
    data(JSON.stringify({ watermark, put, gone: changes.length - put, more: true, exchange: watermark }));
    if (signal.aborted) return undefined;
  }
  // its end is verified: the watermark counts from here on
  await copy.take({ begins, changes: [], watermark });
  return watermark;
}

/** The hub does not go on from where the copy is. */
const isOvertaken = (error: unknown): boolean =>
  error instanceof DatongProblem
    ? /^(?:changes_watermark_unknown|cursor_invalid)$/.test(error.code)
    : error instanceof Problem &&
      error.code === 'stream_aborted' &&
      ['changes_watermark_unknown', 'stream_terms_changed'].some((code) => code === error.facts['code']);

/** True for failures that another try may pass: the network, a hub that is down or busy, a daily limit, a program that did not confirm. */
const mayPass = (error: unknown): boolean =>
  error instanceof DatongProblem
    ? error.status >= 500 || error.status === 429
    : isBroken(error) || failureOf(error).exit === exitCode.network;

/** A failure of the hub itself, in contrast to a hub that is busy or down. */
const isOwnFailure = (error: unknown): error is DatongProblem =>
  error instanceof DatongProblem && error.status >= 500 && error.status !== 503;

/** The hub's text of its refusal, or the failure on the way to it. */
const causeOf = (error: unknown): { readonly zh: string; readonly en: string } =>
  error instanceof DatongProblem
    ? { zh: `${error.text.zh}（${error.code}）`, en: `${error.text.en} (${error.code})` }
    : failureOf(error).text;

const exchangeOf = (error: unknown): { readonly zh: string; readonly en: string } =>
  error instanceof DatongProblem && error.exchange !== undefined
    ? { zh: `，交换 ${error.exchange}`, en: `, exchange ${error.exchange}` }
    : { zh: '', en: '' };

/** The same question failed each time: further tries would hide it. */
function lasting(dataset: string, error: DatongProblem, tries: number): VerbFailure {
  const { zh, en } = exchangeOf(error);
  return new VerbFailure(exitCode.refused, {
    zh: `${dataset} 的变化连续 ${tries} 次取回失败：${error.text.zh}（${error.status} ${error.code}${zh}）；副本停在原处，请把交换编号告知枢纽运维`,
    en: `the changes of ${dataset} failed ${tries} times: ${error.text.en} (${error.status} ${error.code}${en}); the copy stays where it is: give the exchange to the operator of the hub`,
  });
}

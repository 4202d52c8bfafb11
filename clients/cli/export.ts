/** `datong rows export DATASET -o FILE`: rows as a file that the hub makes; an unfinished download continues where it stopped. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { renameDurably } from '../../machine/renameDurably.ts';
import { Option, type Command } from 'commander';
import { DatongProblem } from '../sdk/datongProblem.ts';
import type { DatongClient } from '../sdk/datongClient.ts';
import type { Export, ExportQuestion, ExportReading } from '../sdk/exports.ts';
import { Problem } from '../../terms/problem.ts';
import { contextOf, withCallContext, type ContextOptions } from './callContext.ts';
import { filterTerms } from './filterTerms.ts';
import { continuePart, refuseExisting } from './partFile.ts';
import { withProfile } from './profile.ts';
import { printNotes } from './printNotes.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';
import { collect } from './values.ts';
import { counted } from '../../terms/counted.ts';

interface ExportOptions extends ClientVerbOptions, ContextOptions {
  readonly format: ExportQuestion['format'];
  readonly out: string;
  readonly fields?: string;
  readonly filter?: readonly string[];
}

/** Milliseconds between two polls of the progress. */
const pause = 1_000;

export function register(program: Command): void {
  withCallContext(withProfile(program.command('export')))
    .description(
      '导出：由枢纽在后台生成文件，再分段下载、核验 / have rows made into a file by the hub, then download and verify it',
    )
    .argument('<dataset>', 'such as pub-security.household')
    .requiredOption('-o, --out <file>', 'where the file is written; an unfinished file is FILE.part')
    .addOption(
      new Option('--format <name>', 'format of the file').choices(['ndjson', 'csv', 'xlsx']).default('csv'),
    )
    .option('--fields <names>', 'fields wanted, separated by commas (default: all granted)')
    .option(
      '--filter <term>',
      'field=value, "field in a,b", field>=value; field:>=75 for numbers; repeatable',
      collect,
    )
    .option('--json', '{ok, export, rows, bytes, file}')
    .addHelpText(
      'after',
      `
Examples:
  $ datong rows export ecology.air-quality-hourly --as education --purpose environment-study --agreement auto-education-… --format csv -o air.csv`,
    )
    .action((dataset: string, options: ExportOptions) => run(dataset, options));
}

async function run(dataset: string, options: ExportOptions): Promise<void> {
  const { out: output, format } = options;
  refuseExisting(output);
  const filter = filterTerms(options.filter ?? []);
  const question: ExportQuestion = {
    format,
    ...(options.fields === undefined ? {} : { fields: options.fields.split(',').map((name) => name.trim()) }),
    ...(filter.length === 0 ? {} : { filter: [...filter] as NonNullable<ExportQuestion['filter']> }),
  };
  const context = contextOf(options);
  await withClient(
    options,
    async (client) => {
      const place = placeOf(output, JSON.stringify([dataset, question, context]));
      const id =
        (await unfinished(client, dataset, place)) ??
        (await begin(client, dataset, question, options, place));
      const ready = await made(client, dataset, id);
      await download(client, ready, options, place);
      const notes = await client.exports.notes(ready);
      renameDurably(place.part, output);
      rmSync(place.note);
      if (options.json === true)
        data(
          JSON.stringify({
            ok: true,
            export: ready.id,
            rows: ready.rows,
            bytes: ready.bytes,
            file: output,
            ...(notes.length === 0 ? {} : { notes }),
          }),
        );
      printNotes(notes);
      talk({
        zh: `${ready.rows} 行，${ready.bytes} 字节写入 ${output}；清单、签名与回执已核验，导出 ${ready.id}`,
        en: `wrote ${counted(ready.rows, 'row')}, ${counted(ready.bytes, 'byte')} to ${output}; manifest, signatures and receipts verified, export ${ready.id}`,
      });
    },
    options,
  );
}

/** Position of an unfinished download; one with other parameters begins again. */
interface Place {
  readonly part: string;
  readonly note: string;
  readonly asked: string;
  readonly begun: string | undefined;
}

function placeOf(output: string, question: string): Place {
  const [part, note] = [`${output}.part`, `${output}.part.json`];
  const requested = createHash('sha256').update(question).digest('base64url');
  const stored = storedNote(note);
  if (stored.asked === requested) return { part, note, asked: requested, begun: stored.id };
  rmSync(part, { force: true });
  return { part, note, asked: requested, begun: undefined };
}

/** The note of an earlier run; empty where there is none, or one that was not written completely. */
function storedNote(note: string): { readonly id?: string; readonly asked?: string } {
  if (!existsSync(note)) return {};
  try {
    return JSON.parse(readFileSync(note, 'utf8')) as { id?: string; asked?: string };
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** The export that was begun before, if the hub still has it. */
async function unfinished(
  client: DatongClient,
  dataset: string,
  { begun, part }: Place,
): Promise<string | undefined> {
  if (begun === undefined) return undefined;
  try {
    const { json } = await client.exports.state(dataset, begun);
    if (json.state !== 'failed') return begun;
  } catch (error) {
    if (!(error instanceof DatongProblem && error.code === 'export_unknown')) throw error;
  }
  rmSync(part, { force: true });
  return undefined;
}

async function begin(
  client: DatongClient,
  dataset: string,
  question: ExportQuestion,
  options: ExportOptions,
  { note, asked: requested }: Place,
): Promise<string> {
  const { json } = await client.exports.ask(dataset, question, contextOf(options));
  writeFileSync(note, JSON.stringify({ id: json.id, asked: requested }), { mode: 0o600 });
  return json.id;
}

/** Waits until it is whole. @throws VerbFailure where it failed */
async function made(client: DatongClient, dataset: string, id: string): Promise<Export> {
  for (let reported = ''; ;) {
    const { json } = await client.exports.state(dataset, id);
    if (json.state === 'ready') return json;
    if (json.state === 'failed')
      throw new VerbFailure(exitCode.refused, {
        zh: `导出未能生成（${json.code ?? ''}）`,
        en: `the export could not be made (${json.code ?? ''})`,
      });
    const now = `${json.state} ${json.rows}`;
    if (now !== reported)
      talk({ zh: `生成中：${json.rows} 行`, en: `in the making: ${counted(json.rows, 'row')}` });
    reported = now;
    await wait(pause);
  }
}

async function download(
  client: DatongClient,
  ready: Export,
  options: ExportOptions,
  { part, note }: Place,
): Promise<void> {
  const read = (reading: ExportReading): AsyncIterable<Uint8Array> =>
    client.exports.bytes(ready, contextOf(options), reading);
  try {
    await continuePart(part, read, ready.bytes);
  } catch (error) {
    // a file that is void, or differs from the manifest, is useless to the next attempt; after a broken connection the download is resumed
    const useless = error instanceof DatongProblem ? error.status === 410 : error instanceof Problem;
    if (useless) for (const name of [part, note]) rmSync(name, { force: true });
    throw error;
  }
}

/**
 * `datong send FILE --dataset ID`: sends a file in signed parts, commits it, and prints the outcome of its rows; or sends every file of a
 * folder as it arrives.
 */
import type { Command } from 'commander';
import { withProfile } from './profile.ts';
import { exitCode, VerbFailure, failureOf, talk, reportFailedCall, type ExitCode } from './verb.ts';
import { sendOne, type SendOneOptions, isEnd } from './uploads/sendOne.ts';
import { wholeNumber } from './values.ts';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatongProblem } from '../sdk/datongProblem.ts';
import { defined } from '../../terms/defined.ts';

interface WatchOptions extends SendOneOptions {
  /** seconds between two checks */
  readonly every: number;
  /** ends after one check, which then examines every file twice */
  readonly once?: boolean;
}

/** Control files are next to the files they describe. */
const controlEnding = '.ctl';
/** Names of files that are still being written. */
const unfinishedName = /^\.|\.(?:tmp|part|partial|crdownload)$|~$/i;
/** Milliseconds between the two examinations of `--once`. */
const onceApart = 1_000;

/**
 * Sends the files of a folder as they arrive. A file is sent once two checks in a row found it unchanged. Published files are moved to
 * `sent/`, refused or held ones to `refused/`. A file stays where the network broke, or the hub cannot take it now, and continues with the
 * next check.
 * @returns with `--once`: whether every file was published; without it the loop ends with the program
 */
async function watchFolder(folder: string, options: WatchOptions): Promise<ExitCode> {
  for (const name of ['sent', 'refused']) mkdirSync(join(folder, name), { recursive: true });
  let before = new Map<string, string>();
  if (options.once === true) {
    before = marks(folder);
    await sleep(onceApart);
  }
  for (;;) {
    const now = marks(folder);
    const still = [...now].filter(([name, mark]) => before.get(name) === mark).map(([name]) => name);
    let all = true;
    for (const name of still.sort()) all = (await sendFrom(folder, name, options)) && all;
    if (options.once === true) return all ? exitCode.ok : exitCode.refused;
    before = now;
    await sleep(options.every * 1_000);
  }
}

/** Size and time of each file that may be whole, by name. */
function marks(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter(
    (name) => !unfinishedName.test(name) && extname(name) !== controlEnding,
  );
  return new Map(
    names.flatMap((name): [string, string][] => {
      const stat = statSync(join(folder, name), { throwIfNoEntry: false });
      return stat?.isFile() === true ? [[name, `${stat.size} ${stat.mtimeMs}`]] : [];
    }),
  );
}

/** @returns whether its rows are visible @throws where no later check would help: an invalid reply, wrong usage */
async function sendFrom(folder: string, name: string, options: WatchOptions): Promise<boolean> {
  const file = join(folder, name);
  const control = [
    `${file}${controlEnding}`,
    join(folder, `${basename(name, extname(name))}${controlEnding}`),
  ].find((path) => existsSync(path));
  talk({ zh: `报送 ${name}`, en: `sending ${name}` });
  let ok = false;
  try {
    ok = await sendOne(file, { ...options, ...defined({ control }) });
  } catch (error) {
    const failure = failureOf(error);
    if (failure.exit === exitCode.verification || failure.exit === exitCode.usage) throw error;
    reportFailedCall(failure);
    if (failure.exit === exitCode.network || isPutOff(error)) return false;
  }
  for (const path of control === undefined ? [file] : [file, control])
    if (existsSync(path)) moveTo(join(folder, ok ? 'sent' : 'refused'), path);
  return ok;
}

/** True where the hub accepts nothing more now, or has an internal fault: it has not judged the file. */
const isPutOff = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof DatongProblem && !isEnd(error.cause);

/** Where a file of the same name exists, both are retained. */
function moveTo(folder: string, file: string): void {
  const name = basename(file);
  let place = join(folder, name);
  for (let i = 2; existsSync(place); i += 1)
    place = join(folder, `${basename(name, extname(name))}.${i}${extname(name)}`);
  renameSync(file, place);
}

interface SendOptions extends SendOneOptions {
  readonly watch?: string;
  readonly every: number;
  readonly once?: boolean;
}

export function register(program: Command): void {
  withProfile(program.command('send'))
    .description('向本部门的数据资源报送文件 / submit a file to a dataset of this department')
    .argument('[file]', 'file in the format that the mapping declares; none with --watch')
    .requiredOption('--dataset <id>', 'such as pub-security.household')
    .option('--mapping <name>', 'registered mapping, name or name@version (default: the name of the dataset)')
    .option('--batch <id>', 'continue a submission that was broken off')
    .option(
      '--corrects <batch>',
      'the file contains the corrected rows of this batch; its good rows are published with them',
    )
    .option('--control <file>', 'control totals of the file (对账文件): rows=…, sum.COLUMN=…, sha256=…')
    .option('--bad-rows <file>', 'write the rows that failed there: your own columns and encoding, and 错误')
    .option('--watch <folder>', 'send each file that comes to rest there, then move it to sent/ or refused/')
    .option('--every <seconds>', 'how often the folder is looked at', wholeNumber(1, 86_400), 10)
    .option('--once', 'look at the folder once and end, for a schedule of your own')
    .option('--problems <count>', 'problems of rows to show', wholeNumber(0, 1_000), 20)
    .option('--save <folder>', 'store request, reply and receipt of the commit there')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ datong send household-2026-09.csv --dataset pub-security.household --control household-2026-09.ctl
  $ datong send stations.csv --dataset ecology.air-quality-hourly --mapping prsa --as ecology
  $ datong send corrected.csv --dataset pub-security.household --corrects 01890000-0000-7000-8000-000000000000
  $ datong send --watch /srv/outbox --dataset pub-security.household`,
    )
    .action(run);
}

async function run(file: string | undefined, options: SendOptions): Promise<void> {
  const { watch, batch, corrects, control, badRows } = options;
  if ((file === undefined) === (watch === undefined))
    throw new VerbFailure(exitCode.usage, {
      zh: '要么给出文件，要么用 --watch 给出文件夹',
      en: 'name a file, or a folder with --watch',
    });
  if (watch !== undefined && [batch, corrects, control, badRows].some((one) => one !== undefined))
    throw new VerbFailure(exitCode.usage, {
      zh: '--batch、--corrects、--control、--bad-rows 只用于单个文件；文件夹中与文件同名的 .ctl 即其对账文件',
      en: '--batch, --corrects, --control and --bad-rows apply to one file; in a folder, NAME.ctl is the control file of NAME',
    });
  if (watch !== undefined) process.exitCode = await watchFolder(watch, options);
  else if (file !== undefined)
    process.exitCode = (await sendOne(file, options)) ? exitCode.ok : exitCode.refused;
}

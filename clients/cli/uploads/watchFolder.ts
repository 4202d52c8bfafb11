/**
 * A folder whose files are sent as they arrive. A file is sent once two checks in a row found it unchanged. Published files are moved to
 * `sent/`, refused or held ones to `refused/`. A file stays where the network broke, or the hub cannot take it now, and continues with the
 * next check.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCode, failureOf, talk, reportFailedCall, type ExitCode } from '../verb.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import { isEnd, sendOne, type SendOneOptions } from './sendOne.ts';
import { defined } from '../../../terms/defined.ts';

export interface WatchOptions extends SendOneOptions {
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

/** @returns with `--once`: whether every file was published; without it the loop ends with the program */
export async function watchFolder(folder: string, options: WatchOptions): Promise<ExitCode> {
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

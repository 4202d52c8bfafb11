/** The command line as a user runs it: a process of its own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { defined } from '../terms/defined.ts';

/** DATONG_BIN: that of a release, to be tried like the checkout's. */
export const datongBin: string =
  process.env['DATONG_BIN'] ?? resolve(import.meta.dirname, '../bin/datong.mjs');

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** in addition to those of this process; English by default, and no database of the machine */
  readonly env?: Readonly<Record<string, string>>;
}

/** Profiles of a test are its own: those of the user who runs it are neither read nor changed. */
const home = join(tmpdir(), `datong-test-profiles-${process.pid}`);
/** For the next test file of this process. */
export const removeProfiles = (): void => rmSync(home, { recursive: true, force: true });
process.once('exit', removeProfiles);

/** The environment a verb is run in. */
export function datongEnvironment(more: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  const { DATABASE_URL: _unset, DATABASE_APP_URL: _unsetToo, ...inherited } = process.env;
  const usual = { LC_ALL: '', LANG: 'en_GB.UTF-8', NO_COLOR: '1', DATONG_HOME: home };
  return { ...inherited, ...usual, ...more };
}

/** Runs `datong …` to its end. Whatever it says, it never shows a stack. */
export async function runDatong(args: readonly string[], { cwd, env }: RunOptions = {}): Promise<Ran> {
  const options = {
    env: datongEnvironment(env),
    maxBuffer: 1 << 26,
    ...defined({ cwd }),
  };
  const ran = await new Promise<Ran>((done) => {
    execFile(process.execPath, [datongBin, ...args], options, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
    });
  });
  assert.doesNotMatch(ran.stderr, /^\s+at .*:\d+:\d+/m, 'no stack');
  return ran;
}

/**
 * Runs lines as they are pasted into a terminal.
 * @param machine folder of a department's machine, with its profile `datong.json`, or of a reader of a guide
 * @throws an Error with the exit code as `code` where they fail
 */
export const pasteLines = (
  lines: string,
  machine: string,
  env: RunOptions['env'] = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> =>
  promisify(execFile)('sh', ['-c', `datong() { "${process.execPath}" "${datongBin}" "$@"; }\n${lines}`], {
    cwd: machine,
    env: datongEnvironment(env),
  });

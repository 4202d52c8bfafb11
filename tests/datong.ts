/** The command line as a user runs it: a process of its own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

export const datongBin: string = resolve(import.meta.dirname, '../bin/datong.mjs');

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** beside those of this process; English unless told otherwise, and no database of the machine */
  readonly env?: Readonly<Record<string, string>>;
}

/** The environment a verb is run in. */
export function datongEnvironment(more: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  const { DATABASE_URL: _unset, ...inherited } = process.env;
  return { ...inherited, LC_ALL: '', LANG: 'en_GB.UTF-8', NO_COLOR: '1', ...more };
}

/** Runs `datong …` to its end. Whatever it says, it never shows a stack. */
export async function runDatong(args: readonly string[], { cwd, env }: RunOptions = {}): Promise<Ran> {
  const options = {
    env: datongEnvironment(env),
    maxBuffer: 1 << 26,
    ...(cwd === undefined ? {} : { cwd }),
  };
  const ran = await new Promise<Ran>((done) => {
    execFile(process.execPath, [datongBin, ...args], options, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
    });
  });
  assert.doesNotMatch(ran.stderr, /^\s+at .*:\d+:\d+/m, 'no stack');
  return ran;
}

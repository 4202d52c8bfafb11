/**
 * The command line as a user types it, one command after the other: a process stays, and its start is paid once. For tests of what commands
 * say and do; how a process of its own begins and ends is seen by `runDatong`, which takes the same words.
 */
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { datongEnvironment, runDatong, type Ran, type RunOptions } from './datong.ts';

/** Verbs that read the command line as they are loaded, which is once. */
const ownProcess = new Set(['schema']);

/** Processes that wait for a command. Where several are typed at once there are as many; they end with this one. */
const idle: ChildProcess[] = [];

/** Runs `datong …` to its end. Whatever it says, it never shows a stack. */
export async function typedDatong(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  // a release that is tried is started as its users start it
  if (process.env['DATONG_BIN'] !== undefined || ownProcess.has(words[0] ?? ''))
    return runDatong(words, options);
  const typist = idle.pop() ?? started();
  hold(typist, true);
  const answer = once(typist, 'message') as Promise<[Ran]>;
  const gone = new AbortController();
  const ended = once(typist, 'exit', { signal: gone.signal });
  const { cwd = process.cwd(), env } = options;
  typist.send({ words, cwd, env: datongEnvironment(env) });
  const [ran] = await Promise.race([
    answer,
    ended.then(([code]): never => assert.fail(`it ended the process (${String(code)}): ${words.join(' ')}`)),
  ]);
  ended.catch(() => undefined);
  gone.abort();
  hold(typist, false);
  idle.push(typist);
  assert.doesNotMatch(ran.stderr, /^\s+at .*:\d+:\d+/m, 'no stack');
  return ran;
}

function started(): ChildProcess {
  return fork(resolve(import.meta.dirname, 'typist.mjs'), [], {
    env: datongEnvironment(),
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** One that waits does not prevent an end. */
function hold(typist: ChildProcess, held: boolean): void {
  if (held) {
    typist.ref();
    typist.channel?.ref();
  } else {
    typist.unref();
    typist.channel?.unref();
  }
}

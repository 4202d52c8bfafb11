/**
 * The command line of somebody who types one command after the other: one process for all of them, whose start is paid once. For tests of what
 * commands say and do; how a process of its own begins and ends is seen by `runDatong`.
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { datongEnvironment, runDatong, type Ran, type RunOptions } from './datong.ts';

export interface DatongDesk {
  /** Runs `datong …` to its end. Whatever it says, it never shows a stack. */
  run(words: readonly string[], cwd: string): Promise<Ran>;
  close(): Promise<void>;
}

/** Verbs that read the command line as they are loaded, which is once. */
const ownProcess = new Set(['schema']);

/** @param env of everything that is typed there: its language, and its profiles */
export function openDesk(env: RunOptions['env'] = {}): DatongDesk {
  // a release that is tried is started as its users start it
  if (process.env['DATONG_BIN'] !== undefined)
    return { run: (words, cwd) => runDatong(words, { cwd, env }), close: () => Promise.resolve() };
  const typist = fork(resolve(import.meta.dirname, 'deskProcess.mjs'), [], {
    env: datongEnvironment(env),
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(typist, 'exit');
  const typed = async (words: readonly string[], cwd: string): Promise<Ran> => {
    const said = once(typist, 'message') as Promise<[Ran]>;
    typist.send({ words, cwd });
    const [ran] = await Promise.race([
      said,
      gone.then(([code]): never => assert.fail(`the process ended (${String(code)}): ${words.join(' ')}`)),
    ]);
    assert.doesNotMatch(ran.stderr, /^\s+at .*:\d+:\d+/m, 'no stack');
    return ran;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(words, cwd) {
      if (ownProcess.has(words[0] ?? '')) return runDatong(words, { cwd, env });
      const ran = last.then(() => typed(words, cwd));
      last = ran.catch(() => undefined);
      return ran;
    },
    async close() {
      if (typist.connected) typist.disconnect();
      await gone;
    },
  };
}

/** The command line on a pseudo-terminal: what it shows, and what a person types. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { datongBin, datongEnvironment, type RunOptions } from './datong.ts';

/** `script` of util-linux makes the terminal; false where it is there, else why a test is skipped. */
export const noTerminal: string | false = existsSync('/usr/bin/script') ? false : 'no script (util-linux)';

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

export class Terminal {
  /** everything it has shown */
  shown = '';
  readonly ended: Promise<number>;
  private read = 0;
  private readonly process: ChildProcess;

  constructor(words: readonly string[], { cwd = process.cwd(), env }: RunOptions = {}) {
    const command = [process.execPath, datongBin, ...words].map(quoted).join(' ');
    this.process = spawn('/usr/bin/script', ['-qefc', command, '/dev/null'], {
      cwd,
      env: { ...datongEnvironment(env), SHELL: '/bin/sh', TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.shown += text));
    this.ended = new Promise((resolve) => this.process.once('close', (code) => resolve(code ?? -1)));
  }

  /** Waits for a text after those that were waited for before. @throws Error with what was shown instead */
  async see(text: string | RegExp, withinMs = 60_000): Promise<void> {
    const until = performance.now() + withinMs;
    for (;;) {
      const rest = this.shown.slice(this.read);
      const found = typeof text === 'string' ? rest.indexOf(text) : rest.search(text);
      if (found >= 0) {
        this.read += found + 1;
        return;
      }
      if (performance.now() > until || this.process.exitCode !== null)
        throw new Error(`not shown: ${String(text)}\n${this.shown}`);
      await setTimeout(20);
    }
  }

  /** Types a line after a question was shown. */
  async answer(question: string | RegExp, line: string): Promise<void> {
    await this.see(question);
    this.process.stdin?.write(`${line}\r`);
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.process.stdin?.write('\u0003');
  }
}

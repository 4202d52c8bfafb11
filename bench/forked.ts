/** A program of the bench in a separate process: it sends a number once it is ready, and one for each number that it receives. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export class Forked {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  /** Bundled like the bench itself, so that its speed is comparable. @param argument passed to the program as `process.argv[2]` */
  static async start(program: URL, argument: string): Promise<Forked> {
    const run = fileURLToPath(new URL('../scripts/bundled.mjs', import.meta.url));
    const started = new Forked(fork(run, [fileURLToPath(program), argument]));
    await started.answer();
    return started;
  }

  /** @throws Error where the process ended instead */
  async ask(number: number): Promise<number> {
    this.child.send(number);
    return this.answer();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill();
    await gone;
  }

  private async answer(): Promise<number> {
    const answered = new AbortController();
    const ended = once(this.child, 'exit', answered).then(() => {
      throw new Error(`${this.child.spawnargs[2] ?? 'a process'} has ended`);
    });
    ended.catch(() => undefined);
    try {
      const [number] = (await Promise.race([once(this.child, 'message'), ended])) as [number];
      return number;
    } finally {
      answered.abort();
    }
  }
}

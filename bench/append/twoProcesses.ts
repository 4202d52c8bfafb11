/** Two processes of a hub that append to one log, each forked. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DatabaseAddress } from '../../hub/store/database/address.ts';

export interface AppenderPlace {
  readonly address: DatabaseAddress;
  readonly keysDir: string;
  readonly stateDir: string;
  readonly callers: number;
}

export class Appender {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  static async start(place: AppenderPlace): Promise<Appender> {
    const run = fileURLToPath(new URL('../../scripts/bundled.mjs', import.meta.url));
    const file = fileURLToPath(new URL('appender.ts', import.meta.url));
    const child = fork(run, [file, JSON.stringify(place)]);
    const started = new Appender(child);
    await started.told();
    return started;
  }

  /** @returns entries a second */
  async rate(milliseconds: number): Promise<number> {
    this.child.send(milliseconds);
    return this.told();
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill();
    await gone;
  }

  private async told(): Promise<number> {
    const told = new AbortController();
    const ended = once(this.child, 'exit', told).then(() => {
      throw new Error('a process that appends has ended');
    });
    ended.catch(() => undefined);
    try {
      const [rate] = (await Promise.race([once(this.child, 'message'), ended])) as [number];
      return rate;
    } finally {
      told.abort();
    }
  }
}

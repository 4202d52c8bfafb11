/** Load over mutual TLS from a process of its own, so that the client's work does not stand in the server's thread. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface LoadTarget {
  readonly name: string;
  readonly port: number;
  /** PEM */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface Slice {
  /** answers a second */
  readonly rate: number;
  /** milliseconds */
  readonly p50: number;
  readonly p99: number;
  readonly answers: number;
  /** answers that were not 200, and the first of them */
  readonly failures: number;
  readonly firstFailure: string | undefined;
}

/** What the load process is told. Requests are raw HTTP/1.1, base64. */
export type LoadOrder =
  | { readonly order: 'connect'; readonly target: LoadTarget; readonly sockets: number }
  | { readonly order: 'requests'; readonly target: string; readonly requests: readonly string[] }
  | { readonly order: 'run'; readonly target: string; readonly milliseconds: number };

/** A process that sends what it is given as fast as it is answered. */
export class LoadProcess {
  private readonly child: ChildProcess;

  constructor() {
    const entry = fileURLToPath(new URL('loadProcess.mjs', import.meta.url));
    this.child = fork(entry, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  private async tell(order: LoadOrder): Promise<unknown> {
    this.child.send(order);
    const [answer] = (await once(this.child, 'message')) as [{ error?: string } | Slice];
    if ('error' in answer) throw new Error(`load process: ${answer.error ?? ''}`);
    return answer;
  }

  async connect(target: LoadTarget, sockets: number): Promise<void> {
    await this.tell({ order: 'connect', target, sockets });
  }

  /** Gives requests to use up; each is sent once. */
  async give(target: string, requests: readonly Uint8Array[]): Promise<void> {
    const texts = requests.map((request) => Buffer.from(request).toString('base64'));
    await this.tell({ order: 'requests', target, requests: texts });
  }

  /** Sends for so long over all sockets of the target. Requests that ran out end the slice early. */
  async run(target: string, milliseconds: number): Promise<Slice> {
    return (await this.tell({ order: 'run', target, milliseconds })) as Slice;
  }

  stop(): void {
    this.child.kill();
  }
}

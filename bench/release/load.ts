/** Load over mutual TLS from a separate process, so that the client's work does not use the server's thread. */
import { fork, type ChildProcess } from 'node:child_process';
import type { JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Machine, TestHub } from '../../tests/hub.ts';

/** What is requested about a person: their row, whether they are of school age, or only an echo of the same bytes. */
export type Requested =
  | { readonly what: 'echo' }
  | { readonly what: 'rows' | 'fact'; readonly dataset: string; readonly agreement: string };

const register = { dataset: 'pub-security.household', agreement: 'agr-school-enrolment' };
export const requestedRow: Requested = { what: 'rows', ...register };
export const requestedFact: Requested = { what: 'fact', ...register };

export interface LoadTarget {
  readonly name: string;
  readonly port: number;
  readonly asked: Requested;
  /** full numbers of the subjects, used in turns */
  readonly people: readonly string[];
  readonly signingKey: JsonWebKey;
  /** PEM */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A hub as one of its machines addresses it. */
export const ofHub = (
  { hub, ca }: TestHub,
  { tls, signing }: Machine,
): Pick<LoadTarget, 'port' | 'ca' | 'cert' | 'key' | 'signingKey'> => ({
  port: Number(new URL(hub.origins.exchange).port),
  ...{ ca, cert: tls.cert, key: tls.key },
  signingKey: signing.privateKey.export({ format: 'jwk' }),
});

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

/** Orders for the load process. */
export type LoadOrder =
  | { readonly order: 'connect'; readonly target: LoadTarget; readonly sockets: number }
  | { readonly order: 'prepare'; readonly target: string; readonly requests: number }
  | { readonly order: 'run'; readonly target: string; readonly milliseconds: number };

/** A process that prepares requests and sends them as fast as they are answered. */
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

  /** Makes and signs so many requests in advance; each is sent once. */
  async prepare(target: string, requests: number): Promise<void> {
    await this.tell({ order: 'prepare', target, requests });
  }

  /** Sends for so long over all sockets of the target. Requests that ran out end the slice early. @throws Error with the first answer that was not 200 */
  async run(target: string, milliseconds: number): Promise<Slice> {
    const slice = (await this.tell({ order: 'run', target, milliseconds })) as Slice;
    if (slice.failures > 0) throw new Error(`${target}: ${slice.firstFailure ?? ''}`);
    return slice;
  }

  stop(): void {
    this.child.kill();
  }
}

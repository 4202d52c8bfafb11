/** Load over mutual TLS: the process that sends it, and its caller in the bench. */
import { connect, type TLSSocket } from 'node:tls';
import { requestBytes, signingKey } from '../certs/signatures/index.ts';
import { signNow } from '../machine/signNow.ts';
import type { ChildProcess } from 'node:child_process';
import type { JsonWebKey } from 'node:crypto';
import { answerOf, quantile, startChild } from './row.ts';
import type { Machine, TestHub } from '../tests/hub.ts';

/* Load over mutual TLS from a separate process, so that the client's work does not use the server's thread. */

/** What is requested about a person: their row, whether they are of school age, or only an echo of the same bytes. */
export type Requested =
  | { readonly what: 'echo' }
  | { readonly what: 'rows' | 'fact'; readonly dataset: string; readonly agreement: string };

const register = { dataset: 'pub-security.household', agreement: 'agr-school-enrolment' };
export const requestedRow: Requested = { what: 'rows', ...register };
export const requestedFact: Requested = { what: 'fact', ...register };

interface LoadTarget {
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
  ca,
  cert: tls.cert,
  key: tls.key,
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
type LoadOrder =
  | { readonly order: 'connect'; readonly target: LoadTarget; readonly sockets: number }
  | { readonly order: 'prepare'; readonly target: string; readonly requests: number }
  | { readonly order: 'run'; readonly target: string; readonly milliseconds: number };

/** A process that prepares requests and sends them as fast as they are answered. */
export class LoadProcess {
  private readonly child: ChildProcess;

  constructor() {
    this.child = startChild('load.ts', 'sendLoad');
  }

  private send(order: LoadOrder): Promise<object> {
    return answerOf(this.child, order);
  }

  async connect(target: LoadTarget, sockets: number): Promise<void> {
    await this.send({ order: 'connect', target, sockets });
  }

  /** Milliseconds of this process's CPU for each answer of a slice: the hub runs in it. @param requests prepared for the slice */
  async cpuOfAnswer(target: string, requests: number, milliseconds: number): Promise<number> {
    await this.prepare(target, requests);
    const before = process.cpuUsage();
    const { answers } = await this.run(target, milliseconds);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 / answers;
  }

  /** Makes and signs so many requests in advance; each is sent once. */
  async prepare(target: string, requests: number): Promise<void> {
    await this.send({ order: 'prepare', target, requests });
  }

  /** Sends for so long over all sockets of the target. Requests that ran out end the slice early. @throws Error with the first answer that was not 200 */
  async run(target: string, milliseconds: number): Promise<Slice> {
    const slice = (await this.send({ order: 'run', target, milliseconds })) as Slice;
    if (slice.failures > 0) throw new Error(`${target}: ${slice.firstFailure ?? ''}`);
    return slice;
  }

  stop(): void {
    this.child.kill();
  }
}

/* Requests of the load process, made before it sends them: the garbage of signing does not burden the hub. */

/** Makes a request about one person, as bytes for a socket. @param person their full number */
function requestMaker({
  port,
  asked: requested,
  signingKey: jwk,
}: LoadTarget): (person: string) => Uint8Array {
  const origin = `https://localhost:${port}`;
  const key = signingKey(jwk);
  return (person) => {
    const body = Buffer.from(JSON.stringify(questionOf(requested, person)), 'utf8');
    const targetUri = `${origin}${pathOf(requested)}`;
    const headers = { 'content-type': 'application/json' };
    const created = Math.floor(Date.now() / 1000);
    const sent =
      requested.what === 'echo'
        ? headers
        : signNow({
            method: 'POST',
            targetUri,
            body,
            key,
            created,
            expires: created + 290,
            headers: {
              ...headers,
              'datong-purpose': 'school-enrolment',
              'datong-agreement': requested.agreement,
              'datong-on-behalf-of': 'official-17',
              'datong-matter': 'YX-2026-000123',
            },
          });
    const { host } = new URL(targetUri);
    const rawHeaders = Object.entries({ host, ...sent, 'content-length': String(body.length) }).flat();
    return requestBytes({ method: 'POST', targetUri, rawHeaders, body });
  };
}

const questionOf = ({ what }: Requested, person: string): object =>
  what === 'fact' ? { subject: person } : { filter: [{ field: 'person_id', op: 'eq', value: person }] };

function pathOf(requested: Requested): string {
  switch (requested.what) {
    case 'echo':
      return '/echo';
    case 'fact':
      return `/v1/datasets/${requested.dataset}/facts/school-age`;
    case 'rows':
      return `/v1/datasets/${requested.dataset}/query`;
  }
}

/* The load process: raw sockets, one pending request on each; it reads only the length of answers. */

interface Target {
  readonly sockets: Sender[];
  readonly people: readonly string[];
  readonly requestAbout: (person: string) => Uint8Array;
  /** requests sent before those that are prepared now */
  sent: number;
  requests: readonly Uint8Array[];
  next: number;
}

const targets = new Map<string, Target>();

/**
 * One keep-alive connection, opened again where the server has closed it: idle ones live 65 s, and the other server's turn may last longer.
 */
class Sender {
  private readonly open: () => Promise<TLSSocket>;
  private socket: TLSSocket | undefined;
  private buffer: Buffer = Buffer.alloc(0);
  private answered: ((status: number, body: string) => void) | undefined;
  private broken: ((error: Error) => void) | undefined;

  constructor(open: () => Promise<TLSSocket>) {
    this.open = open;
  }

  async connected(): Promise<TLSSocket> {
    if (this.socket !== undefined) return this.socket;
    const socket = await this.open();
    this.socket = socket;
    this.buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', (error: Error) => this.broken?.(error));
    // the listener is set from the start: a connection may close while no answer is awaited
    socket.on('close', () => {
      if (this.socket === socket) this.socket = undefined;
      this.broken?.(new Error('connection closed'));
    });
    return socket;
  }

  async send(request: Uint8Array): Promise<{ status: number; body: string }> {
    const socket = await this.connected();
    return new Promise((resolve, reject) => {
      this.answered = (status, body) => {
        this.broken = undefined;
        resolve({ status, body });
      };
      this.broken = reject;
      socket.write(request);
    });
  }

  private close(): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.end();
  }

  private read(chunk: Buffer): void {
    this.buffer = this.buffer.length === 0 ? chunk : Buffer.concat([this.buffer, chunk]);
    const end = this.buffer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.buffer.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const total = end + 4 + length;
    if (this.buffer.length < total) return;
    const status = Number(head.slice(9, 12));
    const body = status === 200 ? '' : this.buffer.toString('utf8', end + 4, total);
    this.buffer = this.buffer.subarray(total);
    // a connection takes only so many requests; the answer to the last of them states that it closes
    if (/\r\nconnection: *close/i.test(head)) this.close();
    this.answered?.(status, body);
  }
}

async function open(target: LoadTarget): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    servername: 'localhost',
    port: target.port,
    ca: target.ca,
    cert: target.cert,
    key: target.key,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  socket.setNoDelay(true);
  return socket;
}

function named(name: string): Target {
  const target = targets.get(name);
  if (target === undefined) throw new Error(`no target ${name}`);
  return target;
}

function prepare(target: Target, requests: number): void {
  const { people, requestAbout } = target;
  // persons whose requests were not sent come first, so that none is requested more often than necessary
  target.sent += target.next;
  const { sent } = target;
  target.requests = Array.from({ length: requests }, (_, nth) =>
    requestAbout(people[(sent + nth) % people.length] ?? ''),
  );
  target.next = 0;
}

async function run(target: Target, milliseconds: number): Promise<Slice> {
  const times: number[] = [];
  let failures = 0;
  let firstFailure: string | undefined;
  const started = performance.now();
  const until = started + milliseconds;
  const drive = async (sender: Sender): Promise<void> => {
    for (;;) {
      const begun = performance.now();
      const request = target.requests[target.next];
      if (begun >= until || request === undefined) return;
      target.next += 1;
      const { status, body } = await sender.send(request);
      times.push(performance.now() - begun);
      if (status !== 200) {
        failures += 1;
        firstFailure ??= `${status} ${body.slice(0, 300)}`;
      }
    }
  };
  await Promise.all(target.sockets.map(drive));
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  return {
    rate: times.length / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    answers: times.length,
    failures,
    firstFailure,
  };
}

async function obey(order: LoadOrder): Promise<unknown> {
  switch (order.order) {
    case 'connect': {
      const sockets: Sender[] = [];
      for (let i = 0; i < order.sockets; i += 1) sockets.push(new Sender(() => open(order.target)));
      for (const sender of sockets) await sender.connected();
      const { name, people } = order.target;
      const requestAbout = requestMaker(order.target);
      targets.set(name, { sockets, people, requestAbout, sent: 0, requests: [], next: 0 });
      return {};
    }
    case 'prepare':
      prepare(named(order.target), order.requests);
      return {};
    case 'run':
      return run(named(order.target), order.milliseconds);
  }
}

/** The program of the load process. */
export function sendLoad(): void {
  process.on('message', (order: LoadOrder) => {
    obey(order).then(
      (answer) => process.send?.(answer),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}

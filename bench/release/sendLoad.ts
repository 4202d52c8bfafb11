/** The load process: raw sockets, one pending request on each; it reads only the length of answers. */
import { connect, type TLSSocket } from 'node:tls';
import type { LoadOrder, LoadTarget, Slice } from './load.ts';
import { requestMaker } from './requests.ts';

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
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return {
    rate: times.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
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

process.on('message', (order: LoadOrder) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

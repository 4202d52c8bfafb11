/** A server that speaks S3, as a separate process, with a proxy in front of it that can cut connections. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './freePorts.ts';

export interface S3Server {
  /** `attachments` of hub.json */
  readonly attachments: { readonly s3: Readonly<Record<string, string>> };
  /** the same without the proxy, which runs in this process */
  readonly direct: S3Server['attachments'];
  /** number of the connections so far */
  connections: () => number;
  /** Cuts each of the next connections once it has sent so many bytes to the hub. */
  cut(bytes: number, times: number): void;
  /** Ends the process, and starts it again with the same bytes. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const bucket = 'datong';

export async function s3Server(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'datong-s3-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  const secretKeyFile = join(folder, 'secret');
  writeFileSync(secretKeyFile, 'S3RVER\n');
  const port = await freePorts();
  let child: ChildProcess | undefined;
  let [left, limit, connected] = [0, 0, 0];
  const sockets = new Set<Socket>();
  const proxy = createServer((from) => {
    connected += 1;
    const to = connect(port, '127.0.0.1');
    const cuts = left > 0;
    if (cuts) left -= 1;
    let sent = 0;
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    from.pipe(to);
    to.on('data', (chunk) => {
      sent += chunk.length;
      if (cuts && sent > limit) {
        from.resetAndDestroy();
        to.destroy();
      } else if (!from.write(chunk)) {
        to.pause();
        from.once('drain', () => to.resume());
      }
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const at = (portOf: number): S3Server['attachments'] => ({
    s3: { endpoint: `http://127.0.0.1:${portOf}`, bucket, secretKeyFile, accessKeyId: 'S3RVER' },
  });
  const server: S3Server = {
    attachments: at((proxy.address() as AddressInfo).port),
    direct: at(port),
    connections: () => connected,
    cut: (bytes, times) => {
      [limit, left] = [bytes, times];
      // connections that are open already would not be cut
      for (const socket of sockets) socket.destroy();
    },
    stop: async () => {
      if (child === undefined) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      child = undefined;
      await gone;
    },
    start: async () => {
      const program = resolve('node_modules/s3rver/bin/s3rver.js');
      const words = ['-d', data, '-a', '127.0.0.1', '-p', String(port), '-s', '--configure-bucket', bucket];
      child = spawn(process.execPath, [program, ...words], { stdio: 'ignore' });
      for (let i = 0; i < 600; i += 1) {
        if (await answers(port)) return;
        await sleep(50);
      }
      throw new Error('the S3 server did not start');
    },
    close: async () => {
      await server.stop();
      for (const socket of sockets) socket.destroy();
      proxy.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });

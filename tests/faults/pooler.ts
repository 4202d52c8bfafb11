/**
 * What is between a hub and its database in many a data centre: a pooler. This one drops the startup parameter `options`, as PgBouncer
 * does with `ignore_startup_parameters = options`, and names a process id of its own, as every pooler does. On the wire it is real
 * (PostgreSQL protocol 3.0); it does not share sessions.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { SocketOrHost } from '../../hub/platform/database/connection.ts';

export interface Pooler {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface PoolerHabits {
  /** drops the startup parameter `options` */
  readonly dropsOptions: boolean;
}

export async function startPooler(server: SocketOrHost, habits: PoolerHabits): Promise<Pooler> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const upstream = connect(`${server.host}/.s.PGSQL.${server.port}`);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.once('data', (startup: Buffer) => {
      upstream.write(habits.dropsOptions ? withoutOptions(startup) : startup);
      client.pipe(upstream);
    });
    upstream.on(
      'data',
      renamingProcess((bytes) => void client.write(bytes)),
    );
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** length, protocol, then name and value by turns, each ended by a zero, and one zero more. */
function withoutOptions(startup: Buffer): Buffer {
  const words = startup.subarray(8, -2).toString('utf8').split('\0');
  const stored: string[] = [];
  for (let at = 0; at < words.length; at += 2) {
    if (words[at] !== 'options') stored.push(words[at] ?? '', words[at + 1] ?? '');
  }
  const body = Buffer.from(`${stored.join('\0')}\0\0`, 'utf8');
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}

/** Replaces the process id of BackendKeyData ('K'), then passes everything on. */
function renamingProcess(pass: (bytes: Buffer) => void): (data: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  let renamed = false;
  return (data) => {
    if (renamed) {
      pass(data);
      return;
    }
    held = Buffer.concat([held, data]);
    let at = 0;
    while (at + 5 <= held.length && at + 1 + held.readInt32BE(at + 1) <= held.length) {
      if (held[at] === 0x4b) {
        held.writeInt32BE(7, at + 5);
        renamed = true;
      }
      at += 1 + held.readInt32BE(at + 1);
    }
    pass(held.subarray(0, at));
    held = held.subarray(at);
    if (renamed && held.length > 0) pass(held);
  };
}

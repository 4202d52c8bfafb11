/** A body is made no faster than it is read, by any reader, and an error is reported when it is not read. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { writeStream } from './writeStream.ts';

const chunk = Buffer.alloc(256 * 1024, 'x');
const maxChunks = 4_000;

interface Made {
  chunks: number;
  ended: string | undefined;
}

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

/** A gigabyte, for any reader. */
async function serve(patience: number): Promise<{ readonly made: Made; readonly socket: Socket }> {
  const made: Made = { chunks: 0, ended: undefined };
  async function* body(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      while (made.chunks < maxChunks) {
        made.chunks += 1;
        yield chunk;
        await Promise.resolve();
      }
    } finally {
      made.ended = String(signal.reason);
    }
  }
  const server = createServer((_request, response) => {
    void writeStream(response, { status: 200, headers: [] }, body, { streamPatience: patience });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.pause();
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  return { made, socket };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('a reader that takes a byte at a time holds what the sockets hold, and no more; when it goes, the body ends', async () => {
  const { made, socket } = await serve(60_000);
  await until(() => made.chunks > 0);
  for (let taken = 0; taken < 20;) {
    if (socket.read(1) === null) await once(socket, 'readable');
    else taken += 1;
  }
  // the buffers of both ends are a few megabytes; a gigabyte waits
  assert.ok(made.chunks < maxChunks / 4, String(made.chunks));
  assert.equal(made.ended, undefined);
  socket.destroy();
  await until(() => made.ended !== undefined);
  assert.equal(made.ended, 'consumer_gone');
  assert.ok(made.chunks < maxChunks / 4);
});

test('who takes nothing any more is left', async () => {
  const { made, socket } = await serve(50);
  await until(() => made.ended !== undefined);
  assert.equal(made.ended, 'consumer_stalled');
  socket.destroy();
});

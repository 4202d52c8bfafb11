/** Replies as gateways and the proxies before them send them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { replyOn } from './replyOn.ts';

/** What is read of a server that sends these pieces, then ends the connection or waits. */
async function replyTo(pieces: readonly string[], ends = false): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    void (async () => {
      for (const piece of pieces) {
        socket.write(piece, 'latin1');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      if (ends) socket.end();
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const reply = await replyOn(connect((server.address() as AddressInfo).port, '127.0.0.1'));
    if (reply === undefined) return 'none';
    return reply instanceof Problem
      ? reply.code
      : `${reply.status} ${Buffer.from(reply.body).toString('latin1')}`;
  } finally {
    server.close();
  }
}

const chunked = 'HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n';

test('a malformed reply is a problem, and ends no process', async () => {
  assert.equal(await replyTo(['HTTP/1.1 0 x\r\n\r\n'], true), 'message_malformed');
  assert.equal(await replyTo(['HTTP/1.1 999 x\r\ncontent-length: 0\r\n\r\n']), 'message_malformed');
  assert.equal(
    await replyTo(['HTTP/1.1 200 OK\r\na: b\r\n folded\r\ncontent-length: 0\r\n\r\n']),
    'message_malformed',
  );
  assert.equal(await replyTo([`${chunked}zz\r\n`]), 'message_malformed');
  assert.equal(
    await replyTo(['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort'], true),
    'message_malformed',
  );
});

test('the body is read as the reply frames it', async () => {
  assert.equal(await replyTo(['HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n', 'body']), '200 body');
  assert.equal(await replyTo([chunked, '3;x=1\r\nbod\r', '\n1\r\ny\r\n0', '\r\n\r\n']), '401 body');
  assert.equal(await replyTo([`${chunked}4\r\nbody\r\n0\r\nx-trailer: 1\r\n`, '\r\n']), '401 body');
  assert.equal(await replyTo(['HTTP/1.1 100 Continue\r\n\r\n', `${chunked}0\r\n\r\n`]), '401 ');
  assert.equal(
    await replyTo(['HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n', 'bo', 'dy'], true),
    '403 body',
  );
  assert.equal(await replyTo(['HTTP/1.1 204 No Content\r\n\r\n']), '204 ');
});

test('a connection that ends without a reply gives none', async () => {
  assert.equal(await replyTo([], true), 'none');
  assert.equal(await replyTo(['HTTP/1.1 200'], true), 'none');
});

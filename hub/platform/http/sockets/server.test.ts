import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { trackConnections } from './connections.ts';
import { answerClientErrors } from './server.ts';

const counted: string[] = [];
const server = createServer((request, response) => {
  if (request.url === '/whole') response.end('whole');
  else response.writeHead(200, { 'content-length': 100 }).write('begun');
});
answerClientErrors(server, trackConnections(server), (code) => counted.push(code));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => server.close());

/** What a client receives that sends bytes which are no request, once it has received a text. */
function received(path: string, awaited: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('data', (bytes) => {
      const before = text.includes(awaited);
      text += bytes.toString('latin1');
      if (!before && text.includes(awaited)) socket.write('no request\r\n\r\n');
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => undefined); // `close` follows
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  });
}

test('bytes that are no request are answered after a reply, and never within one', async () => {
  const statusLines = (text: string): string[] => text.match(/HTTP\/1\.1 \d+/g) ?? [];
  assert.deepEqual(statusLines(await received('/whole', 'whole')), ['HTTP/1.1 200', 'HTTP/1.1 400']);
  assert.deepEqual(statusLines(await received('/begun', 'begun')), ['HTTP/1.1 200']);
  assert.equal(counted.length, 2);
});

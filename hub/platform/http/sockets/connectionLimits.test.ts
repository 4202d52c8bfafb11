import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { limitConnections, addressKey, type ConnectionLimits } from './connectionLimits.ts';
import { readProxyHeader } from './proxyHeader.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.closeAllConnections();
});

/** A connection whose request is to /proof counts as authenticated. */
async function guarded(
  limits: ConnectionLimits,
  maxOpen?: number,
): Promise<{ port: number; refused: string[] }> {
  const refused: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/proof') limited.markAuthenticated(request.socket);
    response.end('ok');
  });
  const limited = limitConnections(server, limits, (reason) => refused.push(reason), maxOpen);
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  servers.push(server);
  return { port: (server.address() as AddressInfo).port, refused };
}

/** Sends and reads what comes until there is a reply or the other side closes. */
async function ask(
  port: number,
  text: string | Buffer,
  localAddress = '127.0.0.1',
): Promise<{ reply: string; socket: Socket }> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => undefined).unref();
  socket.write(text);
  let reply = '';
  await new Promise<void>((done) => {
    socket.on('data', (chunk: Buffer) => {
      reply += chunk.toString('latin1');
      done();
    });
    socket.once('close', () => done());
  });
  return { reply, socket };
}

const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const from = (address: string): string => `PROXY TCP4 ${address} 10.0.0.1 4711 443\r\n`;

test('one address opens a limited number of connections; one that is closed frees a place', async () => {
  const { port, refused } = await guarded({ perAddress: 2, proxies: [] });
  const first = await ask(port, get);
  await ask(port, get);
  assert.equal((await ask(port, get)).reply, '');
  assert.deepEqual(refused, ['too_many_connections']);
  first.socket.destroy();
  let reply = '';
  while (reply === '') ({ reply } = await ask(port, get));
  assert.match(reply, /^HTTP\/1\.1 200/);
});

test('a full listener closes the oldest connection of the address that has most, and none that is proven', async () => {
  const { port, refused } = await guarded({ perAddress: 10, proxies: [] }, 4);
  const proof = get.replace('/ ', '/proof ');
  const proven = await ask(port, proof, '127.0.0.3');
  const few = await ask(port, get, '127.0.0.4');
  const [first, second] = [await ask(port, get, '127.0.0.5'), await ask(port, get, '127.0.0.5')];
  const closed = once(first.socket, 'close');
  assert.match((await ask(port, get, '127.0.0.6')).reply, /^HTTP\/1\.1 200/);
  await closed;
  assert.deepEqual(refused, ['connection_displaced']);
  assert.deepEqual(
    [proven, few, second].map(({ socket }) => socket.destroyed),
    [false, false, false],
  );
  // where all are proven, the newest is refused
  const full = await guarded({ perAddress: 10, proxies: [] }, 2);
  await ask(full.port, proof);
  await ask(full.port, proof);
  assert.equal((await ask(full.port, get)).reply, '');
  assert.deepEqual(full.refused, ['too_many_connections']);
});

test('after a balancer its header names the client that is counted; no other sender’s header is believed', async () => {
  const { port, refused } = await guarded({ perAddress: 1, proxies: ['127.0.0.0/8'] });
  assert.match((await ask(port, from('192.0.2.1') + get)).reply, /^HTTP\/1\.1 200/);
  assert.match((await ask(port, from('192.0.2.2') + get)).reply, /^HTTP\/1\.1 200/);
  assert.equal((await ask(port, from('192.0.2.1') + get)).reply, '');
  assert.equal((await ask(port, get)).reply, '', 'a balancer without a header');
  assert.deepEqual(refused, ['too_many_connections', 'proxy_header_malformed']);
  const open = await guarded({ perAddress: 1, proxies: ['192.0.2.0/24'] });
  assert.match((await ask(open.port, from('192.0.2.1') + get)).reply, /^HTTP\/1\.1 400/);
});

test('the header of both versions is read, whole, in parts and malformed', () => {
  const one = Buffer.from('PROXY TCP6 2001:db8::1 ::1 1 2\r\nrest');
  assert.deepEqual(readProxyHeader(one), { kind: 'whole', length: 32, address: '2001:db8::1' });
  for (let length = 0; length < 32; length += 1) {
    assert.equal(readProxyHeader(one.subarray(0, length)).kind, 'part', String(length));
  }
  const two = Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000201c00002020001000277', 'hex');
  assert.deepEqual(readProxyHeader(two), { kind: 'whole', length: 28, address: '192.0.2.1' });
  for (let length = 0; length < 28; length += 1) {
    assert.equal(readProxyHeader(two.subarray(0, length)).kind, 'part', String(length));
  }
  const health = Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex');
  assert.deepEqual(readProxyHeader(health), { kind: 'whole', length: 16, address: undefined });
  for (const wrong of ['GET / HTTP', 'PROXY TCP4 x y 1 2\r\n', `PROXY TCP4 ${'1'.repeat(120)}`]) {
    assert.equal(readProxyHeader(Buffer.from(wrong)).kind, 'malformed', wrong);
  }
});

test('an IPv6 host is counted by its /64, an IPv4 one by its address however it is written', () => {
  assert.equal(addressKey('2001:db8:0:1::5'), addressKey('2001:db8::1:ffff:0:0:9'));
  assert.notEqual(addressKey('2001:db8:0:1::5'), addressKey('2001:db8:0:2::5'));
  assert.equal(addressKey('::ffff:192.0.2.1'), addressKey('192.0.2.1'));
  assert.notEqual(addressKey('192.0.2.1'), addressKey('192.0.2.2'));
});

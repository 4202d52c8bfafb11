/** A department's machine with a valid certificate floods its connection of live data: the hub ends it, and answers others meanwhile. */
import assert from 'node:assert/strict';
import { connect, type TLSSocket } from 'node:tls';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { liveDataset } from '../flows/liveProvider.ts';
import { cityHub } from '../cityHub.ts';

const { hub, city } = await cityHub({ jobsByTime: false });
await city.apply('household-live/dataset.yaml');

interface Flooding {
  readonly socket: WebSocket;
  readonly connection: TLSSocket;
  /** milliseconds from now until the hub has ended it */
  readonly ended: Promise<number>;
}

/** A connection that was opened as the SDK opens one, and is then used past it. */
async function opened(): Promise<Flooding> {
  let made: Flooding | undefined;
  const port = Number(new URL(hub.hub.origins.exchange).port);
  await city.publicSecurity.client.live.connect(
    [liveDataset],
    () => Promise.reject(new Error('never asked')),
    ({ uri, headers, ca, tls }) =>
      new Promise((resolve, reject) => {
        const { hostname } = new URL(uri);
        const connection = connect({
          host: '127.0.0.1',
          port,
          servername: hostname,
          ca,
          ...tls,
          ALPNProtocols: ['http/1.1'],
        });
        const socket = new WebSocket(uri.replace(/^https/, 'wss'), {
          headers,
          perMessageDeflate: false,
          createConnection: () => connection,
        });
        const begun = performance.now();
        const ended = new Promise<number>((done) => {
          connection.once('close', () => done(performance.now() - begun));
          connection.on('error', () => undefined);
        });
        made = { socket, connection, ended };
        socket.on('error', reject);
        let rawHeaders: string[] = [];
        socket.once('upgrade', (response) => ({ rawHeaders } = response));
        socket.once('open', () =>
          resolve({
            reply: { status: 101, rawHeaders, body: new Uint8Array() },
            wire: { send: () => undefined, listen: () => undefined, close: () => socket.terminate() },
          }),
        );
      }),
  );
  return made ?? assert.fail('no connection');
}

/** Another department is answered while the flood goes on. */
async function othersAreAnswered(): Promise<void> {
  const begun = performance.now();
  await city.education.client.explain(
    'pub-security.household',
    {},
    {
      purpose: 'school-enrolment',
      agreement: 'agr-none',
    },
  );
  assert.ok(performance.now() - begun < 10_000);
}

/** Sends frames as fast as they are taken, until the connection ends. */
async function flood({ socket, connection, ended }: Flooding, send: () => void): Promise<number> {
  while (!connection.destroyed) {
    for (let n = 0; n < 500; n += 1) if (socket.readyState === WebSocket.OPEN) send();
    await new Promise((done) => setImmediate(done));
  }
  return ended;
}

const within = 12_000;

test('messages that answer no question, as fast as they are taken: the connection ends', async () => {
  const one = await opened();
  const [took] = await Promise.all([flood(one, () => one.socket.send('x.y.z')), othersAreAnswered()]);
  assert.ok(took < within, `${took} ms`);
});

test('pings whose pongs are never read: the connection ends before they fill the memory', async () => {
  const one = await opened();
  // nothing is read any more, so that the hub cannot write what it has to answer
  one.connection.pause();
  const bytes = Buffer.alloc(125, 1);
  const before = process.memoryUsage().rss;
  const [took] = await Promise.all([flood(one, () => one.socket.ping(bytes)), othersAreAnswered()]);
  assert.ok(took < within, `${took} ms`);
  assert.ok(process.memoryUsage().rss - before < 512 << 20, 'both sides are in this process');
});

test('a message longer than any answer, in one frame or in endless parts: the connection ends', async () => {
  const whole = await opened();
  whole.socket.send('x'.repeat(80 << 20), () => undefined);
  const wholeTook = await whole.ended;
  assert.ok(wholeTook < within, `${wholeTook} ms`);
  const parts = await opened();
  const part = 'x'.repeat(1 << 20);
  const took = await flood(parts, () => {
    if (parts.socket.bufferedAmount < 4 << 20) parts.socket.send(part, { fin: false }, () => undefined);
  });
  assert.ok(took < within, `${took} ms`);
});

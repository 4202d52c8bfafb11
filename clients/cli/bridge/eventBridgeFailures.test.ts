/** The event bridge when the broker or the hub goes away: a real nats-server through a proxy that cuts its connections, and a stub of the hub. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { after, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { noNats, startNats, type NatsServer } from '../../../tests/natsServer.ts';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import { runEventBridge, type EventBridgeOptions } from './eventBridge.ts';
import { Inbox } from './inbox.ts';
import type { NewReject, RejectsFile } from './rejectsFile.ts';

const nats: NatsServer | undefined = noNats === false ? await startNats() : undefined;
after(() => nats?.remove());

const cut = (): Error => Object.assign(new Error('cut'), { code: 'ECONNRESET' });

/** A port in front of the broker. */
async function proxy(
  t: TestContext,
): Promise<{ readonly port: number; readonly count: () => number; readonly down: () => void }> {
  const open = new Set<Socket>();
  let connections = 0;
  let isDown = false;
  const server = createServer((socket) => {
    connections += 1;
    if (isDown) {
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const behind = connectSocket(nats?.port ?? 0, '127.0.0.1');
    for (const [one, other] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cutAll = (): void => {
    isDown = true;
    for (const socket of open) socket.destroy();
    open.clear();
  };
  t.after(() => {
    cutAll();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, count: () => connections, down: cutAll };
}

type Events = Partial<Record<'pull' | 'publish', (...given: never[]) => Promise<unknown>>>;

function bridged(
  t: TestContext,
  port: number,
  routes: Partial<Pick<EventBridgeOptions['config'], 'toBroker' | 'toHub'>>,
  events: Events,
  rejects?: RejectsFile,
): { readonly retries: unknown[]; readonly ready: () => number; readonly end: () => Promise<void> } {
  const stopping = new AbortController();
  const retries: unknown[] = [];
  let ready = 0;
  const ended = runEventBridge({
    config: {
      broker: {
        ...{ kind: 'nats', url: new URL(`nats://127.0.0.1:${port}`) },
        username: 'gateway',
        password: nats?.password ?? '',
      },
      toBroker: [],
      toHub: [],
      rejects: { file: '', maxBytes: 0 },
      ...routes,
    },
    client: { events } as unknown as DatongClient,
    rejects,
    figures: { delivered: 0, published: 0, repeated: 0, dropped: 0 },
    onReady: () => (ready += 1),
    onRetry: (error) => retries.push(error),
    signal: stopping.signal,
  });
  ended.catch(() => undefined);
  t.after(() => stopping.abort());
  return {
    retries,
    ready: () => ready,
    end: () => {
      stopping.abort();
      return ended;
    },
  };
}

test(
  'a broker that goes away while redelivery is awaited is connected again',
  { skip: noNats },
  async (t) => {
    const { connect } = await import('@nats-io/transport-node');
    const { AckPolicy, jetstream, jetstreamManager } = await import('@nats-io/jetstream');
    const client = await connect({ port: nats?.port ?? 0, user: 'gateway', pass: nats?.password ?? '' });
    t.after(() => client.close());
    const manager = await jetstreamManager(client);
    await manager.streams.add({ name: 'PENDING', subjects: ['pending.>'] });
    await manager.consumers.add('PENDING', {
      durable_name: 'datong',
      ack_policy: AckPolicy.Explicit,
      max_ack_pending: 200,
      ack_wait: 20e9,
    });
    await jetstream(client).publish('pending.one', 'not acknowledged');
    await (await jetstream(client).consumers.get('PENDING', 'datong')).next();
    const front = await proxy(t);
    const bridge = bridged(t, front.port, { toHub: [{ topic: 'a.b', from: 'PENDING/datong' }] }, {});
    await until(() => front.count() > 0);
    await sleep(1_000); // the bridge waits 20 s for the redelivery
    assert.equal(bridge.ready(), 0);
    front.down();
    await until(() => bridge.retries.length > 0);
    const before = front.count();
    await until(() => front.count() > before);
    assert.notEqual((bridge.retries[0] as Error).name, 'AbortError');
    await bridge.end();
  },
);

test('a hub that cannot be reached leaves the connection to the broker open', { skip: noNats }, async (t) => {
  const front = await proxy(t);
  let pulls = 0;
  const pull = (): Promise<never> => {
    pulls += 1;
    return Promise.reject(cut());
  };
  const toBroker = [{ subscription: 's', address: 'out' }];
  const bridge = bridged(t, front.port, { toBroker }, { pull });
  await until(() => bridge.retries.length === 1);
  await sleep(1_500);
  assert.deepEqual([front.count(), bridge.ready(), pulls], [1, 1, 1]);
  await bridge.end();
});

test('at the end the hub learns what the broker has acknowledged', { skip: noNats }, async (t) => {
  const { connect } = await import('@nats-io/transport-node');
  const { jetstreamManager } = await import('@nats-io/jetstream');
  const client = await connect({ port: nats?.port ?? 0, user: 'gateway', pass: nats?.password ?? '' });
  t.after(() => client.close());
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'ENDED', subjects: ['ended.>'] });
  const toBroker = [{ subscription: 's', address: 'ended.{type}' }];
  for (const isDown of [false, true]) {
    const pulls: unknown[] = [];
    const pull = (_: never, input: { readonly after?: string; readonly wait: number }): Promise<unknown> => {
      pulls.push(input);
      const events = [{ id: `${isDown}`, type: 't', subject: 'a' }];
      if (input.after === undefined) return Promise.resolve({ json: { events, next: 'one' } });
      // it waits, and a hub that is down does not answer at all
      if (input.wait > 0 || isDown) return new Promise(() => undefined);
      return Promise.resolve({ json: { events: [], next: 'one' } });
    };
    const bridge = bridged(t, (await proxy(t)).port, { toBroker }, { pull });
    await until(() => pulls.length === 2);
    const begun = performance.now();
    await bridge.end();
    assert.ok(performance.now() - begun < 7_000);
    assert.deepEqual(pulls, [{ wait: 30 }, { wait: 30, after: 'one' }, { wait: 0, after: 'one', limit: 1 }]);
  }
});

test(
  'the rejects file takes nothing: the refused event is not published again, and the connection stays',
  { skip: noNats },
  async (t) => {
    const { connect } = await import('@nats-io/transport-node');
    const { jetstream, jetstreamManager } = await import('@nats-io/jetstream');
    const client = await connect({ port: nats?.port ?? 0, user: 'gateway', pass: nats?.password ?? '' });
    t.after(() => client.close());
    const manager = await jetstreamManager(client);
    await manager.streams.add({ name: 'REFUSED', subjects: ['refused.>'] });
    await jetstream(client).publish('refused.one', '{"id":"1"}');
    const front = await proxy(t);
    let calls = 0;
    const publish = (): Promise<never> => {
      calls += 1;
      const body = Buffer.from(JSON.stringify({ code: 'event_invalid' }));
      return Promise.reject(new DatongProblem({ status: 422, rawHeaders: [], body }, undefined));
    };
    let tries = 0;
    const rejected: string[] = [];
    const add = (lines: readonly NewReject[]): Promise<void> => {
      tries += 1;
      if (tries < 3) return Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
      rejected.push(...lines.map(({ rule }) => rule));
      return Promise.resolve();
    };
    const toHub = [{ topic: 'a.b', from: 'REFUSED/datong' }];
    const bridge = bridged(t, front.port, { toHub }, { publish }, { add } as unknown as RejectsFile);
    await until(() => rejected.length > 0);
    assert.deepEqual([calls, rejected, bridge.retries.length], [1, ['event_invalid'], 2]);
    assert.equal(bridge.ready(), 1);
    await bridge.end();
  },
);

test('a broker that accepts connections and closes them is asked at growing intervals', async (t) => {
  const at: number[] = [];
  const server = createServer((socket) => {
    at.push(performance.now());
    socket.on('error', () => undefined);
    socket.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const bridge = bridged(t, (server.address() as AddressInfo).port, {}, {});
  await until(() => at.length === 4);
  const [first = 0, second = 0, third = 0, fourth = 0] = at;
  assert.ok(third - second > 900 && fourth - third > 1_900, at.map((one) => one - first).join(' '));
  await bridge.end();
});

test('messages without flow control are dropped above the limit, the others never', async () => {
  const inbox = new Inbox(2);
  const payload = Buffer.from('{}');
  const taken = [1, 2, 3].map(() => inbox.add({ payload }));
  assert.deepEqual(taken, [true, true, false]);
  assert.ok(inbox.add({ payload, acknowledge: () => undefined }));
  assert.equal((await inbox.next()).length, 3);
  assert.ok(inbox.add({ payload }));
});

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    if (holds()) return;
    await sleep(50);
  }
  assert.fail('it did not come to be within 10 s');
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signingKey } from '../../../certs/signatures/index.ts';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import type { FrameChannel } from '../../pipeline/frameChannel.ts';
import { LiveProviders } from './liveProviders.ts';
import { openConnector } from './openConnector.ts';

const key = signingKey(newKeyPair().privateKey);
const dataset = 'pub-security.household';

interface Opening {
  readonly connect: (opened: { readonly channel: FrameChannel; readonly end: () => Promise<void> }) => void;
}

/** A handshake that was admitted, and whose entry is in the log. */
async function admitted(live: LiveProviders): Promise<Opening> {
  const services = {
    live,
    registry: {
      current: { datasets: new Map([[dataset, { row: { mode: 'live' } }]]), unreadable: new Set() },
    },
    streams: { limits: { leaseSeconds: 60 }, begin: () => undefined, end: () => undefined },
    report: () => undefined,
  };
  const call = { caller: { department: 'pub-security' }, exchange: 'x', query: { datasets: dataset } };
  return (await openConnector.run(call as never, services as never)) as unknown as Opening;
}

test('a hub that is about to end admits no further connector, so that providers go to another process', () => {
  const providers = new LiveProviders(key, () => 0);
  providers.admit('pub-security');
  providers.stop();
  assert.throws(() => providers.admit('pub-security'), { code: 'hub_draining' });
});

test('a worker that shares its port with others admits no connector', () => {
  const providers = new LiveProviders(key, () => 0, { connectors: 0 });
  assert.throws(() => providers.admit('pub-security'), { code: 'connectors_one_process' });
});

test('a connection that breaks before the end of its handshake takes no place', async () => {
  const providers = new LiveProviders(key, () => 0);
  const { connect } = await admitted(providers);
  const broken: FrameChannel = {
    send: () => undefined,
    listen: (_received, closed) => closed(1006),
    close: () => undefined,
  };
  connect({ channel: broken, end: () => Promise.resolve() });
  assert.equal(providers.count, 0);
});

test('of handshakes at the same time, those beyond the limit are closed', async () => {
  const providers = new LiveProviders(key, () => 0, { connectors: 2 });
  const openings = await Promise.all([1, 2, 3].map(() => admitted(providers)));
  const codes: number[] = [];
  for (const { connect } of openings)
    connect({
      channel: { send: () => undefined, listen: () => undefined, close: (code) => codes.push(code) },
      end: () => Promise.resolve(),
    });
  assert.deepEqual([providers.count, codes], [2, [1001]]);
});

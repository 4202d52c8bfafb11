/**
 * After a failover connections may lead to a server that is gone, without a reset: a balancer holds them open. The hub is ready soon after
 * new connections reach the new server, although the old ones stay silent.
 */
import assert from 'node:assert/strict';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { openDatabase } from '../../platform/database/database.ts';
import { clusterUrl, testDatabase } from '../../../tests/database.ts';
import { eventually } from '../../../tests/eventually.ts';
import { testHub } from '../../../tests/hub.ts';

/** Seconds after which a hub behind a balancer must take calls again (docs/guides/several-hosts.md). */
const maxSeconds = 15;

const made = await testDatabase();
const { searchParams, username } = new URL(await clusterUrl());
const socket = `${searchParams.get('host') ?? ''}/.s.PGSQL.${searchParams.get('port') ?? ''}`;

/** While this is true, a connection that sends a statement becomes silent for good; it can be opened. */
let isSilent = false;
const open = new Set<Socket>();
const proxy = createServer((from) => {
  const to = connect(socket);
  for (const [one, other] of [
    [from, to],
    [to, from],
  ] as const) {
    open.add(one);
    one.on('error', () => other.destroy());
    one.on('close', () => {
      open.delete(one);
      other.destroy();
    });
    one.on('data', (chunk: Buffer) => {
      // a startup message begins with its length, every other one with a letter
      const isStatement = one === from && chunk[0] !== 0;
      if (isSilent && isStatement) silenced.add(one).add(other);
      if (!silenced.has(one)) other.write(chunk);
    });
  }
});
const silenced = new WeakSet<Socket>();
await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
const { port } = proxy.address() as AddressInfo;
const name = typeof made.address === 'string' ? '' : made.address.database;
const database = await openDatabase(
  { host: '127.0.0.1', port, user: username, database: name },
  { durable: false },
);
const hub = await testHub({ database });
after(async () => {
  await hub.stop();
  await database.close();
  for (const one of open) one.destroy();
  proxy.close();
});

const ready = async (): Promise<{ readonly status: number; readonly text: string }> => {
  const reply = await fetch(`${hub.hub.origins.admin}/readyz`);
  return { status: reply.status, text: await reply.text() };
};

test('ready within seconds although every former connection stays silent', async () => {
  // all connections of the pool are open
  await Promise.all(
    Array.from({ length: database.app.options.max }, () => database.app.query('SELECT pg_sleep(0.2)')),
  );
  assert.equal((await ready()).status, 200);
  isSilent = true;
  await eventually(
    async () => (await ready()).status === 503,
    () => 'still ready',
  );
  const probed = performance.now();
  // the balancer asks once a second
  while (performance.now() - probed < 6_000) {
    assert.equal((await ready()).status, 503);
    await new Promise((wait) => setTimeout(wait, 500));
  }
  isSilent = false;
  const healed = performance.now();
  let last = '';
  await eventually(
    async () => {
      const { status, text } = await ready();
      last = text;
      return status === 200;
    },
    () => last,
    { within: 60_000, every: 1_000 },
  );
  const seconds = (performance.now() - healed) / 1_000;
  assert.ok(seconds <= maxSeconds, `${seconds.toFixed(1)} s`);
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { reservePort } from './reservePorts.ts';

const other = createServer();
other.listen(0, '127.0.0.1');
await once(other, 'listening');
after(() => other.close());
const { port } = other.address() as AddressInfo;
const place = { host: '127.0.0.1', port };

test('a port in use is refused by the name of its listener, or the next free one is taken', async () => {
  await assert.rejects(reservePort('staff', place, 'refuse'), {
    code: 'port_taken',
    facts: { listener: 'staff', port },
  });
  const next = await reservePort('staff', place, 'next');
  assert.ok((next.address() as AddressInfo).port > port, 'a later one');
  next.close();
});

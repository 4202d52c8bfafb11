/** A connector stays connected to every process of its hub, without haste. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveConnection } from '../../sdk/liveConnection.ts';
import type { Address } from './dial.ts';
import { keepConnected, pauseAfter } from './keepConnected.ts';

test('a pause is half a second at most, then longer, half a minute at most, and never the same for all', () => {
  const longest = Array.from({ length: 9 }, (_, failures) => pauseAfter(failures, 1));
  assert.deepEqual(longest, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  for (const failures of [0, 3, 8, 2_000]) {
    assert.ok(pauseAfter(failures, 0) < pauseAfter(failures, 1), String(failures));
    assert.ok(pauseAfter(failures, 0) >= 250, String(failures));
  }
});

/** @param broken how many connections of an address fail before one holds @returns addresses as they were dialled, when each holds */
async function dialled(
  addresses: readonly Address[] | undefined,
  broken = 0,
): Promise<{ readonly tried: readonly string[]; readonly closed: number }> {
  const stopping = new AbortController();
  const tried: string[] = [];
  const holding: (() => void)[] = [];
  let closed = 0;
  await keepConnected({
    addresses,
    name: { host: 'localhost', port: 8443 },
    signal: stopping.signal,
    open: ({ host, port }) => {
      tried.push(`${host}:${port}`);
      if (tried.length <= broken) return Promise.reject(new Error('nobody is there'));
      const ends = new Promise<number>((resolve) => holding.push(() => resolve(1000)));
      const close = (): void => {
        closed += 1;
        for (const end of holding) end();
      };
      return Promise.resolve({ exchange: '', closed: ends, close } as unknown as LiveConnection);
    },
    opened: () => {
      if (holding.length === (addresses?.length ?? 1)) stopping.abort();
    },
    ended: () => undefined,
  });
  return { tried, closed };
}

test('every process that is named is dialled, an unreachable one again; all are left on command', async () => {
  const two = [
    { host: '10.1.0.11', port: 8443 },
    { host: '10.1.0.12', port: 8443 },
  ];
  const { tried, closed } = await dialled(two, 1);
  assert.deepEqual(tried, ['10.1.0.11:8443', '10.1.0.12:8443', '10.1.0.11:8443']);
  assert.equal(closed, 2);
});

test('without names, every address that the name of the hub has', async () => {
  assert.deepEqual((await dialled(undefined)).tried, ['127.0.0.1:8443']);
});

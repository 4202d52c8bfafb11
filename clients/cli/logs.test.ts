/** `datong audit logs --follow`: what is printed of the calls since the last query. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { DatongClient } from '../sdk/datongClient.ts';
import { printNew } from './logs.ts';

/** A log whose calls have the indexes 1 to `size`; each query returns the newest first. */
function logOf(size: number): Pick<DatongClient, 'exchanges'> {
  let queries = 0;
  const exchanges = ({ after = 0, limit = 0, cursor = String(size) }) => {
    queries += 1;
    const newest = Number(cursor);
    const count = Math.min(limit, newest - after);
    const last = newest - count;
    return Promise.resolve({
      exchange: `query ${queries}`,
      json: {
        exchanges: Array.from({ length: count }, (_, at) => ({
          index: newest - at,
          exchange: `call ${newest - at}`,
          operation: 'queryDataset',
          decision: 'allow',
          at: '2026-11-28T00:00:00.000Z',
        })),
        ...(last > after ? { nextCursor: String(last) } : {}),
      },
    });
  };
  return { exchanges } as unknown as Pick<DatongClient, 'exchanges'>;
}

async function printed(size: number, maxCalls: number) {
  const texts = { stdout: '', stderr: '' };
  const mocked = (['stdout', 'stderr'] as const).map((name) =>
    mock.method(process[name], 'write', (text: string | Uint8Array) => {
      texts[name] += String(text);
      return true;
    }),
  );
  try {
    const from = { after: 2, own: new Set<string>(), reported: new Set<number>() };
    const { after } = await printNew(logOf(size), { json: true }, from, maxCalls);
    const calls = texts.stdout.trim().split('\n');
    return { after, stderr: texts.stderr, calls: calls.map((line) => /"call (\d+)"/.exec(line)?.[1]) };
  } finally {
    for (const one of mocked) one.mock.restore();
  }
}

test('all calls since the last query are printed, oldest first', async () => {
  assert.deepEqual(await printed(5, 3), { after: 5, stderr: '', calls: ['3', '4', '5'] });
});

test('calls that are skipped are reported', async () => {
  const { after, stderr, calls } = await printed(6, 3);
  assert.deepEqual([after, calls], [6, ['4', '5', '6']]);
  assert.match(stderr, /only the newest 3 calls .* older ones are skipped|最新的 3 次交换，更早的略过/);
});

/** What a clerk sees while a file is sent from a terminal. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { progressTeller } from './progress.ts';

test('on a terminal one line says the share, the rate and the time left, counted from where this sending began', () => {
  const terminal = process.stderr.isTTY;
  const written: string[] = [];
  const write = mock.method(process.stderr, 'write', (text: string | Uint8Array) => {
    written.push(String(text));
    return true;
  });
  try {
    process.stderr.isTTY = true;
    let now = 0;
    // 40 MB lay at the hub already: they are no measure of how fast it goes now
    const tell = progressTeller(40_000_000, () => now);
    now = 10_000;
    tell({ batch: 'b', sent: 60_000_000, size: 300_000_000 });
    now = 140_000;
    tell({ batch: 'b', sent: 300_000_000, size: 300_000_000 });
  } finally {
    write.mock.restore();
    process.stderr.isTTY = terminal;
  }
  assert.deepEqual(written, ['\rb  20%  2.0 MB/s  2:00   ', '\rb  100%  1.9 MB/s   \n']);
});

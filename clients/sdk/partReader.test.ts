import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PartReader } from './partReader.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-parts-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const bytes = Buffer.alloc(20_000_003, 'datong');
const file = join(folder, 'file');
writeFileSync(file, bytes);
const digest = createHash('sha256').update(bytes).digest('hex');

function timeOf(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

test('a submission that is resumed with all bytes sent is hashed in large pieces', async () => {
  for (const source of [file, bytes]) {
    const reader = await PartReader.open(source);
    const wholeMs = timeOf(() => createHash('sha256').update(bytes).digest());
    const began = performance.now();
    assert.equal(await reader.sha256(), digest);
    const tookMs = performance.now() - began;
    // byte by byte it takes eight minutes
    assert.ok(tookMs < 20 * wholeMs + 200, `${tookMs} ms, and ${wholeMs} ms in one piece`);
    await reader.close();
  }
});

test('parts that are sent again, skipped or cut are hashed once, in their order', async () => {
  const reader = await PartReader.open(file);
  for (const [offset, length] of [
    [0, 1000],
    [500, 1000],
    [100_000, 64],
    [0, 10],
  ] as const)
    assert.deepEqual(Buffer.from(await reader.read(offset, length)), bytes.subarray(offset, offset + length));
  assert.equal(await reader.sha256(), digest);
  await reader.close();
});

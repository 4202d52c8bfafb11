import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { inChunks } from '../../../tests/chunks.ts';
import { openStream, sealStream } from './sealedStream.ts';

const key = createSecretKey(randomBytes(32));

async function whole(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

const seal = (plain: Uint8Array): Promise<Buffer> => whole(sealStream(key, inChunks(plain, 10_007)));
const open = (sealed: Uint8Array, with_ = key): Promise<Buffer> =>
  whole(openStream(with_, inChunks(sealed, 4_099)));
const refused = (sealed: Uint8Array, with_ = key): Promise<void> =>
  assert.rejects(
    open(sealed, with_),
    (error: unknown) => error instanceof Problem && error.code === 'backup_unreadable',
  );

test('any length comes back, at the borders of chunks too', async () => {
  for (const length of [0, 1, 65_535, 65_536, 65_537, 131_072, 300_001]) {
    const plain = randomBytes(length);
    assert.deepEqual(await open(await seal(plain)), plain, String(length));
  }
});

test('the same bytes are never sealed alike', async () => {
  const plain = Buffer.from('same');
  assert.notDeepEqual(await seal(plain), await seal(plain));
});

test('another key, a changed byte anywhere, a cut, a dropped, doubled or swapped chunk: refused', async () => {
  const sealed = await seal(randomBytes(200_000));
  const head = 48;
  const chunk = 65_552;
  const at = (n: number): number => head + n * chunk;
  await refused(sealed, createSecretKey(randomBytes(32)));
  for (const place of [0, 20, head, at(1) + 5, at(2) - 1, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[place] = (changed[place] ?? 0) ^ 0x80;
    await refused(changed);
  }
  const part = (from: number, to?: number): Buffer => sealed.subarray(from, to);
  for (const cut of [0, 10, head, at(1), at(3), sealed.length - 1]) await refused(part(0, cut));
  await refused(Buffer.concat([part(0, at(1)), part(at(2))]));
  await refused(Buffer.concat([part(0, at(1)), part(at(0), at(1)), part(at(1))]));
  await refused(Buffer.concat([part(0, head), part(at(1), at(2)), part(at(0), at(1)), part(at(2))]));
  await refused(Buffer.concat([sealed, Buffer.alloc(1)]));
});

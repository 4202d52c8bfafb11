import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { digestOf } from './digest.ts';

const signal = (): AbortSignal => new AbortController().signal;

test('the digest is that of all bytes, and each piece is reported', async () => {
  const bytes = Buffer.alloc((4 << 20) + 3, 'x');
  const read: number[] = [];
  assert.equal(
    await digestOf(new Blob([bytes]), signal(), (count) => read.push(count)),
    hash('sha256', bytes),
  );
  assert.deepEqual(read, [4 << 20, bytes.length]);
});

test('aborted while the last piece is read, it has no digest and reports nothing', async () => {
  const abort = new AbortController();
  const read: number[] = [];
  const digest = digestOf(new Blob(['one piece']), abort.signal, (count) => read.push(count));
  abort.abort();
  await assert.rejects(digest, { name: 'AbortError' });
  assert.deepEqual(read, []);
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { toBase64 } from '../base64.ts';
import { leafHash } from '../hash.ts';
import { maxLeafLength, prepareLeaf } from '../leafBytes.ts';
import { readRangeLeaves, roomOfLeaves } from './rangeLeaves.ts';

const refused = (nth: number): never => assert.fail(`the ${nth}th was refused`);
const room = roomOfLeaves();
const leafOf = (nth: number, operation = 'queryDataset', length = 0): Buffer =>
  Buffer.from(
    prepareLeaf({
      v: 1,
      id: `01890000-0000-7000-8000-${String(nth).padStart(12, '0')}`,
      operation,
      at: '2026-11-01T00:00:00.000Z',
      kind: 'management',
      decision: 'allow',
      actor: {},
      matter: `案${'件'.repeat(length)}`,
    }).bytes,
  );

test('leaves of many buffers are hashed, checked and returned each as it is, and those that may record a destruction are recognised', () => {
  const recording = new Set([0, 1, 399, 512, 1_999]);
  const malformed = new Set([7, 1_234]);
  const leaves = Array.from({ length: 2_000 }, (_, nth) =>
    malformed.has(nth)
      ? randomBytes(nth)
      : leafOf(nth, recording.has(nth) ? 'destroyEntries' : undefined, (nth * 37) % 900),
  );
  assert.ok(Buffer.concat(leaves).length > 2 * 1024 * 1024, 'more than two rooms');
  const read = readRangeLeaves(leaves.map(toBase64), room, refused);
  assert.equal(read.length, leaves.length);
  assert.deepEqual(read.hashes, Buffer.concat(leaves.map(leafHash)));
  assert.deepEqual(
    [...read.malformed].map(([nth, { code }]) => [nth, code]),
    [...malformed].map((nth) => [nth, 'leaf_malformed']),
  );
  for (const [nth, leaf] of leaves.entries()) {
    const entry = read.entry(nth, 5 + nth);
    assert.equal(entry.index, 5 + nth);
    assert.deepEqual(Buffer.from(entry.bytes), leaf);
    assert.equal(entry.mayRecordDestruction, recording.has(nth), String(nth));
  }
});

test('what is no base64, or no leaf by its length, is refused by its place', () => {
  const [good, longest] = [toBase64(leafOf(1)), toBase64(Buffer.alloc(maxLeafLength, 0x7b))];
  assert.deepEqual([...readRangeLeaves([good, longest], room, refused).malformed.keys()], [1]);
  for (const bad of [
    ...[
      toBase64(Buffer.alloc(maxLeafLength + 1)),
      toBase64(Buffer.alloc(3 * maxLeafLength)),
      'AB==',
      'AAA',
      ' AAA',
      'AA-A',
    ],
    ...[5, null, undefined, [good], '=', '====', `${good}é`],
  ]) {
    const places: number[] = [];
    const refuse = (nth: number): never => {
      places.push(nth);
      throw new Error('refused');
    };
    assert.throws(() => readRangeLeaves([good, good, bad, 7], room, refuse), /^Error: refused$/);
    assert.deepEqual(places, [2]);
  }
  const nothing = readRangeLeaves([], room, refused);
  assert.deepEqual([nothing.length, nothing.hashes.length, nothing.malformed.size], [0, 0, 0]);
});

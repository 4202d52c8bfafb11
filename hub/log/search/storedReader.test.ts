/** Leaves read as they are packed, compared with each unpacked and read by itself: both results are equal for any row. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { leafText } from '../../../log/leafBytes.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { LeafPacker } from '../../../log/packing/packLeaf.ts';
import { partsOf } from '../../../log/packing/partsOf.ts';
import { unpackLeaf } from '../../../log/packing/unpackLeaf.ts';
import { leafOfThreeYears } from '../../../tests/leafOfThreeYears.ts';
import { leafOf } from '../store/storedLeaves.ts';
import { leafIn, followed, type FollowedLeaf } from './leaves.ts';
import { storedReader } from './storedReader.ts';

const packer = new LeafPacker();
const packedOf = (leaf: Leaf): Buffer => Buffer.from(packer.pack(Buffer.from(leafText(leaf), 'utf8')));
/** As a follower reads it by itself. */
const plainly = (stored: Uint8Array): FollowedLeaf | undefined => {
  const leaf = leafIn(leafOf(stored));
  return leaf && followed(leaf);
};
const reader = () => {
  const read = storedReader();
  return (stored: Buffer): { leaf: FollowedLeaf | undefined; byForm: boolean } => {
    // among other bytes, as the driver passes them
    const around = Buffer.concat([Buffer.of(1, 2), stored, Buffer.of(3)]);
    const { index, leaf } = read(17, around, 2, 2 + stored.length);
    assert.equal(index, 17);
    // unpacked entries have an id, which followers do not use
    return { leaf: leaf && followed(leaf), byForm: leaf !== undefined && !('id' in leaf) };
  };
};

const text = fc.constantFrom(
  ...[
    'YX-2026-000123',
    'YX-2026-1',
    '2026-11-000007',
    '云溪办〔2026〕12号',
    '𐀀',
    '',
    'a"b',
    'a\\b',
    '\n',
    '\u007f',
  ],
  ...[
    'clear',
    'clerk-7',
    '0192f0c1-9a3e-7c11-8d5e-2b7f3c9a1e04',
    '2026-10-01T00:00:00.000Z',
    'A'.repeat(43),
    'a'.repeat(32),
  ],
  ...['education', 'educationeducation', 'x'.repeat(300), '","matter":"', '}'],
);
const count = fc.constantFrom(0, 1, 2, 10, 12_345, 999_999_999_999_999, Number.MAX_SAFE_INTEGER);
const someLeaf = fc
  .record({
    nth: fc.nat({ max: 40 }),
    facts: fc.record(
      {
        at: fc.integer({ min: 0, max: 4e12 }).map((ms) => new Date(ms).toISOString()),
        matter: text,
        onBehalfOf: text,
        rows: fc.record({ delivered: count, withheld: count }),
        subjects: fc.record({ count, commitment: text }),
        stream: fc.record({
          id: text,
          state: fc.constantFrom('open' as const, 'part' as const),
          parts: count,
          bytes: count,
        }),
        approval: fc.record({ number: text, resource: fc.constant('人口'), sha256: text }),
        asked: count,
        request: text,
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ nth, facts }): Leaf => ({ ...leafOfThreeYears(nth), ...facts }));

/** Bytes of a row, mostly; some that were altered. */
const someRow = fc
  .tuple(someLeaf, fc.option(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 2 })), { freq: 2 }))
  .map(([leaf, change]) => {
    const stored = packedOf(leaf);
    if (change === null) return stored;
    const [place, byte, more] = change;
    const at = place % stored.length;
    return Buffer.concat([stored.subarray(0, at), Buffer.alloc(more, byte), stored.subarray(at + 1)]);
  });

test('one row after the other reads as it does by itself', () => {
  fc.assert(
    fc.property(fc.array(someRow, { minLength: 2, maxLength: 60 }), (rows) => {
      const read = reader();
      for (const stored of [...rows, ...rows]) assert.deepEqual(read(stored).leaf, plainly(stored));
    }),
    { numRuns: 300 },
  );
});

test('of rows that are alike each is read by itself where one is altered', () => {
  const matters = ['YX-2026-000123', '2026-09-17', '云溪办〔2026〕12号'];
  for (const [nth, matter] of matters.entries()) {
    const read = reader();
    const stored = packedOf({ ...leafOfThreeYears(7 * nth + 1), matter });
    // its leaf has to be learned first, then how it is packed
    for (const byForm of [false, false, true, true]) assert.equal(read(stored).byForm, byForm, matter);
    for (let at = 0; at < stored.length; at += 1)
      for (const byte of [
        0x00,
        0x01,
        0x22,
        0x30,
        0x31,
        0x5c,
        0x61,
        0x80,
        0xc3,
        0xff,
        (stored[at] ?? 0) ^ 1,
        (stored[at] ?? 0) ^ 0x10,
      ]) {
        const altered = Buffer.from(stored);
        altered[at] = byte;
        assert.deepEqual(read(altered).leaf, plainly(altered), `${at} ${byte}`);
      }
    for (const cut of [0, 1, 3, 100, stored.length - 1])
      assert.equal(read(stored.subarray(0, cut)).leaf, undefined);
    assert.equal(read(Buffer.concat([stored, stored])).leaf, undefined);
    assert.equal(read(stored).byForm, true);
  }
});

test('most calls of a city are read by what is alike in them; leaves that are not packed as ever', () => {
  const read = reader();
  let byForm = 0;
  const all = 8_000;
  for (let nth = 0; nth < all; nth += 1) {
    const leaf = leafOfThreeYears(nth);
    const one = read(packedOf(leaf));
    assert.deepEqual(one.leaf, followed(leaf));
    if (one.byForm) byForm += 1;
  }
  assert.ok(byForm > 0.4 * all, `${byForm} of ${all}`);
  const plain = Buffer.from(leafText(leafOfThreeYears(3)), 'utf8');
  for (let time = 0; time < 3; time += 1)
    assert.deepEqual(read(plain), { leaf: followed(leafOfThreeYears(3)), byForm: false });
});

test('the parts of a packed leaf are reported as they are unpacked', () => {
  fc.assert(
    fc.property(someLeaf, (leaf) => {
      const stored = packedOf(leaf);
      const parts = partsOf(stored);
      const bytes = Buffer.from(unpackLeaf(stored) ?? []);
      let [at, from] = [3, 0];
      for (const part of parts) {
        assert.deepEqual([part.at, part.from], [at, from]);
        if (part.kind === 'copy')
          assert.ok(
            bytes.subarray(part.from, part.to).equals(bytes.subarray(part.of, part.of + part.to - part.from)),
          );
        if (part.kind === 'run')
          assert.ok(bytes.subarray(part.from, part.to).equals(stored.subarray(part.body, part.end)));
        [at, from] = [part.end, part.to];
      }
      assert.deepEqual([at, from], [stored.length, bytes.length]);
    }),
    { numRuns: 500 },
  );
});

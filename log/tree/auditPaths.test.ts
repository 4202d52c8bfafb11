import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { leafHash } from '../hash.ts';
import { AuditPaths } from './auditPaths.ts';
import { LeafTree } from './leafTree.ts';
import { isIncluded } from './verifyProof.ts';

const leaves = Array.from({ length: 70 }, (_, i) => leafHash(Buffer.from(`entry ${i}`)));

test('many paths are judged as each alone would be, in any order, sound or altered', () => {
  const requested = fc.record({
    index: fc.nat({ max: 69 }),
    leaf: fc.nat({ max: 69 }),
    altered: fc.option(fc.record({ place: fc.nat({ max: 7 }), by: fc.nat({ max: 69 }) }), { freq: 3 }),
    cut: fc.constantFrom(0, 0, 0, 0, 1, -1),
    honest: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.array(requested, { maxLength: 40 }), (size, all) => {
      const tree = new LeafTree(leaves.slice(0, size));
      const root = tree.root();
      const paths = new AuditPaths(size, root);
      for (const { index: wanted, leaf, altered, cut, honest } of all) {
        const index = wanted % size;
        const hash = leaves[honest ? index : leaf] ?? Buffer.alloc(32);
        const path = tree.inclusionProof(index);
        if (altered !== null && path.length > 0)
          path[altered.place % path.length] = leaves[altered.by] ?? Buffer.alloc(32);
        if (cut === 1) path.pop();
        if (cut === -1) path.push(Buffer.alloc(32));
        assert.equal(paths.includes(index, hash, path), isIncluded(index, size, hash, path, root));
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a whole log in order is proven, and nothing that is no index', () => {
  for (const size of [1, 2, 3, 33, 64, 70]) {
    const tree = new LeafTree(leaves.slice(0, size));
    const paths = new AuditPaths(size, tree.root());
    for (let index = 0; index < size; index += 1)
      assert.ok(paths.includes(index, leaves[index] ?? Buffer.alloc(32), tree.inclusionProof(index)));
    for (const index of [-1, size, 0.5, Number.NaN, 2 ** 53])
      assert.equal(paths.includes(index, leaves[0] ?? Buffer.alloc(32), tree.inclusionProof(0)), false);
  }
});

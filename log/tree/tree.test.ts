import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { leafHash } from '../hash.ts';
import { extendByHashes, extendByLeaves } from './extendTree.ts';
import { emptyTree, growTree, packFrontier, unpackTree } from './growTree.ts';
import { LeafTree } from './leafTree.ts';
import { isConsistent, isIncluded, rootOfPath } from './verifyProof.ts';

/** RFC 6962 §2.1, word for word and on its own: nothing here calls the product's code. */
const sha = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));
function mth(d: readonly Uint8Array[]): Buffer {
  const [only] = d;
  if (only === undefined) return sha();
  if (d.length === 1) return sha(Buffer.of(0), only);
  const k = split(d.length);
  return sha(Buffer.of(1), mth(d.slice(0, k)), mth(d.slice(k)));
}
function path(m: number, d: readonly Uint8Array[]): Buffer[] {
  if (d.length === 1) return [];
  const k = split(d.length);
  return m < k
    ? [...path(m, d.slice(0, k)), mth(d.slice(k))]
    : [...path(m - k, d.slice(k)), mth(d.slice(0, k))];
}
function subproof(m: number, d: readonly Uint8Array[], whole: boolean): Buffer[] {
  if (m === d.length) return whole ? [] : [mth(d)];
  const k = split(d.length);
  return m <= k
    ? [...subproof(m, d.slice(0, k), whole), mth(d.slice(k))]
    : [...subproof(m - k, d.slice(k), false), mth(d.slice(0, k))];
}
const leaves = (n: number): Buffer[] => Array.from({ length: n }, (_, i) => Buffer.from(`leaf ${i}`));
const hex = (hashes: readonly Uint8Array[]): string[] =>
  hashes.map((hash) => Buffer.from(hash).toString('hex'));

describe('tree against the recursive definition of RFC 6962', () => {
  test('any sequence of batches gives the root, frontier and every path', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 23 }), { maxLength: 7 }), (batches) => {
        let state = emptyTree;
        const all: Buffer[] = [];
        for (const batch of batches) {
          const more = leaves(all.length + batch).slice(all.length);
          const from = all.length;
          const growth = growTree(state, more.map(leafHash));
          all.push(...more);
          assert.deepEqual(hex([growth.state.root]), hex([mth(all)]));
          for (let i = from; i < all.length; i += 1)
            assert.deepEqual(hex(growth.pathOf(i)), hex(path(i, all)));
          state = unpackTree(growth.state.size, packFrontier(growth.state.frontier));
          assert.deepEqual(hex([state.root]), hex([mth(all)]));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('very many leaves at once give the same tree, from any size, as leaves and as hashes', () => {
    const all = leaves(5_000);
    for (const [from, to] of [
      [0, 0],
      [0, 1],
      [0, 1_024],
      [1, 2_500],
      [1_023, 1_025],
      [1_024, 5_000],
      [3_007, 4_999],
    ] as const) {
      const before = growTree(emptyTree, all.slice(0, from).map(leafHash)).state;
      const added = all.slice(from, to);
      const { root, frontier } = growTree(before, added.map(leafHash)).state;
      for (const grown of [extendByLeaves(before, added), extendByHashes(before, added.map(leafHash))]) {
        assert.equal(grown.size, to);
        assert.deepEqual(hex([grown.root, ...grown.frontier]), hex([root, ...frontier]));
      }
      assert.deepEqual(hex([root]), hex([mth(all.slice(0, to))]));
    }
  });

  test('every proof of every tree up to 40 leaves is the definition’s, and holds', () => {
    const all = leaves(40);
    const tree = new LeafTree(all.map(leafHash));
    for (let n = 1; n <= all.length; n += 1) {
      const d = all.slice(0, n);
      const root = tree.root(n);
      assert.deepEqual(hex([root]), hex([mth(d)]));
      for (let i = 0; i < n; i += 1) {
        const proof = tree.inclusionProof(i, n);
        assert.deepEqual(hex(proof), hex(path(i, d)));
        assert.ok(isIncluded(i, n, leafHash(d[i] ?? Buffer.of()), proof, root));
      }
      for (let m = 1; m <= n; m += 1) {
        const proof = tree.consistencyProof(m, n);
        assert.deepEqual(hex(proof), hex(subproof(m, d, true)));
        assert.ok(isConsistent({ size: m, root: tree.root(m) }, { size: n, root }, proof), `${m} → ${n}`);
      }
    }
  });
});

describe('proofs that are not the proof', () => {
  test('another index, size, leaf or path never leads to the root', () => {
    const tree = new LeafTree(leaves(21).map(leafHash));
    const root = tree.root();
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.nat(25),
        fc.nat(25),
        fc.constantFrom('drop', 'double', 'flip', 'swap', 'none'),
        fc.nat(4),
        (index, claimedIndex, claimedSize, change, at) => {
          const proof = tree.inclusionProof(index);
          const altered = alter(proof, change, at);
          const same =
            claimedIndex === index && claimedSize === 21 && hex(altered).join() === hex(proof).join();
          const leaf = leafHash(Buffer.from(`leaf ${index}`));
          const holds = isIncluded(claimedIndex, claimedSize, leaf, altered, root);
          // a path fits more than one (index, size) of the same shape; what it must never do is hold with other hashes
          if (same) assert.ok(holds);
          else if (change !== 'none' && hex(altered).join() !== hex(proof).join()) assert.ok(!holds);
          else if (claimedSize === 21) assert.equal(holds, claimedIndex === index);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a fork, a cut tail and a changed leaf are not consistent', () => {
    const honest = new LeafTree(leaves(30).map(leafHash));
    const forked = new LeafTree([...leaves(17), Buffer.from('other'), ...leaves(30).slice(18)].map(leafHash));
    for (let m = 1; m < 30; m += 1) {
      const older = { size: m, root: honest.root(m) };
      const newer = { size: 30, root: forked.root() };
      const holds = isConsistent(older, newer, forked.consistencyProof(m));
      assert.equal(holds, m <= 17);
      assert.ok(!isConsistent({ size: 30, root: honest.root() }, { size: m, root: honest.root(m) }, []));
    }
  });

  test('hostile sizes are answered, not computed', () => {
    const hash = leafHash(Buffer.of());
    for (const size of [-1, 0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      assert.equal(rootOfPath(0, size, hash, []), undefined);
      assert.equal(rootOfPath(size, 2 ** 40, hash, [hash]), undefined);
      assert.ok(!isConsistent({ size, root: hash }, { size: 2, root: hash }, [hash]));
    }
    assert.throws(() => unpackTree(3, Buffer.alloc(32)), RangeError);
  });
});

function alter(proof: readonly Uint8Array[], change: string, at: number): Uint8Array[] {
  const altered = proof.map((hash) => Uint8Array.from(hash));
  const where = at % proof.length;
  const [first, second] = [altered[where], altered[(where + 1) % proof.length]];
  if (change === 'drop') altered.splice(where, 1);
  if (change === 'double' && first !== undefined) altered.splice(where, 0, first);
  if (change === 'flip' && first !== undefined) first[at % 32] = (first[at % 32] ?? 0) ^ 1;
  if (change === 'swap' && first !== undefined && second !== undefined) {
    altered[where] = second;
    altered[(where + 1) % proof.length] = first;
  }
  return altered;
}

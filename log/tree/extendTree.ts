/** Extends a tree by very many leaves without audit paths, for verifiers that read a log from its first entry to its last. */
import { foldHashes, hashLength, leafHashInto, nodeHash } from '../hash.ts';
import { foldFrontier, type TreeState } from './growTree.ts';

/** Leaves of the largest subtree that is hashed at once. */
const widest = 1024;
/** The tree with these leaves appended. The given state is not changed. */
export const extendByLeaves = (before: TreeState, leaves: readonly Uint8Array[]): TreeState =>
  extend(before, leaves.length, (nth, into, at) => leafHashInto(leaves[nth] ?? noLeaf, into, at));

/** The same for known leaf hashes. */
export const extendByHashes = (before: TreeState, leafHashes: readonly Uint8Array[]): TreeState =>
  extend(before, leafHashes.length, (nth, into, at) => into.set(leafHashes[nth] ?? noLeaf, at));

/** The same for concatenated hashes. */
export const extendByPacked = (before: TreeState, leafHashes: Buffer): TreeState =>
  extend(before, leafHashes.length / hashLength, (nth, into, at) =>
    leafHashes.copy(into, at, nth * hashLength, (nth + 1) * hashLength),
  );

const noLeaf = new Uint8Array(0);

function extend(
  before: TreeState,
  leaves: number,
  put: (nth: number, into: Buffer, at: number) => void,
): TreeState {
  // the first byte is reserved for `foldHashes`
  const hashes = Buffer.alloc(1 + Math.min(widest, leaves) * hashLength);
  let { size } = before;
  const frontier = [...before.frontier];
  for (let from = 0; from < leaves;) {
    const width = widthAt(size, leaves - from);
    for (let nth = 0; nth < width; nth += 1) put(from + nth, hashes, 1 + nth * hashLength);
    let root = foldHashes(hashes, width);
    // like adding 1 to a binary number: each preceding subtree of the same width becomes half of the next
    for (let rest = size / width; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      root = nodeHash(frontier.pop() ?? root, root);
    }
    frontier.push(root);
    size += width;
    from += width;
  }
  return { size, root: foldFrontier(frontier), frontier };
}

/** The widest complete subtree that may begin at a size, with this many leaves available. */
function widthAt(size: number, leaves: number): number {
  let width = 1;
  while (2 * width <= Math.min(widest, leaves) && size % (2 * width) === 0) width *= 2;
  return width;
}

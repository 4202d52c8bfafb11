/**
 * The subtrees of a proof. A proof is a list of roots of leaf ranges; it can be computed from the leaves or the tiles. RFC 6962 §2.1.1
 * (audit paths) and §2.1.2 (consistency proofs).
 */

/** Leaves first … end − 1. */
export interface LeafRange {
  readonly first: number;
  readonly end: number;
}

/** The largest power of two smaller than n (n ≥ 2). */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/**
 * Audit path of one leaf, its sibling first.
 * @throws RangeError unless 0 ≤ index < size
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new RangeError('no such leaf');
  const path: LeafRange[] = [];
  let first = 0;
  let end = size;
  while (end - first > 1) {
    const middle = first + split(end - first);
    if (index < middle) {
      path.push({ first: middle, end });
      end = middle;
    } else {
      path.push({ first, end: middle });
      first = middle;
    }
  }
  return path.reverse();
}

/**
 * Consistency proof from a tree of `from` leaves to one of `size` leaves; empty when they are equal or the older is empty.
 * @throws RangeError unless 0 ≤ from ≤ size
 */
export function consistencyRanges(from: number, size: number): LeafRange[] {
  if (!Number.isSafeInteger(from) || from < 0 || from > size) throw new RangeError('no such older tree');
  if (from === 0) return [];
  const proof: LeafRange[] = [];
  let first = 0;
  let end = size;
  let whole = true;
  while (from !== end) {
    const middle = first + split(end - first);
    if (from <= middle) {
      proof.push({ first: middle, end });
      end = middle;
    } else {
      proof.push({ first, end: middle });
      first = middle;
      whole = false;
    }
  }
  if (!whole) proof.push({ first, end });
  return proof.reverse();
}

/** A complete subtree of 2^height leaves, the index-th of its height. */
export interface TreeNode {
  readonly height: number;
  readonly index: number;
}

/** The complete subtrees of a range of a proof, largest first; `foldFrontier` over their hashes is the range's root. */
export function nodesOf({ first, end }: LeafRange): TreeNode[] {
  const nodes: TreeNode[] = [];
  let at = first;
  while (at < end) {
    let height = 0;
    let leaves = 1;
    while (at % (leaves * 2) === 0 && at + leaves * 2 <= end) {
      height += 1;
      leaves *= 2;
    }
    nodes.push({ height, index: at / leaves });
    at += leaves;
  }
  return nodes;
}

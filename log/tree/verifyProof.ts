/** Verification of proofs: RFC 9162 §2.1.3.2 and §2.1.4.2. Sizes are safe integers; no bit operators, which would cut them to 32 bits. */
import { emptyRoot, nodeHash, sameHash } from '../hash.ts';

const half = (n: number): number => Math.floor(n / 2);
const odd = (n: number): boolean => n % 2 === 1;

/** The root to which an audit path leads, undefined if the path does not fit index and size. */
export function rootOfPath(
  index: number,
  size: number,
  leaf: Uint8Array,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size)
    return undefined;
  let node = index;
  let last = size - 1;
  let root = leaf;
  for (const hash of path) {
    if (last === 0) return undefined;
    if (odd(node) || node === last) {
      root = nodeHash(hash, root);
      while (!odd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      root = nodeHash(root, hash);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 ? root : undefined;
}

/** Whether the leaf (its hash) is at that index of the tree. */
export function isIncluded(
  index: number,
  size: number,
  leaf: Uint8Array,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  const found = rootOfPath(index, size, leaf, path);
  return found !== undefined && sameHash(found, root);
}

export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whether the newer tree is the older one with leaves appended. Every tree is consistent with the empty one. */
export function isConsistent(older: TreeHead, newer: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (!Number.isSafeInteger(older.size) || !Number.isSafeInteger(newer.size)) return false;
  if (older.size < 0 || older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && sameHash(older.root, newer.root);
  if (older.size === 0) return proof.length === 0 && sameHash(older.root, emptyRoot);
  return climb(older, newer, proof);
}

function climb(older: TreeHead, newer: TreeHead, proof: readonly Uint8Array[]): boolean {
  let node = older.size - 1;
  let last = newer.size - 1;
  while (odd(node)) {
    node = half(node);
    last = half(last);
  }
  // a complete older tree is the first step itself
  const [start, ...steps] = node === 0 ? [older.root, ...proof] : proof;
  if (start === undefined) return false;
  let oldRoot = start;
  let newRoot = start;
  for (const hash of steps) {
    if (last === 0) return false;
    if (odd(node) || node === last) {
      oldRoot = nodeHash(hash, oldRoot);
      newRoot = nodeHash(hash, newRoot);
      while (!odd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      newRoot = nodeHash(newRoot, hash);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && sameHash(oldRoot, older.root) && sameHash(newRoot, newer.root);
}

/**
 * Verifies many audit paths to one root. Adjacent entries share most of their paths, so nodes proven by one path need not be hashed again.
 * A path that reaches a proven pair of nodes is compared with that path's rest. Ascending indexes cost one or two hashes each.
 */
import { nodeHash, sameHash } from '../hash.ts';

/** Two nodes below one proven parent, the last ones proven at their height. */
interface Pair {
  readonly parent: number;
  readonly left: Uint8Array;
  readonly right: Uint8Array;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a === b || sameHash(a, b);

const isIndex = (index: number, size: number): boolean =>
  Number.isSafeInteger(index) && index >= 0 && index < size;

/** The hash above the pair that was proven last; the leaf's own where none was. */
const parentHash = (below: Pair | undefined, leaf: Uint8Array): Uint8Array =>
  below === undefined ? leaf : nodeHash(below.left, below.right);

/** @param right whether the node itself is the right one */
const pairOf = (parent: number, right: boolean, own: Uint8Array, sibling: Uint8Array): Pair =>
  right ? { parent, left: sibling, right: own } : { parent, left: own, right: sibling };

/** Whether a proven pair has the node and its sibling. @param own undefined: the node's hash is proven already */
function agrees(known: Pair, right: boolean, own: Uint8Array | undefined, sibling: Uint8Array): boolean {
  const [provenOwn, provenSibling] = right ? [known.right, known.left] : [known.left, known.right];
  return (own === undefined || same(own, provenOwn)) && same(sibling, provenSibling);
}

export class AuditPaths {
  private readonly size: number;
  private readonly root: Uint8Array;
  /** by height */
  private readonly proven: (Pair | undefined)[] = [];

  constructor(size: number, root: Uint8Array) {
    this.size = size;
    this.root = root;
  }

  /** Whether the leaf (its hash) is at that index. Same result as `isIncluded`, RFC 9162 §2.1.3.2. */
  includes(index: number, leaf: Uint8Array, path: readonly Uint8Array[]): boolean {
    if (!isIndex(index, this.size)) return false;
    const found: [height: number, pair: Pair][] = [];
    let node = index;
    let last = this.size - 1;
    let height = 0;
    /** the node's own hash, undefined if it equals that of the proven pair below */
    let hash: Uint8Array | undefined = leaf;
    let below: Pair | undefined;
    for (const sibling of path) {
      if (last === 0) return false;
      const right = node % 2 === 1 || node === last;
      // a node without a sibling at its height represents its lowest ancestor with a left sibling
      while (right && node % 2 === 0) {
        node /= 2;
        last = Math.floor(last / 2);
        height += 1;
      }
      const parent = Math.floor(node / 2);
      const known = this.proven[height];
      if (known?.parent === parent) {
        if (!agrees(known, right, hash, sibling)) return false;
        hash = undefined;
        below = known;
      } else {
        const pair = pairOf(parent, right, hash ?? parentHash(below, leaf), sibling);
        found.push([height, pair]);
        hash = nodeHash(pair.left, pair.right);
      }
      node = parent;
      last = Math.floor(last / 2);
      height += 1;
    }
    if (last !== 0 || (hash !== undefined && !same(hash, this.root))) return false;
    for (const [place, pair] of found) this.proven[place] = pair;
    return true;
  }
}

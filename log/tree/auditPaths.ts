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
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.size) return false;
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
        const [own, other] = right ? [known.right, known.left] : [known.left, known.right];
        if (hash !== undefined && !same(hash, own)) return false;
        if (!same(sibling, other)) return false;
        hash = undefined;
        below = known;
      } else {
        const own = hash ?? (below === undefined ? leaf : nodeHash(below.left, below.right));
        const pair: Pair = right
          ? { parent, left: sibling, right: own }
          : { parent, left: own, right: sibling };
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

/** A tree stored completely in memory, for packs, tests and checks of a full range of leaves. */
import { emptyRoot, nodeHash } from '../hash.ts';
import { foldFrontier } from './growTree.ts';
import { consistencyRanges, inclusionRanges, nodesOf, type LeafRange } from './proofRanges.ts';

export class LeafTree {
  /** complete nodes by height; those of height 0 are the leaf hashes */
  private readonly levels: Uint8Array[][] = [[]];

  constructor(leafHashes: Iterable<Uint8Array> = []) {
    for (const hash of leafHashes) this.append(hash);
  }

  get size(): number {
    return this.levels[0]?.length ?? 0;
  }

  append(leaf: Uint8Array): void {
    let hash = leaf;
    for (let height = 0; ; height += 1) {
      const level = (this.levels[height] ??= []);
      level.push(hash);
      if (level.length % 2 === 1) return;
      hash = nodeHash(level.at(-2) ?? emptyRoot, hash);
    }
  }

  /** Root of the first `size` leaves. @throws RangeError when there are fewer */
  root(size: number = this.size): Uint8Array {
    if (size > this.size) throw new RangeError('fewer leaves');
    return this.rootOf({ first: 0, end: size });
  }

  /** Audit path of a leaf in the tree of the first `size` leaves. @throws RangeError */
  inclusionProof(index: number, size: number = this.size): Uint8Array[] {
    if (size > this.size) throw new RangeError('fewer leaves');
    return inclusionRanges(index, size).map((range) => this.rootOf(range));
  }

  /** @throws RangeError */
  consistencyProof(from: number, size: number = this.size): Uint8Array[] {
    if (size > this.size) throw new RangeError('fewer leaves');
    return consistencyRanges(from, size).map((range) => this.rootOf(range));
  }

  private rootOf(range: LeafRange): Uint8Array {
    return foldFrontier(nodesOf(range).map(({ height, index }) => this.levels[height]?.[index] ?? emptyRoot));
  }
}

/** Proofs from what the database stores: tiles where they have been derived, leaf hashes elsewhere. */
import { foldFrontier } from '../../log/tree/growTree.ts';
import { consistencyRanges, inclusionRanges, nodesOf, type LeafRange } from '../../log/tree/proofRanges.ts';
import { LeafTree } from '../../log/tree/leafTree.ts';
import { entryHashes } from '../store/auditSeen.ts';
import type { Reader } from '../store/reader.ts';

/** Audit path of an entry in the tree of the first `size`, its sibling first. @throws RangeError where entries are missing */
export async function proofFromStore(reader: Reader, index: number, size: number): Promise<Uint8Array[]> {
  return rangeRoots(reader, inclusionRanges(index, size));
}

/** Consistency proof from the tree of the first `from` entries to that of the first `size`. @throws RangeError */
export async function consistencyFromStore(
  reader: Reader,
  from: number,
  size: number,
): Promise<Uint8Array[]> {
  return rangeRoots(reader, consistencyRanges(from, size));
}

async function rangeRoots(reader: Reader, ranges: readonly LeafRange[]): Promise<Uint8Array[]> {
  const roots: Uint8Array[] = [];
  for (const range of ranges) roots.push(await rangeRoot(reader, range));
  return roots;
}

async function rangeRoot(reader: Reader, range: LeafRange): Promise<Uint8Array> {
  const hashes: Uint8Array[] = [];
  for (const node of nodesOf(range)) {
    const leaves = 2 ** node.height;
    const first = node.index * leaves;
    const stored = await entryHashes(reader, first, first + leaves);
    if (stored.length !== leaves) throw new RangeError('entries are missing');
    hashes.push(new LeafTree(stored).root());
  }
  return foldFrontier(hashes);
}

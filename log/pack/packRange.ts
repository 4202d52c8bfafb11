/**
 * A range of the log without gaps: the leaves, the frontier of the tree of the entries before, and the consistency proof from their end.
 * One proof serves all leaves: the frontier with the leaves appended must be a state with which the checkpoint is consistent.
 */
import { toBase64, type Base64Decoder } from '../base64.ts';
import { maxLeafLength } from '../leafBytes.ts';
import { extendByLeaves, extendByPacked } from '../tree/extendTree.ts';
import { packFrontier, unpackTree, type TreeState } from '../tree/growTree.ts';
import type { RangeLeaves } from './rangeLeaves.ts';
import { isConsistent, type TreeHead } from '../tree/verifyProof.ts';

export interface PackRange {
  /** index of the first leaf */
  readonly first: number;
  /** roots of the subtrees of the entries before, largest first, concatenated */
  readonly frontier: Uint8Array;
  readonly leaves: readonly Uint8Array[];
  /** consistency proof (RFC 6962 §2.1.2) from the end of the range to the checkpoint's size */
  readonly proof: readonly Uint8Array[];
}

/** A range read from its file. */
export interface ReadRange extends Omit<PackRange, 'leaves'> {
  readonly leaves: RangeLeaves;
}

export interface PackRangeFile {
  readonly first: number;
  readonly frontier: string;
  readonly leaves: readonly string[];
  readonly proof: readonly string[];
}

export const packRangeFile = ({ first, frontier, leaves, proof }: PackRange): PackRangeFile => ({
  first,
  frontier: toBase64(frontier),
  leaves: leaves.map(toBase64),
  proof: proof.map(toBase64),
});

/** @param hashes of the frontier, the largest subtree first */
export const packRange = (
  first: number,
  hashes: readonly Uint8Array[],
  leaves: readonly Uint8Array[],
  proof: readonly Uint8Array[],
): PackRange => ({ first, frontier: packFrontier(hashes), leaves, proof });

/** The leaf in a text, undefined if it is not one. */
export function packedLeaf(text: unknown, decoder: Base64Decoder): Buffer | undefined {
  const bytes = typeof text === 'string' ? decoder.decode(text) : undefined;
  return bytes === undefined || bytes.length > maxLeafLength ? undefined : bytes;
}

/** Whether the log of this head contains exactly these leaves at these indexes. */
export const isRangeIncluded = (range: PackRange, head: TreeHead): boolean =>
  isIncluded(range, head, (before) => extendByLeaves(before, range.leaves));

/** The same for a range read from its file. */
export const isReadRangeIncluded = (range: ReadRange, head: TreeHead): boolean =>
  isIncluded(range, head, (before) => extendByPacked(before, range.leaves.hashes));

function isIncluded(
  { first, frontier, leaves, proof }: PackRange | ReadRange,
  head: TreeHead,
  extend: (before: TreeState) => TreeState,
): boolean {
  if (leaves.length === 0 || first + leaves.length > head.size) return false;
  let before;
  try {
    before = unpackTree(first, frontier);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  return isConsistent(extend(before), head, proof);
}

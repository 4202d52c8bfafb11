/** Roots of complete subtrees of a Merkle tree, four inner nodes at a time. */
import { lanes, openLanes } from './openLanes.ts';
import { maxValues, places } from './sha256Lanes.ts';

const hashLength = 32;

/**
 * @returns a function that computes the root (RFC 6962 §2.1) of a power of two of concatenated hashes, at most 1,024; undefined without
 *   SIMD
 */
export function foldLanes(): ((hashes: Uint8Array) => Buffer) | undefined {
  const opened = openLanes();
  if (opened === undefined) return undefined;
  const bytes = new Uint8Array(opened.memory, places.values, maxValues * hashLength);
  return (hashes) => {
    bytes.set(hashes);
    for (let width = hashes.length / hashLength; width > 1; width /= 2)
      opened.nodes(Math.ceil(width / 2 / lanes));
    return Buffer.from(bytes.subarray(0, hashLength));
  };
}

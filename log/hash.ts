/**
 * Hashing of the Merkle tree, RFC 6962 §2.1: leaves and inner nodes have different first bytes, so neither can be passed off as the other.
 */
import { hash } from 'node:crypto';
import { lazily } from '../terms/lazily.ts';
import { foldLanes } from './lanes/foldLanes.ts';

/** Bytes of one SHA-256 hash. */
export const hashLength = 32;

/** SHA-256. (Returning a digest as binary text and copying it costs half of returning a buffer.) */
export const sha256 = (bytes: Uint8Array): Buffer => Buffer.from(hash('sha256', bytes, 'binary'), 'binary');

/** SHA-256 written into a target: with millions of hashes, allocating a buffer costs as much as its hash. */
export function sha256Into(bytes: Uint8Array, into: Buffer, at: number): void {
  into.write(hash('sha256', bytes, 'binary'), at, hashLength, 'binary');
}

/** The root of the tree without leaves. */
export const emptyRoot: Buffer = sha256(new Uint8Array());

/** SHA-256(0x00 ‖ leaf). */
export function leafHash(leaf: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(leaf.length + 1);
  input[0] = 0;
  input.set(leaf, 1);
  return sha256(input);
}

let room = Buffer.alloc(4096);

/** The same, written into `into` at an offset. */
export function leafHashInto(leaf: Uint8Array, into: Buffer, at: number): void {
  if (room.length <= leaf.length) room = Buffer.alloc(2 * leaf.length + 1);
  room.set(leaf, 1);
  sha256Into(room.subarray(0, leaf.length + 1), into, at);
}

const pair = Buffer.alloc(1 + 2 * hashLength, 1);

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + hashLength);
  return sha256(pair);
}

const lanes = lazily(foldLanes);
/** With fewer hashes, the call overhead exceeds the gain of hashing four at a time. */
const minForLanes = 8;

/**
 * Root of a complete subtree of 2^n hashes, at most 1,024, concatenated from the buffer's second byte on. They may be overwritten: each
 * pair is hashed in place, and the byte before it is then free for the prefix of an inner node.
 */
export function foldHashes(hashes: Buffer, count: number): Buffer {
  const fold = count < minForLanes ? undefined : lanes();
  if (fold !== undefined) return fold(hashes.subarray(1, 1 + count * hashLength));
  for (let width = count; width > 1; width /= 2) {
    for (let nth = 0; 2 * nth < width; nth += 1) {
      const at = 2 * nth * hashLength;
      hashes[at] = 1;
      sha256Into(hashes.subarray(at, at + 1 + 2 * hashLength), hashes, 1 + nth * hashLength);
    }
  }
  return Buffer.from(hashes.subarray(1, 1 + hashLength));
}

/** Whether two hashes are the same bytes. (Hashes are public: no constant time is needed.) */
export const sameHash = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

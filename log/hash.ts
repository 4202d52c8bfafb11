/** Hashing of the Merkle tree, RFC 6962 §2.1: leaves and inner nodes have different first bytes, so neither can pass for the other. */
import { hash } from 'node:crypto';

/** Bytes of one SHA-256 hash. */
export const hashLength = 32;

/** SHA-256. (A digest handed over as binary text and copied costs half of one handed over as a buffer.) */
export const sha256 = (bytes: Uint8Array): Buffer => Buffer.from(hash('sha256', bytes, 'binary'), 'binary');

/** The root of the tree without leaves. */
export const emptyRoot: Buffer = sha256(new Uint8Array());

/** SHA-256(0x00 ‖ leaf). */
export function leafHash(leaf: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(leaf.length + 1);
  input[0] = 0;
  input.set(leaf, 1);
  return sha256(input);
}

const pair = Buffer.alloc(1 + 2 * hashLength, 1);

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + hashLength);
  return sha256(pair);
}

/** Whether two hashes are the same bytes. (Hashes are public: no constant time is needed.) */
export const sameHash = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** HMACs of very many short values under one key, by one-shot hashes: initializing an HMAC costs more than hashing an identifier. */
import { createHmac, hash } from 'node:crypto';

/** Bytes of a block of SHA-256 and of SM3. */
export const block = 64;
/** Maximum length (in bytes) of a value of the fast path; identifiers are far shorter. */
export const longest = 256;

/**
 * HMAC-SHA-256 (RFC 2104) of short bytes under one key.
 * @param key at most 64 bytes @param prefix common prefix of all values @param room bytes of prefix and value on the fast path
 */
export function hmacBytes(key: Uint8Array, prefix = '', room = longest): (bytes: Uint8Array) => Buffer {
  const inner = padded(key, 0x36, room);
  const outer = padded(key, 0x5c, 32);
  const start = block + inner.write(prefix, block, 'utf8');
  return (bytes) => {
    const end = start + bytes.length;
    if (end > inner.length) return createHmac('sha256', key).update(prefix).update(bytes).digest();
    inner.set(bytes, start);
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), block, 'binary');
    return Buffer.from(hash('sha256', outer, 'binary'), 'binary');
  };
}

/**
 * The same for very many values, without a byte array for each: the first bytes are written into the caller's target.
 * @param length retained bytes @returns a function that takes a range of a buffer, and the target
 */
export function hmacInto(
  key: Uint8Array,
  length: number,
): (bytes: Uint8Array, from: number, to: number, into: Buffer, at: number) => void {
  const inner = padded(key, 0x36, longest);
  const outer = padded(key, 0x5c, 32);
  /** the input of the inner hash, for values of one length */
  let hashed = inner.subarray(0, block);
  return (bytes, from, to, into, at) => {
    const end = block + to - from;
    if (end > inner.length) {
      createHmac('sha256', key).update(bytes.subarray(from, to)).digest().copy(into, at, 0, length);
      return;
    }
    if (hashed.length !== end) hashed = inner.subarray(0, end);
    for (let i = from; i < to; i += 1) inner[block + i - from] = bytes[i] ?? 0;
    outer.write(hash('sha256', hashed, 'binary'), block, 'binary');
    into.write(hash('sha256', outer, 'binary'), at, length, 'binary');
  };
}

/**
 * A key as HMAC hashes it, K ⊕ pad, followed by space for the hashed value.
 * @param pad 0x36 for the inner hash, 0x5c for the outer (RFC 2104 §2) @throws RangeError for a key longer than a block
 */
export function padded(key: Uint8Array, pad: number, room: number): Buffer {
  if (key.length > block) throw new RangeError('an HMAC key longer than a block is hashed first');
  const bytes = Buffer.alloc(block + room);
  for (let i = 0; i < block; i += 1) bytes[i] = (key[i] ?? 0) ^ pad;
  return bytes;
}

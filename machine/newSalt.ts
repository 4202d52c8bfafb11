import { randomFillSync } from 'node:crypto';
import { saltLength } from '../log/commitment.ts';

/** Random bytes are fetched many at a time: a salt is a slice of them. */
const pool = Buffer.alloc(4096);
let used = pool.length;

/** The salt of a commitment: 128 random bits. */
export function newSalt(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const salt = Uint8Array.prototype.slice.call(pool, used, used + saltLength);
  used += saltLength;
  return salt;
}

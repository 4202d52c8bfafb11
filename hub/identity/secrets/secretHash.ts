import { createHash, timingSafeEqual } from 'node:crypto';

/** Hex SHA-256. Codes and tokens are random (100 bits and more), so neither salt nor a slow hash adds anything. */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares two hex hashes in a time that does not tell where they differ. */
export function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')];
  return a.length === 32 && b.length === 32 && timingSafeEqual(a, b);
}

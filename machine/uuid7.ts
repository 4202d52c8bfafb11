import { randomUUID } from 'node:crypto';

/**
 * A UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then the random bits, and the variant, of a random UUID. Ids sort in
 * the order of their creation, so an index over them grows at its right edge.
 * @param now Unix time in milliseconds
 */
export function uuid7(now: number): string {
  const time = Math.floor(now).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** When a UUID version 7 was made, Unix milliseconds. */
export const timeOfUuid7 = (id: string): number => Number.parseInt(`${id.slice(0, 8)}${id.slice(9, 13)}`, 16);

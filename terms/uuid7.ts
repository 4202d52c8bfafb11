const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const pool = new Uint8Array(4096);
let used = pool.length;

/**
 * A uuid version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random bits. Ids made in time order sort in time order,
 * so an index over them grows at its right edge.
 * @param now Unix time in milliseconds
 */
export function uuid7(now: number): string {
  if (used + 10 > pool.length) {
    globalThis.crypto.getRandomValues(pool);
    used = 0;
  }
  const at = (offset: number): number => pool[used + offset] ?? 0;
  const h = (byte: number): string => hex[byte & 0xff] ?? '';
  const high = Math.floor(now / 0x10000);
  const text =
    `${h(high >>> 24)}${h(high >>> 16)}${h(high >>> 8)}${h(high)}-` +
    `${h(Math.floor(now / 256))}${h(now % 256)}-` +
    `7${h(at(0)).slice(1)}${h(at(1))}-${h((at(2) & 0x3f) | 0x80)}${h(at(3))}-` +
    `${h(at(4))}${h(at(5))}${h(at(6))}${h(at(7))}${h(at(8))}${h(at(9))}`;
  used += 10;
  return text;
}

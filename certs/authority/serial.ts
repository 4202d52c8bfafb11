import { randomBytes } from 'node:crypto';

/**
 * A random serial of 16 bytes as lower-case hex. The first byte is 0x40–0x7f, so the DER integer has neither a sign nor a leading zero
 * and every tool prints the same 32 digits.
 */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.toString('hex');
}

/** Serials as compared in the product: lower-case hex without leading zeros (openssl and Node print upper case). */
export function serialOf(text: string): string {
  return text.toLowerCase().replace(/^0+(?=.)/, '');
}

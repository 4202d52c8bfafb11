/**
 * A serial of 16 random bytes as lower-case hex. The first byte is 0x40–0x7f, so the DER integer has neither a sign nor a leading zero
 * and every tool prints the same 32 digits.
 */
export function serialFrom(random: Uint8Array): string {
  const bytes = Buffer.from(random);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.toString('hex');
}

/** Serials as compared in the product: lower-case hex without leading zeros (openssl and Node print upper case). */
export function serialOf(text: string): string {
  return text.toLowerCase().replace(/^0+(?=.)/, '');
}

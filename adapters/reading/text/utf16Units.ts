/**
 * UTF-16 text of bytes. Unlike a TextDecoder it retains lone surrogates, to distinguish them from a lost character (U+FFFD). An odd last byte
 * is left out; the caller must keep it.
 */
export function utf16Units(bytes: Uint8Array, bigEndian: boolean): string {
  const even = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length & ~1);
  return (bigEndian ? Buffer.from(even).swap16() : even).toString('utf16le');
}

/** Strict base64: exactly the form that an encoder writes, so that one value has one text. */

/**
 * RFC 4648 §4 with padding; undefined for any other text. The decoder passes over what it does not know, so every sign counts only
 * where the length says that none was passed over; and it knows base64url's signs and unused bits, which are looked for.
 */
export function fromBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || text.includes('-') || text.includes('_')) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== (text.length / 4) * 3 - padding) return undefined;
  const tail = bytes.length - (3 - padding);
  return padding === 0 || bytes.toString('base64', tail) === text.slice(-4) ? bytes : undefined;
}

/** RFC 4648 §5 without padding; undefined for any other text. */
export function fromBase64url(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

export const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

export const toBase64url = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');

import { isWide } from './encodings.ts';

const oneByte = /^(windows-|iso-|koi8)/;
const beyondAscii = /[^\0-\x7f]/g;

/**
 * Returns the function that counts the bytes which a text had in its file, for the places that errors name. In East Asian encodings, a
 * character beyond ASCII counts as two bytes; a rare one has another number.
 */
export function textBytes(encoding: string): (text: string) => number {
  if (encoding === 'utf-8') return (text) => Buffer.byteLength(text);
  if (isWide(encoding)) return ({ length }) => 2 * length;
  if (oneByte.test(encoding)) return ({ length }) => length;
  return (text) => text.length + (text.match(beyondAscii)?.length ?? 0);
}

/** Unpacks a leaf. For any input it returns a leaf of the encoded length, at most 65,535 bytes, or undefined. */
import {
  codec1,
  farCopy,
  headLength,
  letters,
  lettersBase,
  longCopy,
  maxOfAByte,
  nearCopy,
  oftenUsed,
  pairs,
  phrase,
  rarePhrase,
  raw,
  minCopy,
} from './format.ts';
import { phrases } from './phrases.ts';
import { rawByteLength, rawTextLength, readRaw } from './rawForms.ts';

const encoder = new TextEncoder();
const letterBytes = encoder.encode(letters);

/** All phrases, concatenated, and the offset of each. */
const phraseBytes = encoder.encode(phrases.join(''));
const phraseBegins = new Uint16Array(phrases.length + 1);
for (const [nth, text] of phrases.entries())
  phraseBegins[nth + 1] = (phraseBegins[nth] as number) + encoder.encode(text).length;

/** Bytes of a phrase. */
export const phraseLength = (number: number): number =>
  (phraseBegins[number + 1] as number) - (phraseBegins[number] as number);

/** Whether stored bytes are a packed leaf: an unpacked one begins with `{`. */
export const isPacked = (stored: Uint8Array): boolean => stored[0] === codec1;

/** The unpacked leaf; undefined if the bytes are not a packed leaf. */
export function unpackLeaf(stored: Uint8Array): Uint8Array | undefined {
  if (!isPacked(stored) || stored.length < headLength) return undefined;
  const length = ((stored[1] as number) << 8) | (stored[2] as number);
  // no allocation for a length that these bytes cannot encode
  if (length > stored.length * maxOfAByte) return undefined;
  // written completely, or not returned
  const leaf = Buffer.allocUnsafe(length);
  return unpackInto(leaf, length, stored, stored.length) ? leaf : undefined;
}

/** Writes the leaf. @param end of the packed bytes @returns false if they are not a leaf of this length */
export function unpackInto(leaf: Uint8Array, length: number, stored: Uint8Array, end: number): boolean {
  let at = headLength;
  let to = 0;
  while (at < end) {
    const part = stored[at] as number;
    at += 1;
    if (part >= rarePhrase) {
      let number = part - phrase;
      if (part < phrase) {
        if (at >= end) return false;
        number = oftenUsed + ((part - rarePhrase) << 8) + (stored[at] as number);
        at += 1;
      }
      if (number >= phrases.length) return false;
      const stop = phraseBegins[number + 1] as number;
      let from = phraseBegins[number] as number;
      if (to + stop - from > length) return false;
      for (; from < stop; to += 1, from += 1) leaf[to] = phraseBytes[from] as number;
    } else if (part < pairs) {
      const stop = at + part + 1;
      if (stop > end || to + part + 1 > length) return false;
      for (; at < stop; at += 1, to += 1) leaf[to] = stored[at] as number;
    } else if (part < raw) {
      const stop = at + 2 * (part - pairs + 1);
      if (stop > end) return false;
      for (; at < stop; at += 2) {
        const three = ((stored[at] as number) << 8) | (stored[at + 1] as number);
        const first = Math.floor(three / (lettersBase * lettersBase));
        const second = Math.floor(three / lettersBase) % lettersBase;
        const third = three % lettersBase;
        const filled = second === letters.length ? 1 : third === letters.length ? 2 : 3;
        // only the last pair may have padding, and only at its end
        if (first >= letters.length || (filled === 1 && third !== letters.length)) return false;
        if ((filled < 3 && at + 2 !== stop) || to + filled > length) return false;
        leaf[to] = letterBytes[first] as number;
        if (filled > 1) leaf[to + 1] = letterBytes[second] as number;
        if (filled > 2) leaf[to + 2] = letterBytes[third] as number;
        to += filled;
      }
    } else if (part < nearCopy) {
      const form = part - raw;
      const bytes = rawByteLength[form];
      const signs = rawTextLength[form];
      if (bytes === undefined || signs === undefined || at + bytes > end || to + signs > length) return false;
      if (!readRaw(form, stored, at, leaf, to)) return false;
      at += bytes;
      to += signs;
    } else {
      let count = (part & 0x0f) + minCopy;
      if ((part & 0x0f) === longCopy) {
        if (at >= end) return false;
        count += stored[at] as number;
        at += 1;
      }
      const wide = part >= farCopy ? 2 : 1;
      if (at + wide > end) return false;
      let from = stored[at] as number;
      if (wide === 2) from = (from << 8) | (stored[at + 1] as number);
      at += wide;
      // the source of a copy must already be written
      if (from + count > to || to + count > length) return false;
      for (const stop = to + count; to < stop; to += 1, from += 1) leaf[to] = leaf[from] as number;
    }
  }
  return to === length;
}

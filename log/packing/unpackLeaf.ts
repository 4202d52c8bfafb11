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
  return new Unpacking(leaf, length, stored, end).run();
}

/** Number of letters in a group of three; `letters.length` in place of a letter is padding. */
const filledOf = (second: number, third: number): number =>
  second === letters.length ? 1 : third === letters.length ? 2 : 3;

/** One leaf while it is written. Each method reads one part and returns false if the part is invalid. */
class Unpacking {
  private readonly leaf: Uint8Array;
  private readonly length: number;
  private readonly stored: Uint8Array;
  private readonly end: number;
  /** next byte to read */
  private at = headLength;
  /** next byte to write */
  private to = 0;

  constructor(leaf: Uint8Array, length: number, stored: Uint8Array, end: number) {
    this.leaf = leaf;
    this.length = length;
    this.stored = stored;
    this.end = end;
  }

  run(): boolean {
    while (this.at < this.end) {
      const part = this.stored[this.at] as number;
      this.at += 1;
      if (!this.writes(part)) return false;
    }
    return this.to === this.length;
  }

  private writes(part: number): boolean {
    if (part >= rarePhrase) return this.phrase(part);
    if (part < pairs) return this.plain(part + 1);
    if (part < raw) return this.letters(part - pairs + 1);
    return part < nearCopy ? this.raw(part - raw) : this.copy(part);
  }

  private phrase(part: number): boolean {
    let number = part - phrase;
    if (part < phrase) {
      if (this.at >= this.end) return false;
      number = oftenUsed + ((part - rarePhrase) << 8) + (this.stored[this.at] as number);
      this.at += 1;
    }
    if (number >= phrases.length) return false;
    const { leaf } = this;
    const stop = phraseBegins[number + 1] as number;
    let from = phraseBegins[number] as number;
    let { to } = this;
    if (to + stop - from > this.length) return false;
    for (; from < stop; to += 1, from += 1) leaf[to] = phraseBytes[from] as number;
    this.to = to;
    return true;
  }

  /** Bytes as they are. */
  private plain(count: number): boolean {
    const { leaf, stored } = this;
    let { at, to } = this;
    const stop = at + count;
    if (stop > this.end || to + count > this.length) return false;
    for (; at < stop; at += 1, to += 1) leaf[to] = stored[at] as number;
    this.at = at;
    this.to = to;
    return true;
  }

  /** Pairs of bytes, each with three letters. */
  private letters(count: number): boolean {
    const { leaf, stored, length } = this;
    let { at, to } = this;
    const stop = at + 2 * count;
    if (stop > this.end) return false;
    for (; at < stop; at += 2) {
      const three = ((stored[at] as number) << 8) | (stored[at + 1] as number);
      const first = Math.floor(three / (lettersBase * lettersBase));
      const second = Math.floor(three / lettersBase) % lettersBase;
      const third = three % lettersBase;
      const filled = filledOf(second, third);
      // only the last pair may have padding, and only at its end
      if (first >= letters.length || (filled === 1 && third !== letters.length)) return false;
      if ((filled < 3 && at + 2 !== stop) || to + filled > length) return false;
      leaf[to] = letterBytes[first] as number;
      if (filled > 1) leaf[to + 1] = letterBytes[second] as number;
      if (filled > 2) leaf[to + 2] = letterBytes[third] as number;
      to += filled;
    }
    this.at = at;
    this.to = to;
    return true;
  }

  /** A value that is stored in fewer bytes than its text has. */
  private raw(form: number): boolean {
    const { at, to } = this;
    const bytes = rawByteLength[form];
    const signs = rawTextLength[form];
    if (bytes === undefined || signs === undefined) return false;
    if (at + bytes > this.end || to + signs > this.length) return false;
    if (!readRaw(form, this.stored, at, this.leaf, to)) return false;
    this.at = at + bytes;
    this.to = to + signs;
    return true;
  }

  /** Bytes that the leaf has already, at an earlier place. */
  private copy(part: number): boolean {
    const { leaf, stored, end } = this;
    let { at, to } = this;
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
    this.at = at + wide;
    // the source of a copy must already be written
    if (from + count > to || to + count > this.length) return false;
    for (const stop = to + count; to < stop; to += 1, from += 1) leaf[to] = leaf[from] as number;
    this.to = to;
    return true;
  }
}

/** The parts of a packed leaf with their positions in the packed leaf and in the leaf, so that leaves of one form need not be unpacked. */
import {
  farCopy,
  headLength,
  letters,
  lettersBase,
  longCopy,
  nearCopy,
  oftenUsed,
  pairs,
  phrase,
  rarePhrase,
  raw,
  minCopy,
} from './format.ts';
import { rawByteLength, rawTextLength } from './rawForms.ts';
import { phraseLength, unpackInto } from './unpackLeaf.ts';

/** One part of a packed leaf. */
export interface Part {
  readonly kind: 'phrase' | 'run' | 'pairs' | 'raw' | 'copy';
  /** its position in the packed leaf */
  readonly at: number;
  /** the beginning of its own bytes, after its type */
  readonly body: number;
  readonly end: number;
  /** the range of the leaf that it encodes */
  readonly from: number;
  readonly to: number;
  /** of `raw` its form, of `copy` the place in the leaf that it repeats */
  readonly of: number;
}

/** The parts in order. @param stored a packed leaf that can be unpacked */
export function partsOf(stored: Uint8Array): Part[] {
  const parts: Part[] = [];
  let at = headLength;
  let from = 0;
  const add = (kind: Part['kind'], body: number, end: number, signs: number, of = 0): void => {
    parts.push({ kind, at, body, end, from, to: from + signs, of });
    at = end;
    from += signs;
  };
  while (at < stored.length) {
    const part = byteAt(stored, at);
    if (part >= phrase) add('phrase', at + 1, at + 1, phraseLength(part - phrase));
    else if (part >= rarePhrase) {
      const number = oftenUsed + ((part - rarePhrase) << 8) + byteAt(stored, at + 1);
      add('phrase', at + 2, at + 2, phraseLength(number));
    } else if (part < pairs) add('run', at + 1, at + part + 2, part + 1);
    else if (part < raw) {
      const count = part - pairs + 1;
      add('pairs', at + 1, at + 1 + 2 * count, lettersIn(stored, at + 1, count));
    } else if (part < nearCopy) {
      const form = part - raw;
      add('raw', at + 1, at + 1 + (rawByteLength[form] ?? 0), rawTextLength[form] ?? 0, form);
    } else {
      const long = (part & 0x0f) === longCopy ? 1 : 0;
      const count = (part & 0x0f) + minCopy + (long === 1 ? byteAt(stored, at + 1) : 0);
      const wide = part >= farCopy ? 1 : 0;
      const place = at + 1 + long;
      const source =
        wide === 1 ? (byteAt(stored, place) << 8) | byteAt(stored, place + 1) : byteAt(stored, place);
      add('copy', place + 1 + wide, place + 1 + wide, count, source);
    }
  }
  return parts;
}

const byteAt = (stored: Uint8Array, at: number): number => stored[at] ?? 0;

/** Reads parts without copies, independent of their leaf. Each call reuses the instance's buffers. */
export class PartReader {
  private parts = Buffer.alloc(512);
  private text = Buffer.alloc(512);

  /**
   * The bytes of `at … end − 1`, one character per byte; undefined if no leaf has such parts. @param signs the number of characters that
   * they encode
   */
  read(stored: Uint8Array, at: number, end: number, signs: number): string | undefined {
    if (signs > this.text.length) this.text = Buffer.alloc(2 * signs);
    const length = headLength + end - at;
    if (length > this.parts.length) this.parts = Buffer.alloc(2 * length);
    for (let nth = at; nth < end; nth += 1) this.parts[headLength + nth - at] = byteAt(stored, nth);
    return unpackInto(this.text, signs, this.parts, length)
      ? this.text.toString('latin1', 0, signs)
      : undefined;
  }
}

/** The number of letters in these pairs of bytes: only the last pair may have fewer than three. */
function lettersIn(stored: Uint8Array, body: number, count: number): number {
  const last = (byteAt(stored, body + 2 * count - 2) << 8) | byteAt(stored, body + 2 * count - 1);
  const second = Math.floor(last / lettersBase) % lettersBase;
  const third = last % lettersBase;
  return 3 * count - (second === letters.length ? 2 : third === letters.length ? 1 : 0);
}

import type { Column, Layout } from './layout.ts';

const firstRoom = 1 << 18;
const tab = 9;
const newline = 10;
const backslash = 92;

/** In place of a hash that is not known yet. */
export const later: unique symbol = Symbol('later');
type Later = typeof later;
/** Digits of a hash. */
export const hashDigits = 64;

/** The letter that stands for a character of COPY text after a backslash; 0 for a character that stands for itself. */
const letters = new Uint8Array(128);
for (const [character, letter] of ['\tt', '\nn', '\rr', '\\\\'].map((pair) => [...pair])) {
  letters[character?.charCodeAt(0) ?? 0] = letter?.charCodeAt(0) ?? 0;
}

/**
 * Rows as lines of COPY … FROM STDIN (text format), written as UTF-8 bytes beside each other. Absent and null fields both become NULL.
 * NUL would refuse the whole load and a lone surrogate would be replaced, so a row with either is not written.
 */
export class CopyLines {
  private readonly columns: readonly { readonly kind: Column['kind']; readonly place: number }[];
  private bytes = Buffer.allocUnsafe(firstRoom);
  private used = 0;

  /** @param names fields of a row's values, in their order */
  constructor(layout: Layout, names: readonly string[]) {
    this.columns = layout.columns.map(({ field, kind }) => ({ kind, place: names.indexOf(field) }));
  }

  /**
   * Adds one line.
   * @param record number of the record in its batch
   * @param subject keyed hash of whom the row is about, hex; `later` leaves room for it, right before the end of the line
   * @returns whether its values can be stored faithfully; nothing is added where they cannot
   */
  add(values: readonly unknown[], record: number, subject: string | Later | undefined): boolean {
    const start = this.used;
    for (const { kind, place } of this.columns) {
      const value = place < 0 ? undefined : values[place];
      if (value === undefined || value === null) this.ascii('\\N');
      else if (kind === 'text') {
        if (!this.text(value as string)) return this.giveUp(start);
      } else if (kind === 'json') {
        if (!this.text(JSON.stringify(value))) return this.giveUp(start);
      } else this.ascii(kind === 'boolean' ? (value === true ? 't' : 'f') : (value as number).toString());
      this.bytes[this.used] = tab;
      this.used += 1;
    }
    this.whole(record);
    this.ascii(subject === undefined ? '\t\\N\n' : '\t\\\\x');
    if (subject !== undefined) {
      this.room(hashDigits + 1);
      this.used += subject === later ? hashDigits : this.bytes.write(subject, this.used, 'latin1');
      this.bytes[this.used] = newline;
      this.used += 1;
    }
    return true;
  }

  /** What has been added, for a hash that came later; it holds until the next line is added. */
  get added(): Uint8Array {
    return this.bytes;
  }

  /** bytes added since they were taken last */
  get length(): number {
    return this.used;
  }

  /** Puts the lines added since the last time where they are wanted. @param lines as many bytes as there are */
  takeInto(lines: Uint8Array): void {
    lines.set(this.bytes.subarray(0, this.used));
    this.used = 0;
  }

  private giveUp(start: number): false {
    this.used = start;
    return false;
  }

  /** ASCII that needs no escape; leaves room for one more byte. */
  private ascii(text: string): void {
    const { length } = text;
    this.room(length + 1);
    const { bytes } = this;
    let at = this.used;
    for (let i = 0; i < length; i += 1) bytes[at++] = text.charCodeAt(i);
    this.used = at;
  }

  /** A whole number from 0 on, digit by digit: made into a text first it would cost twice as much. */
  private whole(number: number): void {
    this.room(16);
    const { bytes } = this;
    let length = 1;
    for (let left = Math.floor(number / 10); left > 0; left = Math.floor(left / 10)) length += 1;
    this.used += length;
    let left = number;
    for (let at = this.used - 1; length > 0; at -= 1, length -= 1) {
      const tens = Math.floor(left / 10);
      bytes[at] = 48 + (left - tens * 10);
      left = tens;
    }
  }

  /** Any text, escaped, as UTF-8; leaves room for one more byte. @returns false for NUL and lone surrogates */
  private text(text: string): boolean {
    const { length } = text;
    this.room(length * 3 + 1);
    const { bytes } = this;
    let at = this.used;
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      if (code < 0x80) {
        const letter = code > 13 && code !== backslash ? 0 : (letters[code] ?? 0);
        if (letter !== 0) {
          bytes[at++] = backslash;
          bytes[at++] = letter;
        } else if (code === 0) return false;
        else bytes[at++] = code;
      } else if (code < 0x800) {
        bytes[at++] = 0xc0 | (code >> 6);
        bytes[at++] = 0x80 | (code & 0x3f);
      } else if ((code & 0xf800) !== 0xd800) {
        bytes[at++] = 0xe0 | (code >> 12);
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
        bytes[at++] = 0x80 | (code & 0x3f);
      } else {
        const low = i + 1 < length ? text.charCodeAt(i + 1) : 0;
        if (code > 0xdbff || (low & 0xfc00) !== 0xdc00) return false;
        const point = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
        bytes[at++] = 0xf0 | (point >> 18);
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
        bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
        bytes[at++] = 0x80 | (point & 0x3f);
        i += 1;
      }
    }
    this.used = at;
    return true;
  }

  private room(more: number): void {
    if (this.used + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.used + more));
    this.bytes.copy(larger, 0, 0, this.used);
    this.bytes = larger;
  }
}

import { subjectLength } from '../subjectHash.ts';
import type { Column, Layout } from './layout.ts';

const firstRoom = 1 << 18;

/** What stands before the first tuple: PGCOPY, newline, FF, CR, newline, NUL; no flags, no extension. */
export const copyHead: Uint8Array = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** What stands behind the last: a number of fields that no tuple has. */
export const copyEnd: Uint8Array = Buffer.from('\xff\xff', 'latin1');

/** In place of a hash that is not known yet. */
export const later: unique symbol = Symbol('later');
type Later = typeof later;

/** Bytes of the number before a value, and of a number that is one; a value with this for its length is NULL. */
export const lengthBytes = 4;
const numberBytes = 8;
const absent = -1;
/** How many fields there are, `_row` and `_subject`. */
const restBytes = 2 + lengthBytes + numberBytes + lengthBytes + subjectLength;

/**
 * Rows as tuples of COPY … FROM STDIN (FORMAT binary), beside each other (PostgreSQL documentation, COPY, File Formats): nothing is escaped,
 * and the server reads no digits. Absent and null fields both become NULL. NUL would refuse the whole load and a lone surrogate would be
 * replaced, so a row with either is not written.
 */
export class CopyTuples {
  private readonly columns: readonly { readonly kind: Column['kind']; readonly place: number }[];
  private bytes = Buffer.allocUnsafe(firstRoom);
  private view = viewOf(this.bytes);
  private used = 0;

  /** @param names fields of a row's values, in their order */
  constructor(layout: Layout, names: readonly string[]) {
    this.columns = layout.columns.map(({ field, kind }) => ({ kind, place: names.indexOf(field) }));
  }

  /**
   * Adds one tuple.
   * @param record number of the record in its batch
   * @param subject keyed hash of whom the row is about, hex; `later` leaves room for it, at the end of the tuple
   * @returns whether its values can be stored faithfully; nothing is added where they cannot
   * @throws RangeError for a whole number that is none: mappings make none
   */
  add(values: readonly unknown[], record: number, subject: string | Later | undefined): boolean {
    const start = this.used;
    const { columns } = this;
    this.room(0);
    this.view.setInt16(start, columns.length + 2);
    this.used = start + 2;
    for (const { kind, place } of columns) {
      const value = place < 0 ? undefined : values[place];
      if (value === undefined || value === null) this.length(absent);
      else if (!this.value(kind, value)) {
        this.used = start;
        return false;
      }
    }
    this.whole(record);
    if (subject === undefined) this.length(absent);
    else {
      this.length(subjectLength);
      if (subject !== later) this.bytes.write(subject, this.used, 'hex');
      this.used += subjectLength;
    }
    return true;
  }

  /** What has been added, for a hash that came later; it holds until the next tuple is added. */
  get added(): Uint8Array {
    return this.bytes;
  }

  /** bytes added since they were taken last */
  get size(): number {
    return this.used;
  }

  /** Puts the tuples added since the last time where they are wanted. @param tuples as many bytes as there are */
  takeInto(tuples: Uint8Array): void {
    tuples.set(this.bytes.subarray(0, this.used));
    this.used = 0;
  }

  private value(kind: Column['kind'], value: unknown): boolean {
    switch (kind) {
      case 'text':
        return this.text(value as string);
      case 'json':
        return this.text(JSON.stringify(value));
      case 'boolean':
        this.length(1);
        this.bytes[this.used] = value === true ? 1 : 0;
        this.used += 1;
        return true;
      case 'integer':
        this.whole(value as number);
        return true;
      case 'number':
        this.length(numberBytes);
        this.view.setFloat64(this.used, (value as number) + 0); // there is no −0 in JSON that another reader would tell from 0
        this.used += numberBytes;
        return true;
    }
  }

  private length(bytes: number): void {
    this.view.setInt32(this.used, bytes);
    this.used += lengthBytes;
  }

  /** A whole number as a bigint. */
  private whole(number: number): void {
    if (!Number.isSafeInteger(number)) throw new RangeError('not a whole number');
    this.length(numberBytes);
    this.view.setInt32(this.used, Math.floor(number / 2 ** 32));
    this.view.setUint32(this.used + 4, number >>> 0);
    this.used += numberBytes;
  }

  /** Any text, as UTF-8; leaves as much room behind it as there was. @returns false for NUL and lone surrogates */
  private text(text: string): boolean {
    const { length } = text;
    this.room(length * 3);
    const { bytes } = this;
    const start = this.used + lengthBytes;
    let at = start;
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      if (code < 0x80) {
        if (code === 0) return false;
        bytes[at++] = code;
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
    this.length(at - start);
    this.used = at;
    return true;
  }

  /** Makes room for so much more beside all that a tuple takes but for its texts. */
  private room(more: number): void {
    const needed = this.used + more + this.columns.length * (lengthBytes + numberBytes) + restBytes;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, needed));
    this.bytes.copy(larger, 0, 0, this.used);
    this.bytes = larger;
    this.view = viewOf(larger);
  }
}

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView => new DataView(buffer, byteOffset, length);

import { subjectLength } from '../subjectHash.ts';
import type { Column, Layout } from './layout.ts';

const firstBufferBytes = 1 << 18;

/** Header before the first tuple: PGCOPY, newline, FF, CR, newline, NUL; no flags, no extension. */
export const copyHead: Uint8Array = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** Trailer after the last tuple: a field count that no tuple has. */
export const copyEnd: Uint8Array = Buffer.from('\xff\xff', 'latin1');

/** Placeholder for a hash that is not known yet. */
export const later: unique symbol = Symbol('later');
type Later = typeof later;

/** Bytes of a value's length prefix, and of a number; the length that means NULL. */
export const lengthBytes = 4;
const numberBytes = 8;
const absent = -1;
/** Bytes of the field count, `_row` and `_subject`. */
const restBytes = 2 + lengthBytes + numberBytes + lengthBytes + subjectLength;

/**
 * Encodes rows as consecutive tuples of COPY … FROM STDIN (FORMAT binary) (PostgreSQL documentation, COPY, File Formats). Nothing is
 * escaped, and the server parses no digits. Absent and null fields both become NULL. A row with NUL or a lone surrogate is not written:
 * NUL would make the whole load fail, and a lone surrogate would be replaced.
 */
export class CopyTuples {
  private readonly columns: readonly { readonly kind: Column['kind']; readonly place: number }[];
  private bytes = Buffer.allocUnsafe(firstBufferBytes);
  private view = viewOf(this.bytes);
  private used = 0;

  /** @param names fields of a row's values, in their order */
  constructor(layout: Layout, names: readonly string[]) {
    this.columns = layout.columns.map(({ field, kind }) => ({ kind, place: names.indexOf(field) }));
  }

  /**
   * Adds one tuple.
   * @param record number of the record in its batch
   * @param subject keyed hash of the subject of the row, hex; `later` reserves space for it, at the end of the tuple
   * @returns whether its values can be stored unchanged; nothing is added where they cannot
   * @throws RangeError for a whole number that is none: mappings make none
   */
  add(values: readonly unknown[], record: number, subject: string | Later | undefined): boolean {
    const start = this.used;
    const { columns } = this;
    this.reserve(0);
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

  /** The bytes added, for a hash that is filled in later; valid until the next tuple is added. */
  get added(): Uint8Array {
    return this.bytes;
  }

  /** bytes added since the last `takeInto` */
  get size(): number {
    return this.used;
  }

  /** Copies the tuples added since the last time. @param tuples buffer of exactly their size */
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
        this.view.setFloat64(this.used, (value as number) + 0); // −0 becomes 0: other JSON readers do not distinguish them
        this.used += numberBytes;
        return true;
    }
  }

  private length(bytes: number): void {
    this.view.setInt32(this.used, bytes);
    this.used += lengthBytes;
  }

  /** Writes a whole number as a bigint. */
  private whole(number: number): void {
    if (!Number.isSafeInteger(number)) throw new RangeError('not a whole number');
    this.length(numberBytes);
    this.view.setInt32(this.used, Math.floor(number / 2 ** 32));
    this.view.setUint32(this.used + 4, number >>> 0);
    this.used += numberBytes;
  }

  /** Writes any text as UTF-8; the reserved space after it remains. @returns false for NUL and lone surrogates */
  private text(text: string): boolean {
    const { length } = text;
    this.reserve(length * 3);
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

  /** Reserves this many bytes in addition to the fixed part of a tuple. */
  private reserve(more: number): void {
    const needed = this.used + more + this.columns.length * (lengthBytes + numberBytes) + restBytes;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, needed));
    this.bytes.copy(larger, 0, 0, this.used);
    this.bytes = larger;
    this.view = viewOf(larger);
  }
}

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView => new DataView(buffer, byteOffset, length);

/** The header of a DBF: dBase III, IV, V, 7, FoxPro and Visual FoxPro. */
import type { FaultWord } from '../../terms/factWords.ts';
import { fill, type Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { codePages } from './codePages.ts';

export interface DbfField {
  readonly name: string;
  /** C N F L D M … */
  readonly type: string;
  readonly length: number;
  readonly decimals: number;
  /** from the start of the record, after its flag */
  readonly offset: number;
  /** internal to Visual FoxPro: hidden from users */
  readonly hidden: boolean;
  /** number of the bit in `_NullFlags` that marks null */
  readonly nullBit: number | undefined;
  /** number of the bit there that marks a field whose last byte holds the length of its value */
  readonly lengthBit: number | undefined;
}

export interface DbfHeader {
  readonly version: number;
  readonly records: number;
  readonly headerLength: number;
  readonly recordLength: number;
  /** code page named by byte 29; undefined for none or an unknown one */
  readonly codePage: string | undefined;
  /** including hidden ones */
  readonly fields: readonly DbfField[];
  readonly foxpro: boolean;
  readonly level7: boolean;
}

const versions = new Set([
  0x03, 0x04, 0x05, 0x07, 0x30, 0x31, 0x32, 0x43, 0x63, 0x7b, 0x83, 0x8b, 0x8c, 0x8e, 0xcb, 0xe5, 0xf5, 0xfb,
]);

/** Minimum bytes needed to read the header's own length. */
export const headerStart = 32;

/** The version whose header has a different layout. */
const dBase2 = 0x02;

/** Length of the whole header. @throws Problem dbf_header_wrong, format_refused */
export function headerLengthOf(bytes: Buffer): number {
  const version = bytes[0] ?? 0;
  if (version === dBase2) throw new Problem('format_refused', { found: 'dBase II', instead: 'dBase III' });
  if (!versions.has(version))
    throw wrong(fill({ zh: '版本 {found}', en: 'version {found}' }, { found: version.toString(16) }), 0);
  const length = bytes.readUInt16LE(8);
  if (length < headerStart + 1)
    throw wrong(fill({ zh: '文件头长度 {length}', en: 'header length {length}' }, { length }), 8);
  return length;
}

/** @param bytes the whole header. @throws Problem dbf_header_wrong */
export function parseDbfHeader(bytes: Buffer): DbfHeader {
  const version = bytes[0] ?? 0;
  const foxpro = version >= 0x30 && version <= 0x32;
  const recordLength = bytes.readUInt16LE(10);
  // 4 in the low bits means dBase 7, but early dBase IV wrote it too
  const level7 = (version & 7) === 4 && fits(bytes, recordLength);
  const plain = level7 ? fieldsOf(bytes, 68, 48) : fieldsOf(bytes, 32, 32);
  const fields = foxpro ? withFlags(plain, bytes) : plain;
  if (fields.length === 0) throw wrong('no fields', 32);
  const total = lengthOf(fields);
  if (total !== recordLength)
    throw wrong(
      fill(
        {
          zh: '记录长度 {recordLength}，各字段共占 {total}',
          en: 'record length {recordLength}, fields take {total}',
        },
        { recordLength, total },
      ),
      10,
    );
  return {
    version,
    records: bytes.readUInt32LE(4),
    headerLength: bytes.length,
    recordLength,
    codePage: codePages[bytes[29] ?? 0],
    fields,
    foxpro,
    level7,
  };
}

const lengthOf = (fields: readonly DbfField[]): number =>
  fields.reduce((sum, field) => sum + field.length, 1);

function fits(bytes: Buffer, recordLength: number): boolean {
  try {
    return lengthOf(fieldsOf(bytes, 68, 48)) === recordLength;
  } catch {
    return false;
  }
}

function fieldsOf(bytes: Buffer, start: number, size: number): DbfField[] {
  const fields: DbfField[] = [];
  let offset = 1;
  let at = start;
  for (; at < bytes.length && bytes[at] !== 0x0d; at += size) {
    if (at + size > bytes.length) throw wrong('field list without an end', at);
    const field = fieldAt(bytes, at, size, offset);
    fields.push(field);
    offset += field.length;
  }
  if (at >= bytes.length) throw wrong('field list without an end', at);
  return fields;
}

/** Bytes of each type that has a fixed binary form. A double of Visual FoxPro is a memo (B) where it has another length. */
const binaryLengths: Readonly<Record<string, number | undefined>> = {
  I: 4,
  '+': 4,
  Y: 8,
  O: 8,
  T: 8,
  '@': 8,
};

/** @param size bytes of a description: 48 in dBase 7, otherwise 32 @param offset of the field in a record */
function fieldAt(bytes: Buffer, at: number, size: number, offset: number): DbfField {
  const nameLength = size === 48 ? 32 : 11;
  const typeAt = at + nameLength;
  const lengthAt = size === 48 ? typeAt + 1 : at + 16;
  const name = bytes.toString('latin1', at, at + nameLength).split('\0', 1)[0] ?? '';
  const type = String.fromCharCode(bytes[typeAt] ?? 0).toUpperCase();
  const decimals = bytes[lengthAt + 1] ?? 0;
  // Clipper and FoxPro store the high byte of a long text field's length in the decimals
  const length = (bytes[lengthAt] ?? 0) + (type === 'C' && size === 32 ? decimals * 256 : 0);
  if (!/^[A-Z0-9+@]$/.test(type))
    throw wrong(
      fill({ zh: '字段“{name}”的类型', en: 'field type of "{name}"' }, { name: printable(name) }),
      typeAt,
    );
  if (length === 0)
    throw wrong(
      fill({ zh: '字段“{name}”的长度为 0', en: 'length 0 of field "{name}"' }, { name: printable(name) }),
      lengthAt,
    );
  const expected = binaryLengths[type];
  if (expected !== undefined && length !== expected)
    throw wrong(
      fill(
        {
          zh: '字段“{name}”的长度 {length}，{type} 型应为 {expected}',
          en: 'length {length} of field "{name}", type {type} has {expected}',
        },
        { name: printable(name), length, type, expected },
      ),
      lengthAt,
    );
  return {
    name,
    type,
    length,
    decimals: type === 'C' ? 0 : decimals,
    offset,
    hidden: false,
    nullBit: undefined,
    lengthBit: undefined,
  };
}

const systemFlag = 1;
const nullableFlag = 2;

/**
 * Fields of Visual FoxPro with the flags of byte 18. Their bits in `_NullFlags` follow the order of the fields. A text of varying length
 * has one bit that marks a stored length. A nullable field then has one that marks null.
 */
function withFlags(fields: readonly DbfField[], bytes: Buffer): DbfField[] {
  let bits = 0;
  const flagged = fields.map((field, i): DbfField => {
    const flags = bytes[32 + i * 32 + 18] ?? 0;
    const lengthBit = field.type === 'V' || field.type === 'Q' ? bits++ : undefined;
    const nullBit = (flags & nullableFlag) === 0 ? undefined : bits++;
    return { ...field, hidden: (flags & systemFlag) !== 0 || field.type === '0', lengthBit, nullBit };
  });
  const room = flagged.find(({ type }) => type === '0')?.length ?? 0;
  if (bits > room * 8)
    throw wrong(
      fill(
        {
          zh: '空值标志 {room} 字节，应为 {needed} 字节',
          en: '{room} bytes of null flags, {needed} are needed',
        },
        { room, needed: Math.ceil(bits / 8) },
      ),
      32,
    );
  return flagged;
}

const printable = (text: string): string => text.replaceAll(/[^\w\u0080-\uffff-]/g, '?').slice(0, 20);
const wrong = (what: FaultWord | Bilingual, byte: number): Problem =>
  new Problem('dbf_header_wrong', { what, byte });

/** The header of a DBF: dBase III, IV, V, 7, FoxPro and Visual FoxPro. */
import { Problem } from '../../terms/problem.ts';

export interface DbfField {
  readonly name: string;
  /** C N F L D M … */
  readonly type: string;
  readonly length: number;
  readonly decimals: number;
  /** from the start of the record, after its flag */
  readonly offset: number;
}

export interface DbfHeader {
  readonly version: number;
  readonly records: number;
  readonly headerLength: number;
  readonly recordLength: number;
  /** name of the code page that byte 29 names, undefined for none or an unknown one */
  readonly codePage: string | undefined;
  readonly fields: readonly DbfField[];
  readonly foxpro: boolean;
  readonly level7: boolean;
}

/** Language driver ids of byte 29. */
const codePages: Readonly<Record<number, string>> = {
  0x01: 'cp437',
  0x02: 'cp850',
  0x03: 'windows-1252',
  0x08: 'cp865',
  0x13: 'shift_jis',
  0x1f: 'cp852',
  0x26: 'ibm866',
  0x4d: 'gb18030',
  0x4e: 'euc-kr',
  0x4f: 'big5',
  0x50: 'windows-874',
  0x57: 'windows-1252',
  0x58: 'windows-1252',
  0x59: 'windows-1252',
  0x64: 'cp852',
  0x65: 'ibm866',
  0x66: 'cp865',
  0x67: 'cp861',
  0x6a: 'cp737',
  0x6b: 'cp857',
  0x78: 'big5',
  0x79: 'euc-kr',
  0x7a: 'gb18030',
  0x7b: 'shift_jis',
  0x7c: 'windows-874',
  0x7d: 'windows-1255',
  0x7e: 'windows-1256',
  0xc8: 'windows-1250',
  0xc9: 'windows-1251',
  0xca: 'windows-1254',
  0xcb: 'windows-1253',
  0xcc: 'windows-1257',
};

const versions = new Set([
  0x02, 0x03, 0x04, 0x05, 0x07, 0x30, 0x31, 0x32, 0x43, 0x63, 0x7b, 0x83, 0x8b, 0x8c, 0x8e, 0xcb, 0xe5, 0xf5,
  0xfb,
]);

/** Bytes that must be there before the header's own length is known. */
export const headerStart = 32;

/** Length of the whole header. @throws Problem dbf_header_wrong */
export function headerLengthOf(bytes: Buffer): number {
  const version = bytes[0] ?? 0;
  if (!versions.has(version)) throw wrong(`version ${version.toString(16)}`, 0);
  const length = bytes.readUInt16LE(8);
  if (length < headerStart + 1) throw wrong(`header length ${length}`, 8);
  return length;
}

/** @param bytes the whole header. @throws Problem dbf_header_wrong */
export function parseDbfHeader(bytes: Buffer): DbfHeader {
  const version = bytes[0] ?? 0;
  const foxpro = version >= 0x30 && version <= 0x32;
  const recordLength = bytes.readUInt16LE(10);
  // 4 in the low bits says dBase 7, but early dBase IV wrote it too
  const level7 = (version & 7) === 4 && fits(bytes, recordLength);
  const fields = level7 ? fieldsOf(bytes, 68, 48) : fieldsOf(bytes, 32, 32);
  if (fields.length === 0) throw wrong('no fields', 32);
  const total = lengthOf(fields);
  if (total !== recordLength) throw wrong(`record length ${recordLength}, fields take ${total}`, 10);
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
    const nameLength = size === 48 ? 32 : 11;
    const typeAt = at + nameLength;
    const lengthAt = size === 48 ? typeAt + 1 : at + 16;
    const name = bytes.toString('latin1', at, at + nameLength).split('\0', 1)[0] ?? '';
    const type = String.fromCharCode(bytes[typeAt] ?? 0).toUpperCase();
    const decimals = bytes[lengthAt + 1] ?? 0;
    // Clipper and FoxPro keep the high byte of a long text field's length in the decimals
    const length = (bytes[lengthAt] ?? 0) + (type === 'C' && size === 32 ? decimals * 256 : 0);
    if (!/^[A-Z0-9+@]$/.test(type)) throw wrong(`field type of "${printable(name)}"`, typeAt);
    if (length === 0) throw wrong(`length 0 of field "${printable(name)}"`, lengthAt);
    fields.push({ name, type, length, decimals: type === 'C' ? 0 : decimals, offset });
    offset += length;
  }
  if (at >= bytes.length) throw wrong('field list without an end', at);
  return fields;
}

const printable = (text: string): string => text.replaceAll(/[^\w\u0080-\uffff-]/g, '?').slice(0, 20);
const wrong = (what: string, byte: number): Problem => new Problem('dbf_header_wrong', { what, byte });

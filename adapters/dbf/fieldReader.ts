/** One field of a DBF record as a function of the block that holds the record. */
import { isRealDate } from '../../terms/civilDate.ts';
import type { Cell } from '../reading/reader.ts';
import type { RowRule } from '../reading/rowRules.ts';
import type { DbfField, DbfHeader } from './header.ts';
import type { ReadMemo } from './memo.ts';

/** Why a cell has no value. */
export class CellFault {
  readonly rule: RowRule;
  constructor(rule: RowRule) {
    this.rule = rule;
  }
}

/** Text with bytes outside visible ASCII: still to be decoded and checked. */
export const undecoded = Symbol('undecoded');

/** @param text the block, one character a byte. @param at start of the record */
export type ReadField = (text: string, bytes: Buffer, at: number) => Cell | CellFault | typeof undecoded;

const numberFault = new CellFault('dbf.number');
const dateFault = new CellFault('dbf.date');
const logicalFault = new CellFault('dbf.logical');
const memoFault = new CellFault('dbf.memo');

/** @param memo undefined: memos are omitted */
export function fieldReader(
  field: DbfField,
  header: DbfHeader,
  memo: ReadMemo | undefined,
  decode: (bytes: Uint8Array) => string | undefined,
): ReadField {
  const read = valueReader(field, { header, memo, decode });
  const isNull = flagTest(field.nullBit, header);
  return isNull === undefined
    ? read
    : (text, bytes, at) => (isNull(bytes, at) ? null : read(text, bytes, at));
}

/** Whether a bit of the record's null flags is set. */
function flagTest(
  bit: number | undefined,
  header: DbfHeader,
): ((bytes: Buffer, at: number) => boolean) | undefined {
  const flags = header.fields.find(({ type }) => type === '0');
  if (bit === undefined || flags === undefined) return undefined;
  const offset = flags.offset + (bit >> 3);
  const mask = 1 << (bit & 7);
  return (bytes, at) => ((bytes[at + offset] ?? 0) & mask) !== 0;
}

interface Context {
  readonly header: DbfHeader;
  readonly memo: ReadMemo | undefined;
  readonly decode: (bytes: Uint8Array) => string | undefined;
}

type ReaderOf = (field: DbfField, context: Context) => ReadField;

const valueReader: ReaderOf = (field, context) => (readers[field.type] ?? textField)(field, context);

const numberField: ReaderOf = (field) => (text, _bytes, at) => numberOf(cellText(text, at, field), field);

const integerField: ReaderOf =
  ({ offset }, { header }) =>
  (_text, bytes, at) =>
    header.level7 ? sortableInteger(bytes.readUInt32BE(at + offset)) : bytes.readInt32LE(at + offset);

/** dBase 7 stores integers with the sign bit inverted, so that their bytes sort, and no value as zero bytes. */
const sortableInteger = (stored: number): number | null => (stored === 0 ? null : (stored ^ 0x80000000) | 0);

const timeField: ReaderOf =
  ({ offset }, { header }) =>
  (_text, bytes, at) =>
    dateTimeOf(bytes, at + offset, header.level7);

const binaryMemo: ReaderOf = (field, { memo }) => memoField(field, memo, base64);

/** By type; every other type is text. */
const readers: Readonly<Record<string, ReaderOf | undefined>> = {
  N: numberField,
  F: numberField,
  L: (field) => (text, _bytes, at) => logicalOf(cellText(text, at, field)),
  D: (field) => (text, _bytes, at) => dateOf(cellText(text, at, field)),
  I: integerField,
  '+': integerField,
  Y:
    ({ offset }) =>
    (_text, bytes, at) =>
      currency(bytes.readBigInt64LE(at + offset)),
  O:
    ({ offset }) =>
    (_text, bytes, at) =>
      sortableDouble(bytes.subarray(at + offset, at + offset + 8)),
  T: timeField,
  '@': timeField,
  B: (field, context) => {
    const { offset, length } = field;
    if (length !== 8 || !context.header.foxpro) return binaryMemo(field, context);
    return (_text, bytes, at) => finite(bytes.readDoubleLE(at + offset));
  },
  M: (field, { memo, decode }) => memoField(field, memo, decode),
  G: binaryMemo,
  P: binaryMemo,
  W: binaryMemo,
  V: (field, { header, decode }) =>
    varying(field, header, (text, bytes) =>
      /[^\t\n\r\x20-\x7e]/.test(text) ? (decode(bytes) ?? broken) : text,
    ),
  Q: (field, { header }) => varying(field, header, (_text, bytes) => base64(bytes)),
};

const cellText = (text: string, at: number, { offset, length }: DbfField): string =>
  text.slice(at + offset, at + offset + length);

function textField({ offset, length }: DbfField): ReadField {
  return (text, bytes, at) => {
    const start = at + offset;
    let end = start + length;
    while (end > start && isPadding(bytes[end - 1])) end -= 1;
    for (let place = start; place < end; place += 1) {
      const byte = bytes[place] ?? 0;
      if (byte > 0x7e || (byte < 0x20 && !isLayout(byte))) return undecoded;
    }
    return text.slice(start, end);
  };
}

/** Blanks pad a field; old programs left zero bytes. */
export const isPadding = (byte: number | undefined): boolean => byte === 0x20 || byte === 0;

/** TAB, LF and CR: the controls that a text may contain. */
const isLayout = (byte: number): boolean => byte === 9 || byte === 10 || byte === 13;

const broken = new CellFault('encoding.invalid');
const lengthFault = new CellFault('dbf.length');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Text or bytes of varying length: the whole field, or the length in its last byte. Trailing blanks are part of it. */
function varying(
  field: DbfField,
  header: DbfHeader,
  meaning: (text: string, bytes: Uint8Array) => Cell | CellFault,
): ReadField {
  const { offset, length, lengthBit } = field;
  const hasStoredLength = flagTest(lengthBit, header);
  return (text, bytes, at) => {
    const start = at + offset;
    const used = hasStoredLength?.(bytes, at) === true ? (bytes[start + length - 1] ?? 0) : length;
    if (used > length || (used === length && hasStoredLength?.(bytes, at) === true)) return lengthFault;
    return meaning(text.slice(start, start + used), bytes.subarray(start, start + used));
  };
}

const emptyNumbers: readonly string[] = ['', '.'];

function numberOf(cell: string, { length, decimals }: DbfField): Cell | CellFault {
  const text = cell.replaceAll('\0', ' ').trim();
  if (emptyNumbers.includes(text)) return null;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text)) return numberFault;
  if (decimals === 0 && length <= 15 && /^-?\d+$/.test(text)) return Number(text) + 0;
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^([+-]?)(\d*)\.?(\d*)((?:[eE].*)?)$/.exec(text) ?? [];
  const plain =
    (whole === '' ? '0' : whole.replace(/^0+(?=\d)/, '')) +
    (fraction === '' ? '' : `.${fraction}`) +
    exponent;
  return sign === '-' && /[1-9]/.test(plain) ? `-${plain}` : plain;
}

function logicalOf(cell: string): boolean | null | CellFault {
  const mark = cell.charAt(0);
  if ('TtYy'.includes(mark) && mark !== '') return true;
  if ('FfNn'.includes(mark) && mark !== '') return false;
  return mark === ' ' || mark === '?' || mark === '\0' || mark === '' ? null : logicalFault;
}

function dateOf(cell: string): string | null | CellFault {
  if (/^[ 0\0]*$/.test(cell)) return null;
  if (!/^\d{8}$/.test(cell)) return dateFault;
  const real = isRealDate(Number(cell.slice(0, 4)), Number(cell.slice(4, 6)), Number(cell.slice(6, 8)));
  return real ? `${cell.slice(0, 4)}-${cell.slice(4, 6)}-${cell.slice(6, 8)}` : dateFault;
}

/** Formats an amount in ten-thousandths. */
function currency(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(5, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

/** dBase 7 stores doubles so that their bytes sort: sign bit inverted, all bits of negative ones inverted. */
function sortableDouble(raw: Uint8Array): Cell | CellFault {
  const bytes = Buffer.from(raw);
  if (bytes.every((byte) => byte === 0)) return null;
  const positive = ((bytes[0] ?? 0) & 0x80) !== 0;
  if (positive) bytes[0] = (bytes[0] ?? 0) ^ 0x80;
  else for (const [i, byte] of bytes.entries()) bytes[i] = byte ^ 0xff;
  return finite(bytes.readDoubleBE(0));
}

const finite = (value: number): number | CellFault => (Number.isFinite(value) ? value : numberFault);

/** A Julian day number and milliseconds; local time, since the file names no zone. */
function dateTimeOf(bytes: Buffer, at: number, level7: boolean): Cell | CellFault {
  const days = level7 ? 0 : bytes.readInt32LE(at);
  const ms = level7 ? 0 : bytes.readInt32LE(at + 4);
  if (level7) {
    const total = sortableDouble(bytes.subarray(at, at + 8));
    if (typeof total !== 'number') return total;
    return isoLocal(total - 62_135_596_800_000 - 86_400_000);
  }
  if (days === 0) return null;
  return days < 1_721_426 || days > 5_373_484 ? dateFault : isoLocal((days - 2_440_588) * 86_400_000 + ms);
}

function isoLocal(ms: number): string | CellFault {
  const date = new Date(Math.round(ms / 1000) * 1000);
  return Number.isNaN(date.getTime()) ? dateFault : date.toISOString().slice(0, 19);
}

function memoField(
  { offset, length }: DbfField,
  memo: ReadMemo | undefined,
  decode: (bytes: Uint8Array) => string | undefined,
): ReadField {
  if (memo === undefined) return () => null;
  return (text, bytes, at) => {
    const pointer = text.slice(at + offset, at + offset + length);
    const block =
      length === 4 ? bytes.readUInt32LE(at + offset) : Number(pointer.replaceAll('\0', ' ').trim());
    if (block === 0) return null;
    const found = Number.isInteger(block) ? memo(block) : undefined;
    return (found === undefined ? undefined : decode(found)) ?? memoFault;
  };
}

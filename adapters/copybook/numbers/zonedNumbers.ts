/** DISPLAY numbers: one digit a byte, the sign overpunched on the first or last digit, or in a separate byte. */
import { absent, scaled, scaledText, type ReadNumber, type Value } from './numbers.ts';

export interface ZonedSpec {
  readonly digits: number;
  readonly scale: number;
  readonly signed: boolean;
  readonly sign: { readonly leading: boolean; readonly separate: boolean };
  readonly ebcdic: boolean;
  /** a sign on an unsigned number is invalid */
  readonly strict: boolean;
}

/** Value of an overpunched byte: the digit, plus 16 if negative; −1 if the byte is no overpunched digit. */
function overpunchTable(ebcdic: boolean): Int8Array {
  const table = new Int8Array(256).fill(-1);
  const set = (from: number, negative: boolean): void => {
    for (let digit = 0; digit < 10; digit += 1) table[from + digit] = digit + (negative ? 16 : 0);
  };
  if (ebcdic) {
    for (const zone of [0xa0, 0xc0, 0xe0, 0xf0]) set(zone, false);
    for (const zone of [0xb0, 0xd0]) set(zone, true);
    return table;
  }
  set(0x30, false);
  set(0x70, true); // p…y
  table[0x7b] = 0; // {
  table[0x7d] = 16; // }
  for (let digit = 1; digit < 10; digit += 1) {
    table[0x40 + digit] = digit; // A…I
    table[0x49 + digit] = digit + 16; // J…R
  }
  return table;
}

const ebcdicOverpunch = overpunchTable(true);
const asciiOverpunch = overpunchTable(false);

/** Whether a byte is a digit with a minus sign. */
export const isMinus = (byte: number, ebcdic: boolean): boolean =>
  ((ebcdic ? ebcdicOverpunch : asciiOverpunch)[byte] ?? -1) >= 16;

/** Place of the first byte that is no blank, or `last`. */
function afterBlanks(bytes: Buffer, from: number, last: number, blank: number): number {
  let at = from;
  while (at < last && bytes[at] === blank) at += 1;
  return at;
}

/** Leading blanks count as zeros. A blank separate sign is positive. A field of low-values or blanks has no value (see `absent`). */
export function zonedReader(spec: ZonedSpec): { readonly size: number; readonly read: ReadNumber } {
  const { digits, scale, signed, sign, ebcdic, strict } = spec;
  const separate = signed && sign.separate;
  const size = digits + (separate ? 1 : 0);
  const zero = ebcdic ? 0xf0 : 0x30;
  const blank = ebcdic ? 0x40 : 0x20;
  const minus = ebcdic ? 0x60 : 0x2d;
  const plus = ebcdic ? 0x4e : 0x2b;
  const overpunch = ebcdic ? ebcdicOverpunch : asciiOverpunch;
  const short = digits <= 15;
  const finish = scaled(digits, scale);
  // offsets from the field's first byte
  const markAt = sign.leading ? 0 : digits;
  const begin = separate && sign.leading ? 1 : 0;
  const firstOrLast = sign.leading ? 0 : digits - 1;
  const punchAt = separate || (strict && !signed) ? -1 : firstOrLast;

  const isMark = (byte: number | undefined): boolean => byte === minus || byte === plus || byte === blank;
  const read = (bytes: Buffer, at: number): Value => {
    if (separate && !isMark(bytes[at + markAt])) return absent(bytes, at, size);
    let negative = separate && bytes[at + markAt] === minus;
    const to = at + begin + digits;
    let value = 0;
    let text = '';
    for (let i = afterBlanks(bytes, at + begin, to - 1, blank); i < to; i += 1) {
      const byte = bytes[i] ?? 0;
      let digit = byte - zero;
      if (digit < 0 || digit > 9) {
        const punched = i === at + punchAt ? (overpunch[byte] ?? -1) : -1;
        if (punched < 0) return absent(bytes, at, size);
        negative = punched >= 16;
        digit = punched & 15;
      }
      if (short) value = value * 10 + digit;
      else text += String(digit);
    }
    return short ? finish(negative ? -value : value) : scaledText(text, negative, digits, scale);
  };
  return { size, read };
}

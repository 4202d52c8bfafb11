/** Numbers of a record, exact: safe integers become numbers, all others decimal text. Undefined = the bytes are no valid number. */
export type Value = number | string | null | undefined;
export type ReadNumber = (bytes: Buffer, at: number) => Value;

/** Maximum number of digits for which a double is always exact. */
const safeDigits = 15;

/** An integer and its scale as the output value. */
export function scaled(digits: number, scale: number): (integer: number) => Value {
  if (scale === 0 && digits <= safeDigits) return (integer) => (integer === 0 ? 0 : integer);
  if (scale > 0 && digits <= safeDigits) {
    const unit = 10 ** scale;
    return (integer) => {
      // exact: the quotient's error is far below one unit of the last place
      const whole = Math.floor(Math.abs(integer) / unit);
      const rest = Math.abs(integer) - whole * unit;
      return `${integer < 0 ? '-' : ''}${whole}.${String(rest).padStart(scale, '0')}`;
    };
  }
  return (integer) => scaledText(String(Math.abs(integer)), integer < 0, digits, scale);
}

/** Plain digits as decimal text of a scale; whole numbers too long for a double stay text. */
export function scaledText(digitsText: string, negative: boolean, digits: number, scale: number): Value {
  const sign = negative && /[1-9]/.test(digitsText) ? '-' : '';
  if (scale <= 0) {
    const whole = (digitsText.replace(/^0+(?=\d)/, '') + '0'.repeat(-scale)).replace(/^0+(?=\d)/, '');
    return digits - scale <= safeDigits ? Number(sign + whole) : sign + whole;
  }
  const padded = digitsText.padStart(scale + 1, '0');
  const whole = padded.slice(0, -scale).replace(/^0+(?=\d)/, '');
  return `${sign}${whole}.${padded.slice(-scale)}`;
}

export interface PackedSpec {
  readonly digits: number;
  readonly scale: number;
  readonly signed: boolean;
  /** COMP-6: there is no half byte for a sign */
  readonly unsignedForm: boolean;
  /** a minus sign without one in the picture, or more digits than the picture, is invalid */
  readonly strict: boolean;
}

/** COMP-3: two digits a byte, the last half byte is the sign. A field filled with low-values or blanks has no value. */
export function packedReader(spec: PackedSpec): { readonly size: number; readonly read: ReadNumber } {
  const { digits, scale, signed, unsignedForm, strict } = spec;
  if (unsignedForm) return unsignedPacked(spec);
  const size = Math.floor(digits / 2) + 1;
  const short = size * 2 - 1 <= safeDigits;
  // an even number of digits leaves a half byte, which should be zero
  const spare = digits % 2 === 0;
  const finish = scaled(spare ? digits + 1 : digits, scale);
  const isAgainstPicture = (bytes: Buffer, at: number, negative: boolean): boolean =>
    strict && ((negative && !signed) || (spare && (bytes[at] ?? 0) > 15));
  const readShort = (bytes: Buffer, at: number): Value => {
    const last = at + size - 1;
    const value = packedInteger(bytes, at, last);
    const sign = (bytes[last] ?? 0) & 15;
    if (value < 0 || sign < 10) return absent(bytes, at, size);
    const negative = isMinusSign(sign);
    if (isAgainstPicture(bytes, at, negative)) return undefined;
    return finish(negative ? -value : value);
  };
  const readLong = (bytes: Buffer, at: number): Value => {
    const last = at + size - 1;
    const text = packedText(bytes, at, last);
    const sign = (bytes[last] ?? 0) & 15;
    if (text === undefined || sign < 10) return absent(bytes, at, size);
    const negative = isMinusSign(sign);
    if (isAgainstPicture(bytes, at, negative)) return undefined;
    return scaledText(text, negative, spare ? digits + 1 : digits, scale);
  };
  return { size, read: short ? readShort : readLong };
}

const isMinusSign = (sign: number): boolean => sign === 0x0d || sign === 0x0b;

/** The digits of a packed field as a number, where a double has them exactly; −1 if a half byte is no digit. @param last byte, with the sign */
function packedInteger(bytes: Buffer, at: number, last: number): number {
  let value = 0;
  for (let i = at; i < last; i += 1) {
    const byte = bytes[i] ?? 0;
    const high = byte >> 4;
    const low = byte & 15;
    if (high > 9 || low > 9) return -1;
    value = value * 100 + high * 10 + low;
  }
  const high = (bytes[last] ?? 0) >> 4;
  return high > 9 ? -1 : value * 10 + high;
}

/** The digits of a packed field; undefined if a half byte is no digit. @param last byte, with the sign */
function packedText(bytes: Buffer, at: number, last: number): string | undefined {
  let text = '';
  for (let i = at; i < last; i += 1) {
    const byte = bytes[i] ?? 0;
    const high = byte >> 4;
    const low = byte & 15;
    if (high > 9 || low > 9) return undefined;
    text += `${high}${low}`;
  }
  const high = (bytes[last] ?? 0) >> 4;
  return high > 9 ? undefined : text + String(high);
}

/** COMP-6: two digits a byte, without a sign. */
function unsignedPacked({ digits, scale, strict }: PackedSpec): {
  readonly size: number;
  readonly read: ReadNumber;
} {
  const size = Math.ceil(digits / 2);
  const read = (bytes: Buffer, at: number): Value => {
    const text = bytes.toString('hex', at, at + size);
    if (!/^\d*$/.test(text)) return undefined;
    if (strict && digits % 2 === 1 && !text.startsWith('0')) return undefined;
    return scaledText(text, false, size * 2, scale);
  };
  return { size, read };
}

/** A field filled with low-values, blanks or high-values has no value; anything else is an invalid number. */
export function absent(bytes: Uint8Array, at: number, size: number): null | undefined {
  const first = bytes[at];
  if (first !== 0 && first !== 0x40 && first !== 0x20 && first !== 0xff) return undefined;
  for (let i = at + 1; i < at + size; i += 1) if (bytes[i] !== first) return undefined;
  return null;
}

/** COMP-1 and COMP-2. @param littleEndian of ieee754; hexadecimal floats of IBM hosts are always big-endian */
export function floatReader(
  double: boolean,
  format: 'ibm' | 'ieee754',
  littleEndian: boolean,
): { readonly size: number; readonly read: ReadNumber } {
  const size = double ? 8 : 4;
  const finish = (value: number): Value => (Number.isFinite(value) ? value : undefined);
  if (format === 'ieee754' && littleEndian)
    return {
      size,
      read: double ? (b, at) => finish(b.readDoubleLE(at)) : (b, at) => finish(shortest(b.readFloatLE(at))),
    };
  if (format === 'ieee754')
    return {
      size,
      read: double ? (b, at) => finish(b.readDoubleBE(at)) : (b, at) => finish(shortest(b.readFloatBE(at))),
    };
  return {
    size,
    read: (b, at) => {
      const head = b.readUInt32BE(at);
      const sign = head >>> 31 === 1 ? -1 : 1;
      const exponent = ((head >>> 24) & 0x7f) - 64;
      const fraction = (head & 0xffffff) / 0x1000000 + (double ? b.readUInt32BE(at + 4) / 2 ** 56 : 0);
      const value = sign * fraction * 16 ** exponent;
      return finish(double || value === 0 ? value + 0 : shortestHex(value, 16 ** (exponent - 6)));
    },
  };
}

/**
 * The shortest number whose nearest hexadecimal float of 24 bits is this one. It has up to nine digits: the precision of such a float
 * varies with its first digit.
 * @param unit value of the last bit
 */
const shortestHex = (value: number, unit: number): number =>
  shortestThat(value, (short) => Math.abs(short - value) < unit / 2);

/** The shortest number that is the same single-precision float. */
const shortest = (value: number): number => shortestThat(value, (short) => Math.fround(short) === value);

/** The shortest number of six to nine digits that is read as a float of 24 bits; the float itself where none is. */
function shortestThat(value: number, isSame: (short: number) => boolean): number {
  for (let digits = 6; digits < 10; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (isSame(short)) return short;
  }
  return value;
}

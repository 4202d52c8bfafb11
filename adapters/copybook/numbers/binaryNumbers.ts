/** BINARY, COMP, COMP-4, COMP-5, COMP-X: two's complement of 1 to 16 bytes, most or least significant byte first. */
import { scaled, scaledText, type ReadNumber, type Value } from './numbers.ts';
import type { CopybookOptions } from '../options.ts';

export interface BinarySpec {
  readonly digits: number;
  readonly scale: number;
  readonly signed: boolean;
  /** bytes; see binarySize */
  readonly size: number;
  /** COMP-5 and COMP-X: the full range of the bytes is valid, regardless of the digits of the picture */
  readonly native: boolean;
  readonly littleEndian: boolean;
}

/** Maximum digits by rule of size: 18 on IBM hosts, 38 with other compilers. */
const maxDigits = { '2-4-8': 18, '1-2-4-8': 38, '1-8': 38 } as const;

/**
 * Bytes of a binary item; undefined for more digits than binary items have. `2-4-8` is the rule of IBM hosts (18 digits). `1-2-4-8` is that
 * of GnuCOBOL (38 digits, sixteen bytes from 19 on). `1-8` (the minimum for the digits) is that of Micro Focus (38 digits, up to sixteen
 * bytes).
 */
export function binarySize(
  digits: number,
  signed: boolean,
  sizes: CopybookOptions['binarySize'],
): number | undefined {
  if (digits > maxDigits[sizes]) return undefined;
  if (sizes === '1-8') {
    let size = 1;
    while (10n ** BigInt(digits) > 1n << BigInt(size * 8 - (signed ? 1 : 0))) size += 1;
    return size;
  }
  if (digits <= 2 && sizes === '1-2-4-8') return 1;
  return digits <= 4 ? 2 : digits <= 9 ? 4 : digits <= 18 ? 8 : 16;
}

/** A number with more digits than the picture is invalid, unless `native`. */
export function binaryReader(spec: BinarySpec): { readonly size: number; readonly read: ReadNumber } {
  const { digits, scale, signed, size, native } = spec;
  if (size > 8) return { size, read: hugeReader(spec) };
  const finish = scaled(native ? Math.max(digits, Math.ceil(size * 2.5)) : digits, scale);
  const limit = native ? Number.POSITIVE_INFINITY : 10 ** digits;
  const within = (value: number): Value => (value >= limit || value <= -limit ? undefined : finish(value));
  return { size, read: size > 6 ? longReader(spec, within) : shortReader(spec, signed, within) };
}

function shortReader(
  { size, littleEndian }: BinarySpec,
  signed: boolean,
  within: (value: number) => Value,
): ReadNumber {
  if (size === 2 && littleEndian)
    return signed ? (b, at) => within(b.readInt16LE(at)) : (b, at) => within(b.readUInt16LE(at));
  if (size === 2)
    return signed ? (b, at) => within(b.readInt16BE(at)) : (b, at) => within(b.readUInt16BE(at));
  if (size === 4 && littleEndian)
    return signed ? (b, at) => within(b.readInt32LE(at)) : (b, at) => within(b.readUInt32LE(at));
  if (size === 4)
    return signed ? (b, at) => within(b.readInt32BE(at)) : (b, at) => within(b.readUInt32BE(at));
  if (littleEndian)
    return signed ? (b, at) => within(b.readIntLE(at, size)) : (b, at) => within(b.readUIntLE(at, size));
  return signed ? (b, at) => within(b.readIntBE(at, size)) : (b, at) => within(b.readUIntBE(at, size));
}

/** More than eight bytes. */
function hugeReader({ digits, scale, signed, size, native, littleEndian }: BinarySpec): ReadNumber {
  const limit = 10n ** BigInt(digits);
  return (bytes, at) => {
    const part = Buffer.from(bytes.subarray(at, at + size));
    const unsigned = BigInt(`0x${(littleEndian ? part.reverse() : part).toString('hex')}`);
    const value = signed ? BigInt.asIntN(size * 8, unsigned) : unsigned;
    const magnitude = value < 0n ? -value : value;
    return !native && magnitude >= limit
      ? undefined
      : scaledText(magnitude.toString(), value < 0n, 39, scale);
  };
}

/** Seven and eight bytes, beyond the exact range of a double: exact, as decimal text where necessary. */
function longReader(spec: BinarySpec, within: (value: number) => Value): ReadNumber {
  const { size, signed, littleEndian } = spec;
  const join = joiner(spec, within);
  if (size === 8 && littleEndian)
    return signed
      ? (b, at) => join(b.readInt32LE(at + 4), b.readUInt32LE(at))
      : (b, at) => join(b.readUInt32LE(at + 4), b.readUInt32LE(at));
  if (size === 8)
    return signed
      ? (b, at) => join(b.readInt32BE(at), b.readUInt32BE(at + 4))
      : (b, at) => join(b.readUInt32BE(at), b.readUInt32BE(at + 4));
  if (littleEndian)
    return signed
      ? (b, at) => join(b.readIntLE(at + 4, 3), b.readUInt32LE(at))
      : (b, at) => join(b.readUIntLE(at + 4, 3), b.readUInt32LE(at));
  return signed
    ? (b, at) => join(b.readIntBE(at, 3), b.readUInt32BE(at + 3))
    : (b, at) => join(b.readUIntBE(at, 3), b.readUInt32BE(at + 3));
}

/** The value of the bytes above the lower four, and of the lower four. */
function joiner(
  { digits, scale, native }: BinarySpec,
  within: (value: number) => Value,
): (upper: number, lower: number) => Value {
  const limit = native ? undefined : 10n ** BigInt(digits);
  return (upper, lower) => {
    // within ±2^52 the two parts add up exactly
    if (upper < 0x100000 && upper >= -0x100000) return within(upper * 0x100000000 + lower);
    const value = BigInt(upper) * 0x100000000n + BigInt(lower);
    const magnitude = value < 0n ? -value : value;
    if (limit !== undefined && magnitude >= limit) return undefined;
    return scaledText(magnitude.toString(), value < 0n, 19, scale);
  };
}

import { parseDecimal } from '../../../terms/decimal.ts';

/** The whole number at or below a number, a whole number, or the text of a decimal (format decimal); undefined for other texts. */
export function floorOf(value: unknown): bigint | undefined {
  if (typeof value === 'number') return BigInt(Math.floor(value));
  const decimal = typeof value === 'string' ? parseDecimal(value) : undefined;
  if (decimal === undefined) return undefined;
  return floorDivide(decimal.units, 10n ** BigInt(decimal.scale));
}

/** Division that rounds toward minus infinity, so that the bands on both sides of zero do not merge. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

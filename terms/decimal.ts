/** Exact decimal numbers: an integer of 10^-scale units. No floating point anywhere. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const shape = /^([+-])?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** Parses `-12.50`, `1e-7`; undefined for anything else. The scale is preserved (`12.50` has scale 2). */
export function parseDecimal(text: string): Decimal | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const units = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const scale = fraction.length - Number(exponentText);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

/** A finite number as it is written in decimal: 1.1, not the nearest binary fraction. */
export function decimalOf(value: number): Decimal {
  return parseDecimal(String(value)) ?? { units: 0n, scale: 0 };
}

/** `12.50` for {1250n, 2}; never an exponent. */
export function decimalText({ units, scale }: Decimal): string {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return negative ? `-${text}` : text;
}

/** Both numbers as integers of the finer scale of the two. */
export function aligned(
  a: Decimal,
  b: Decimal,
): { readonly a: bigint; readonly b: bigint; readonly scale: number } {
  const scale = Math.max(a.scale, b.scale);
  const raise = (x: Decimal): bigint => x.units * 10n ** BigInt(scale - x.scale);
  return { a: raise(a), b: raise(b), scale };
}

/** −1, 0 or 1. */
export function compareDecimal(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const pair = aligned(a, b);
  return pair.a < pair.b ? -1 : pair.a > pair.b ? 1 : 0;
}

/** The exact product. */
export function timesDecimal(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** The same number at another scale; undefined where that would lose digits. */
export function rescaleDecimal(value: Decimal, scale: number): Decimal | undefined {
  if (scale >= value.scale) return { units: value.units * 10n ** BigInt(scale - value.scale), scale };
  const divisor = 10n ** BigInt(value.scale - scale);
  return value.units % divisor === 0n ? { units: value.units / divisor, scale } : undefined;
}

/** Whether a is a whole multiple of b; false when b is 0. */
export function isMultipleOf(a: Decimal, b: Decimal): boolean {
  const pair = aligned(a, b);
  return pair.b !== 0n && pair.a % pair.b === 0n;
}

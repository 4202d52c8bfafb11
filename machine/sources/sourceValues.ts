/** Parses values of a query as texts, before a database could convert them to a column's type. */
import { parseDecimal, type Decimal } from '../../terms/decimal.ts';

/** A number of a query, without insignificant zeros; undefined for anything else. */
export function shortest(value: unknown): Decimal | undefined {
  const number = parseDecimal(value === true ? '1' : value === false ? '0' : String(value));
  if (number === undefined) return undefined;
  let { units, scale } = number;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return { units, scale };
}

/** Whether a text is a valid calendar day in the form of databases. */
export function isDay(text: string): boolean {
  const match = /^([1-9]\d{3})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** Values of a question as texts, read before a database could bend them to a column's type. */
import { parseDecimal, type Decimal } from '../../terms/decimal.ts';

/** A number of a question, without zeros that say nothing; undefined for what is none. */
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

/** Whether a text is a day as databases write one, which the calendar has. */
export function isDay(text: string): boolean {
  const match = /^([1-9]\d{3})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** Parts of JSON texts that JSON.parse does not report: where strings end, and numbers that a double cannot represent. */

/** End of the string that begins before `from`; below 0 where it does not end. */
export function closingQuote(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charAt(end - 1 - slashes) === '\\') slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}

/** Changes each part outside of strings. A pattern for strings would need a stack proportional to their length. */
function replaced(text: string, string: (text: string) => string, other: (text: string) => string): string {
  let out = '';
  let at = 0;
  for (let open = text.indexOf('"'); open >= 0; open = text.indexOf('"', at)) {
    const close = closingQuote(text, open + 1);
    if (close < 0) break;
    out += other(text.slice(at, open)) + string(text.slice(open, close + 1));
    at = close + 1;
  }
  return out + other(text.slice(at));
}

const same = (text: string): string => text;

/** The text with each string emptied. */
export const withoutStrings = (text: string): string => replaced(text, () => '""', same);

/** A number that a double may not represent is searched for outside strings only where the text has a candidate. */
const longDigits = /\d[\d.]{15}|\d[eE][+-]?\d{2}/;
const numbers = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Maximum length of a number: no double has as many digits, and the search for zeros restarts at every digit. */
const maxNumberChars = 1_000;

/** Whether a number of a JSON text is the same number as a double: no digit is lost, and it is neither too large nor too small. */
export function isExactNumber(number: string): boolean {
  if (number.length <= 15 && !/e/i.test(number)) return true;
  return number.length <= maxNumberChars && significant(number) === significant(String(Number(number)));
}

/** Digits and exponent, without insignificant zeros; undefined where it is no number. */
function significant(number: string): string | undefined {
  const [, whole, fraction = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  if (whole === undefined) return undefined;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const stored = digits.replace(/0+$/, '');
  return stored === ''
    ? '0'
    : `${stored}e${BigInt(exponent) + BigInt(digits.length - stored.length - fraction.length)}`;
}

/** Whether JSON.parse would read a number of a valid JSON text as another one. */
export const hasInexactNumber = (text: string): boolean =>
  longDigits.test(text) &&
  (withoutStrings(text).match(numbers) ?? []).some((number) => !isExactNumber(number));

/**
 * JSON.parse, with Infinity for each number that a double cannot represent. No other number of a JSON text becomes Infinity, so the places
 * of these numbers are found in the value.
 * @throws SyntaxError
 */
export function parseMarkingInexact(text: string): unknown {
  const value = JSON.parse(text) as unknown;
  if (!hasInexactNumber(text)) return value;
  const marked = (part: string): string =>
    part.replaceAll(numbers, (number) => (isExactNumber(number) ? number : '1e999'));
  return JSON.parse(replaced(text, same, marked)) as unknown;
}

/** Whether a value of `parseMarkingInexact` has no marked number. */
export const hasExactNumbers = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value !== 'object' || value === null || Object.values(value).every(hasExactNumbers);

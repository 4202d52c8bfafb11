/** Parts of JSON texts that JSON.parse does not report: where strings end, and numbers whose digits a double does not keep. */

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

/** A number whose digits a double may not keep is searched for outside strings only where the text has a candidate. */
const longDigits = /\d[\d.]{15}|\d[eE][+-]?\d{2}/;
const numbers = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Maximum length of a number: no double has as many digits, and the search for zeros restarts at every digit. */
const maxNumberChars = 1_000;

/** Maximum of significant digits that are compared. */
const maxDigits = 100;

/**
 * Whether a double keeps all digits of a number: written with as many digits, the double is the same text. So a number passes as programs
 * write doubles, in the shortest form or with 17 digits, and so does each exact one, such as 2^60; 2^53 + 1 and 1e400 do not.
 * @param number of a JSON text; in another notation, such as 0x1F, it must be a safe integer
 */
export function isExactNumber(number: string): boolean {
  if (number.length <= 15 && /^[-\d.]+$/.test(number)) return true;
  if (number.length > maxNumberChars) return false;
  const written = significant(number);
  const value = Number(number);
  if (written === undefined) return Number.isSafeInteger(value);
  const { digits, exponent } = written;
  if (digits === '') return true;
  // any 15 digits are kept, but for the smallest and largest numbers
  if (digits.length <= 15 && Math.abs(exponent) <= 290) return true;
  if (!Number.isFinite(value) || value === 0 || digits.length > maxDigits) return false;
  // the shortest form may end lower than the rounded one: 873325383328349.25 is written …349.2, and rounded to …349.3
  return [value.toPrecision(digits.length), String(value)].some((text) => {
    const shown = significant(text);
    return shown?.digits === digits && shown.exponent === exponent;
  });
}

/** The digits without insignificant zeros, and the exponent of the first one; undefined where it is no number of JSON. */
function significant(number: string): { readonly digits: string; readonly exponent: number } | undefined {
  const [, whole, fraction = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  if (whole === undefined) return undefined;
  const all = `${whole}${fraction}`;
  const first = all.search(/[1-9]/);
  const digits = first < 0 ? '' : all.slice(first).replace(/0+$/, '');
  return { digits, exponent: Number(exponent) + whole.length - 1 - first };
}

/** The first number of a valid JSON text that JSON.parse would read as another one. */
export const inexactNumberIn = (text: string): string | undefined =>
  longDigits.test(text)
    ? withoutStrings(text)
        .match(numbers)
        ?.find((number) => !isExactNumber(number))
    : undefined;

/** Whether there is one. */
export const hasInexactNumber = (text: string): boolean => inexactNumberIn(text) !== undefined;

/**
 * JSON.parse, with Infinity for each number that is not exact (`isExactNumber`). No other number of a JSON text becomes Infinity, so the places
 * of these numbers are found in the value.
 * @throws SyntaxError
 */
export const parseMarkingInexact = (text: string): unknown => parseReplacing(text, () => '1e999');

/** The value of a valid JSON text, with each inexact number as the text of its digits. */
export const parseQuotingInexact = (text: string): unknown => parseReplacing(text, (number) => `"${number}"`);

function parseReplacing(text: string, inexact: (number: string) => string): unknown {
  const value = JSON.parse(text) as unknown;
  if (!hasInexactNumber(text)) return value;
  const exact = (part: string): string =>
    part.replaceAll(numbers, (number) => (isExactNumber(number) ? number : inexact(number)));
  return JSON.parse(replaced(text, same, exact)) as unknown;
}

/** Whether a value of `parseMarkingInexact` has no marked number. */
export const hasExactNumbers = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value !== 'object' || value === null || Object.values(value).every(hasExactNumbers);

/**
 * The first name that an object of a valid JSON text repeats, or `__proto__`; '' where the text nests too deeply; undefined where readers
 * agree on every member. Names are compared without escapes. One pass over the text: a string before a colon is a name.
 * @param except a list of the object at the top: its elements are not examined
 */
export function ambiguousName(text: string, maxDepth: number, except?: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  // depth of the list that is not examined
  let passed = Infinity;
  const read = (from: number, end: number): string | undefined => {
    const names = open.length >= passed ? undefined : open.at(-1);
    if (names === undefined || !isName(text, end + 1)) return undefined;
    const name = readName(text, from, end);
    if (name === '__proto__' || names.has(name)) return name;
    names.add(name);
    if (open.length === 1) last = name;
    return undefined;
  };
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '{' || character === '[') {
      if (character === '[' && open.length === 1 && last === except) passed = 2;
      open.push(character === '{' ? new Set() : undefined);
      if (open.length > maxDepth) return '';
    } else if (character === '}' || character === ']') {
      open.pop();
      if (open.length < passed) passed = Infinity;
    } else if (character === '"') {
      const end = closingQuote(text, i + 1);
      const name = read(i, end);
      if (name !== undefined) return name;
      i = end;
    }
  }
  return undefined;
}

function isName(text: string, after: number): boolean {
  let i = after;
  while (text.charCodeAt(i) <= 0x20) i += 1;
  return text.charCodeAt(i) === 0x3a;
}

function readName(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}

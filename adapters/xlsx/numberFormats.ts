/** The meaning of numbers in a workbook, by the number format of their style. ECMA-376 part 1, 18.8.30 and 18.8.31. */
import { elementsOf } from './elements.ts';
import type { ZipEntry } from './zipGuard.ts';

/* Number formats that pad a number with zeros, such as `000000` or `0000-0000`: a sheet shows a text of digits. */

/** A digit position, or literal characters. */
type Part = '0' | '#' | { readonly literal: string };

const signs: ReadonlySet<string> = new Set(['-', '+', '(', ')', ' ', ':', '$', '¥']);

/**
 * @param code one section of a number format
 * @returns the text that the format shows for a whole number; undefined where the format does not pad with zeros
 */
function paddedText(code: string): ((value: number) => string | undefined) | undefined {
  const parts = partsOf(code);
  if (parts === undefined) return undefined;
  const places = parts.filter((part) => part === '0' || part === '#').length;
  const zeros = parts.filter((part) => part === '0').length;
  if (zeros < 2 || parts.indexOf('0') < parts.lastIndexOf('#')) return undefined;
  const shown = withoutUnit(parts);
  return (value) => {
    if (!Number.isSafeInteger(value) || value < 0) return undefined;
    const digits = String(value);
    let at = digits.length - places;
    // digits without a position in the format precede the first one
    let further = digits.slice(0, Math.max(0, at));
    let text = '';
    for (const part of shown) {
      if (typeof part === 'object') text += part.literal;
      else {
        text += further + (digits[at] ?? (part === '0' ? '0' : ''));
        further = '';
        at += 1;
      }
    }
    return text;
  };
}

/** Removes characters after unbroken digits, which are a unit: `00"月"` is 05. */
function withoutUnit(parts: readonly Part[]): readonly Part[] {
  const isPlace = (part: Part): boolean => typeof part !== 'object';
  const first = parts.findIndex(isPlace);
  const last = parts.findLastIndex(isPlace);
  return parts.slice(first, last).every(isPlace) ? parts.slice(0, last + 1) : parts;
}

/** Undefined where the section has a point, a group, a percent sign, a condition or anything else that shows another number. */
function partsOf(code: string): readonly Part[] | undefined {
  const parts: Part[] = [];
  for (const [token] of code.matchAll(/"[^"]*"|\\.|[_*].|\[[^\][]*\]|./gsu)) {
    const [sign = ''] = token;
    if (token === '0' || token === '#') parts.push(token);
    else if (sign === '"') parts.push({ literal: token.slice(1, -1) });
    else if (sign === '\\') parts.push({ literal: token.slice(1) });
    else if (sign === '[') {
      if (!/^\[(?:\$-|black|blue|cyan|green|magenta|red|white|yellow|color)/i.test(token)) return undefined;
    } else if (signs.has(token)) parts.push({ literal: token });
    else if (token.length < 2 || !/[_*]/.test(sign)) return undefined;
  }
  return parts;
}

/** A number, a day (perhaps with a time), a time of day, or hours that may pass twenty-four. */
export type NumberKind = 'number' | 'day' | 'time' | 'elapsed';

/** Why a correct value may differ from the sheet's display: another number, or a day of which a part is not shown. */
export type FormatDoubt = 'xlsx.scaled' | 'xlsx.date-part';

export interface NumberFormat {
  readonly kind: NumberKind;
  readonly doubt?: FormatDoubt;
  /** the text that is shown for a number; undefined for numbers shown unchanged */
  readonly padded?: (value: number) => string | undefined;
}

const plain: NumberFormat = { kind: 'number' };
const day: NumberFormat = { kind: 'day' };
const partOfDay: NumberFormat = { kind: 'day', doubt: 'xlsx.date-part' };
const scaled: NumberFormat = { kind: 'number', doubt: 'xlsx.scaled' };

const numbered = (format: NumberFormat, ids: readonly number[]): [number, NumberFormat][] =>
  ids.map((id) => [id, format]);

/** Formats that a file need not define. 27–36 and 50–58 are days in Chinese, Japanese and Korean workbooks, except 32–35 and 55–56. */
const builtIn: ReadonlyMap<number, NumberFormat> = new Map([
  ...numbered(scaled, [9, 10]),
  ...numbered(day, [14, 15, 22, 30, 31]),
  ...numbered(partOfDay, [16, 17, 27, 28, 29, 36, 50, 51, 52, 53, 54, 57, 58]),
  ...numbered({ kind: 'time' }, [18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56]),
  ...numbered({ kind: 'elapsed' }, [46]),
]);

/** Maximum length of a format code. A spreadsheet allows 255 characters; a longer code has no meaning. */
const maxCode = 1_000;

/** Format of each style of cells, by its number. @throws Problem xlsx_damaged */
export function numberFormats(styles: ZipEntry | undefined): readonly NumberFormat[] {
  if (styles === undefined) return [];
  const elements = elementsOf(styles);
  const formats = new Map(builtIn);
  for (const { name, parent, attributes } of elements)
    if (name === 'numFmt' && parent === 'numFmts')
      formats.set(Number(attributes.get('numFmtId')), formatOf(attributes.get('formatCode') ?? ''));
  return elements
    .filter(({ name, parent }) => name === 'xf' && parent === 'cellXfs')
    .map(({ attributes }) => formats.get(Number(attributes.get('numFmtId') ?? 0)) ?? plain);
}

/** @param code such as `yyyy"年"m"月"d"日"`, `[h]:mm`, `#,##0.00_);[Red]`, `000000` */
function formatOf(code: string): NumberFormat {
  if (code.length > maxCode) return plain;
  const [first = ''] = code.replaceAll(/"[^"]*"|\\.|[_*]./gs, '').split(';');
  const bare = first.replaceAll(/\[(?!(?:h+|m+|s+)\])[^\][]*\]/gi, '').toLowerCase();
  if (/\[[hms]+\]/.test(bare)) return { kind: 'elapsed' };
  if (/general|g\/|@/.test(bare)) return plain;
  const letters = bare.replaceAll(/[0#?.]e[+-]/g, '');
  if (/[ydeb]/.test(letters)) return /[yeb]/.test(letters) && letters.includes('d') ? day : partOfDay;
  if (/[hs]|am\/pm|a\/p|上午|下午/.test(letters)) return { kind: 'time' };
  if (letters.includes('m')) return partOfDay;
  // a comma after the last digit shows thousands
  if (/%|[0#?],+(?![0#?,])/.test(bare)) return scaled;
  const padded = paddedText(firstSection(code));
  return padded === undefined ? plain : { kind: 'number', padded };
}

/** The part before the first semicolon outside quotation marks. */
const firstSection = (code: string): string => /^(?:"[^"]*"|\\.|[^;"\\])*/s.exec(code)?.[0] ?? '';

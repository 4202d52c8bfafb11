import type { Cell } from '../reading/reader.ts';
import { insideMarks, mayBeMarked } from '../reading/text/spreadsheetMarks.ts';

/**
 * Detects what a spreadsheet does to long numbers: 110101199001011234 becomes 1.10101E+17 when saved as text, or retains 15 digits and ends
 * in zeros. Called only for cells that a check or the schema has rejected.
 */
export function spreadsheetDamage(cell: Cell): 'spreadsheet.exponent' | 'spreadsheet.zeroed' | undefined {
  const text = typeof cell === 'number' ? String(cell) : typeof cell === 'string' ? cell.trim() : '';
  if (/^\d(\.\d+)?[eE]\+1[4-9]$/.test(text)) return 'spreadsheet.exponent';
  return /^\d{15}0{1,4}$/.test(text) ? 'spreadsheet.zeroed' : undefined;
}

/** Kinds of damage that a spreadsheet may have done to a text. */
export type TextDamage =
  | 'spreadsheet.exponent'
  | 'spreadsheet.date'
  | 'spreadsheet.grouped'
  | 'spreadsheet.point-zero'
  | 'spreadsheet.error'
  | 'spreadsheet.mark-stored'
  | 'text.question-marks';

const exponent = /^\d(?:[.,]\d{1,14})?[eE]\+(?:1[1-9]|2\d)$/;
/** 440,106,199, also with the separators of other countries. */
const grouped = /^\d{1,3}([, '’\u00a0\u202f])\d{3}(?:\1\d{3})*$/;
/** 13800138000.0: a program read the number as one with decimals. */
const pointZero = /^\d+\.0$/;
const months = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const date = new RegExp(`^(?:\\d{1,2}-(?:${months})|(?:${months})-\\d{2}|\\d{1,2}月\\d{1,2}日)$`, 'i');
const datesOf = /日期|时间|生日|date|day/i;

const formulaError = /^#(?:N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NUM!|NULL!|SPILL!|#{2,})$/;
const questionMarks = /^[?？]{2,}$/;

const comma = 0x2c;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const hash = 0x23;
const letterE = 0x65;
const question = 0x3f;
const wideQuestion = 0xff1f;

/** Maximum length: longer texts show none of these. */
const maxTextLength = 40;
/** Number of digits from which a text that is no key is in doubt: shorter ones may be quantities. */
const digitsOfIdentifiers = 10;
/** Number of digits from which a key that ends in .0 is in doubt: shorter ones may be sections or versions. */
const digitsOfKeys = 5;

/**
 * Detects damage by a spreadsheet in a text that no check rejects: 4.40106E+17 from a long number, 2-Jan or 1月2日 from 1-2, and 440,106,199
 * from an identifier. It also detects a formula's error, and question marks in place of characters that an export lost.
 * @param header names of dates may hold dates
 */
export function textDamage(text: string, isKey: boolean, header: string): TextDamage | undefined {
  if (text.length > maxTextLength) return undefined;
  const isDate = text.length <= 6 && date.test(text) && !datesOf.test(header);
  if (isDate) return 'spreadsheet.date';
  return lostText(text) ?? numberDamage(text, isKey);
}

/** Detects a long number that was shortened, or got decimals or separators. */
function numberDamage(text: string, isKey: boolean): TextDamage | undefined {
  const second = text.charCodeAt(1);
  if ((second === point || second === comma || (second | 0x20) === letterE) && exponent.test(text))
    return 'spreadsheet.exponent';
  const last = text.charCodeAt(text.length - 1);
  if (last < zero || last > nine) return undefined;
  if (last === zero && pointZero.test(text))
    return text.length - 2 >= (isKey ? digitsOfKeys : digitsOfIdentifiers)
      ? 'spreadsheet.point-zero'
      : undefined;
  if (!grouped.test(text)) return undefined;
  return isKey || text.replaceAll(/\D/g, '').length >= digitsOfIdentifiers
    ? 'spreadsheet.grouped'
    : undefined;
}

/** Detects a placeholder for lost text. */
function lostText(text: string): TextDamage | undefined {
  const first = text.charCodeAt(0);
  if (first === hash) return formulaError.test(text) ? 'spreadsheet.error' : undefined;
  const mayBeLost = first === question || first === wideQuestion;
  return mayBeLost && questionMarks.test(text) ? 'text.question-marks' : undefined;
}

/**
 * Detects marks of a spreadsheet around a text of a tree (JSON, XML, HL7): ="00123", an apostrophe before a code, TAB or 0x1F. No option of
 * those formats removes them, because a program writes such texts exactly. A value copied from a sheet still differs from its key elsewhere.
 */
export const storedMark = (text: string): TextDamage | undefined =>
  text.length <= maxTextLength &&
  mayBeMarked(text) &&
  !text.includes('\n') &&
  insideMarks(text, 0, text.length, false) !== undefined
    ? 'spreadsheet.mark-stored'
    : undefined;

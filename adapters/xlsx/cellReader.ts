/** Converts one cell of a sheet into its value, or into the reason why it has none. ECMA-376 part 1, 18.3.1.4 and 18.18.11. */
import type { Cell } from '../reading/reader.ts';
import type { NumberFormat, NumberKind } from './numberFormats.ts';
import { unescaped } from './sharedTexts.ts';

const dayMs = 86_400_000;
/** 9999-12-31, the last day of a workbook, in days since 1970 */
const lastDay = 2_932_896;

/**
 * Converts days, times and hours of a workbook to ISO text without a zone, since a sheet names none. Precise to the second.
 * @param serial days since the epoch of the workbook
 * @returns undefined where it is invalid: before the epoch, beyond 9999, or the 29 February 1900 that only Excel has
 */
function serialText(
  serial: number,
  kind: Exclude<NumberKind, 'number'>,
  date1904: boolean,
): string | undefined {
  if (serial < 0) return undefined;
  if (kind === 'elapsed') return elapsed(serial);
  if (kind === 'time' && serial < 1) return elapsed(serial);
  if (!date1904 && (serial < 1 || (serial >= 60 && serial < 61))) return undefined;
  const days = serial - (date1904 ? 24_107 : serial < 60 ? 25_568 : 25_569);
  const ms = Math.round(days * dayMs);
  if (ms >= (lastDay + 1) * dayMs) return undefined;
  const text = new Date(ms).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19);
}

/** `36:00:00` for a day and a half. */
function elapsed(days: number): string | undefined {
  const seconds = Math.floor(Math.round(days * dayMs) / 1000);
  if (!Number.isSafeInteger(seconds)) return undefined;
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export type XlsxRule = 'xlsx.error' | 'xlsx.formula' | 'xlsx.digits-lost' | 'xlsx.date' | 'xlsx.cell';

/** Why a cell has no value. */
export class CellFault {
  readonly rule: XlsxRule;
  /** text in the file */
  readonly raw: string;
  constructor(rule: XlsxRule, raw: string) {
    this.rule = rule;
    this.raw = raw;
  }
}

/** A cell's markup. */
export interface CellMarkup {
  /** `t`: s, str, inlineStr, b, e, d, n or '' */
  readonly type: string;
  readonly style: number;
  /** text of `v`, undefined where there is none */
  readonly value: string | undefined;
  /** text of `is`, undefined where there is none */
  readonly inline: string | undefined;
  readonly formula: boolean;
}

/** Data of one workbook that its cells are interpreted with. */
export interface CellMeanings {
  readonly texts: readonly string[];
  /** by style */
  readonly formats: readonly NumberFormat[];
  readonly date1904: boolean;
}

const formulaError = /^#(N\/A|NAME\?|NULL!|NUM!|REF!|VALUE!|DIV\/0!|GETTING_DATA|SPILL!|CALC!)$/;
const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
/** A workbook stores 15 digits, and shows no more of a computed number: 0.1 + 0.2 is 0.3. */
const shownDigits = 15;
const inexactFrom = 1e15;

export function cellOf(cell: CellMarkup, meanings: CellMeanings): Cell | CellFault {
  const { type, value, style } = cell;
  const isEmpty = value === undefined || (value === '' && type !== 'str');
  if (cell.formula && isEmpty) return new CellFault('xlsx.formula', '');
  // some programs write the text in the way of a formula's text
  if (type === 'inlineStr') return textOf(unescaped(cell.inline ?? value ?? ''));
  if (type === 'e') return new CellFault('xlsx.error', value ?? '');
  const read = valueReaders.get(type);
  if (read === undefined) return new CellFault('xlsx.cell', value ?? '');
  return isEmpty ? null : read(value, style, meanings);
}

/** By the type of a cell. */
const valueReaders: ReadonlyMap<string, typeof numberOf> = new Map([
  ['s', sharedText],
  ['str', (value: string) => textOf(unescaped(value))],
  ['b', booleanOf],
  ['d', dateOf],
  ['n', numberOf],
  ['', numberOf],
]);

function sharedText(value: string, _style: number, { texts }: CellMeanings): Cell | CellFault {
  const text = /^\d+$/.test(value) ? texts[Number(value)] : undefined;
  return text === undefined ? new CellFault('xlsx.cell', value) : textOf(text);
}

const textOf = (text: string): Cell | CellFault =>
  text.startsWith('#') && formulaError.test(text) ? new CellFault('xlsx.error', text) : text;

function booleanOf(value: string): Cell | CellFault {
  if (value === '1' || value === 'true') return true;
  return value === '0' || value === 'false' ? false : new CellFault('xlsx.cell', value);
}

/** Reads a date written as such, in workbooks of the strict kind. */
function dateOf(value: string): Cell | CellFault {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?Z?)?$/.exec(value);
  if (match === null || Number.isNaN(Date.parse(value))) return new CellFault('xlsx.date', value);
  const [, day = '', time = '00:00:00'] = match;
  const whole = time.length === 5 ? `${time}:00` : time;
  return whole === '00:00:00' ? day : `${day}T${whole}`;
}

/** The same, for a cell without type. @param style number of its style, below 0 for none */
export function numberOf(value: string, style: number, meanings: CellMeanings): Cell | CellFault {
  const text = value.trim();
  if (text === '') return null;
  if (!number.test(text)) return new CellFault('xlsx.cell', value);
  const read = Number(text) + 0;
  const format = meanings.formats[style];
  if (format !== undefined && format.kind !== 'number')
    return serialText(read, format.kind, meanings.date1904) ?? new CellFault('xlsx.date', text);
  // a text of sixteen characters has fifteen digits and a point
  const found = text.length > shownDigits + 1 ? Number(read.toPrecision(shownDigits)) : read;
  if (Math.abs(found) >= inexactFrom) return new CellFault('xlsx.digits-lost', text);
  return format?.padded?.(found) ?? found;
}

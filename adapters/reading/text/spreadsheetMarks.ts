/**
 * Marks that people and programs put around a value so that a spreadsheet shows it as text: `="00123"`, an apostrophe, TAB or 0x1F. They
 * are not part of the value.
 */

import { classOfValue, type RowProblem } from '../../../terms/rowProblem.ts';
import { rowRules } from '../rowRules.ts';
import type { CellPlace } from './cellFaults.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

const TAB = 9;
const blank = 0x20;
const unitSeparator = 0x1f;
/** ' and characters typed in its place: a grave accent, ‘ and ’, the full-width apostrophe. */
const apostrophes: ReadonlySet<number> = new Set([0x27, 0x60, 0x2018, 0x2019, 0xff07]);
const quote = 0x22;
const equals = 0x3d;

/** Digits, with letters and marks of codes: texts that a leading apostrophe protects. */
const isProtected = (text: string): boolean => /\d/.test(text) && /^[\dA-Za-z._/+-]+ *$/.test(text);

/**
 * Position of the value inside its marks; undefined if there are none.
 * @param doubled whether quotation marks are doubled in the text, as inside a quoted cell of CSV
 */
export function insideMarks(text: string, start: number, end: number, doubled: boolean): Range | undefined {
  let from = start;
  let to = end;
  while (from < to && isBorder(text.charCodeAt(from))) from += 1;
  while (from < to && text.charCodeAt(to - 1) === TAB) to -= 1;
  const formula = insideFormula(text, from, to, doubled);
  if (formula !== undefined) return formula;
  if (apostrophes.has(text.charCodeAt(from)) && isProtected(text.slice(from + 1, to))) from += 1;
  return from === start && to === end ? undefined : { start: from, end: to };
}

const isBorder = (code: number): boolean => code === TAB || code === unitSeparator;

/** The value of `="00123"`, without surrounding blanks; undefined where a text does not have that form. */
function insideFormula(text: string, begin: number, end: number, doubled: boolean): Range | undefined {
  const marks = doubled ? 2 : 1;
  let [from, to] = [begin, end];
  while (from < to && text.charCodeAt(from) === blank) from += 1;
  while (from < to && text.charCodeAt(to - 1) === blank) to -= 1;
  if (text.charCodeAt(from) !== equals || to - from < 1 + 2 * marks) return undefined;
  for (let i = 0; i < marks; i += 1)
    if (text.charCodeAt(from + 1 + i) !== quote || text.charCodeAt(to - 1 - i) !== quote) return undefined;
  const inside = { start: from + 1 + marks, end: to - marks };
  return text.slice(inside.start, inside.end).includes('"') ? undefined : inside;
}

/** The value of a cell without the marks around it. */
export function withoutMarks(text: string): string {
  const range = insideMarks(text, 0, text.length, false);
  return range === undefined ? text : text.slice(range.start, range.end);
}

/** Whether the text of one cell begins or ends like one with marks. */
export function mayBeMarked(text: string): boolean {
  const first = text.charCodeAt(0);
  return (
    isBorder(first) || first === equals || first === blank || apostrophes.has(first) || text.endsWith('\t')
  );
}

const anyMark = /[\t\u001f]|="|['`‘’＇][\dA-Za-z._/+-]/;

/** Whether a text, of one cell or of many, may contain such marks. */
export const mayHoldMarks = (text: string): boolean => anyMark.test(text);

/** The warning about a cell whose marks were removed. @param value the remaining value */
export const markWarning = (value: string, place: CellPlace): RowProblem => ({
  ...place,
  field: '',
  rule: 'spreadsheet.mark',
  got: classOfValue(value, false),
  message: rowRules['spreadsheet.mark'],
});

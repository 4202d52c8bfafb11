/** Writes failed rows as a file for their sender; used by the command line and by a browser. */
import { csvCell } from './csvCell.ts';
import type { Bilingual } from './bilingual.ts';
import { encodeGb18030 } from './gb18030.ts';
import type { RowProblem } from './rowProblem.ts';

export interface Source {
  readonly format: string;
  readonly columns?: readonly string[];
  readonly encoding?: string;
  readonly separator?: string;
  /** of a workbook, where its mapping names one */
  readonly sheet?: string;
  /** of a workbook, or of a CSV file with lines above its headings: the line of the headings (the last of several), from 1 */
  readonly headerRow?: number;
}

export interface BadRow {
  readonly line: number;
  readonly problems: readonly RowProblem[];
  /** cells in the order of the columns, or a tree */
  readonly raw: unknown;
}

/** Heading of the column with the errors, in Chinese, because the file is for the department that sent it. */
export const errorColumn = '错误';

export interface WrittenRows {
  readonly bytes: Uint8Array;
  readonly encoding: string;
  /** the encoding of the file, where it differs from the source's */
  readonly fallback?: string;
}

/**
 * Bad rows as their sender wrote them, with one more column: the errors. Same columns and separator, and the same encoding where this
 * program can write it (GB18030, UTF-8, UTF-16LE); otherwise UTF-8 with the byte order mark that Excel needs.
 * @param say the reader's language
 */
export function badRowsFile(
  rows: readonly BadRow[],
  source: Source | undefined,
  say: (text: Bilingual) => string,
): WrittenRows {
  const columns = columnsOf(rows, source);
  return writtenRows(
    [...columns, errorColumn],
    rows.map(({ raw, problems }) => [...cellsOf(raw, columns.length), errorTextOf(problems, say)]),
    source,
  );
}

/** The errors of a row, in the form of the column 错误. */
export const errorTextOf = (problems: readonly RowProblem[], say: (text: Bilingual) => string): string =>
  problems
    .map(({ header, rule, message }) => `${header === '' ? '' : `${header}: `}${say(message)} (${rule})`)
    .join('; ');

/**
 * Rows under their columns in the sender's form, such as bad rows that were corrected. The headings are on the line on which the mapping
 * reads them; where it reads several, the names are on the last of them, and the lines above have empty cells.
 */
export function writtenRows(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  source: Source | undefined,
): WrittenRows {
  const separator = source?.separator ?? ',';
  const above = source?.format === 'csv' ? Math.max(0, (source.headerRow ?? 1) - 1) : 0;
  const lines = [...Array.from({ length: above }, () => columns.map(() => '')), columns, ...rows];
  const text = `${lines.map((cells) => cells.map((cell) => csvCell(cell, separator)).join(separator)).join('\r\n')}\r\n`;
  return encoded(text, source?.encoding ?? 'utf-8');
}

/** The columns of the file; numbers where they have no names. */
export function columnsOf(rows: readonly BadRow[], source: Source | undefined): readonly string[] {
  const width = Math.max(0, source?.columns?.length ?? 0, ...rows.map(({ raw }) => cellsIn(raw).length));
  return Array.from({ length: width }, (_, index) => source?.columns?.[index] ?? String(index + 1));
}

/** @param width missing cells are empty */
export function cellsOf(raw: unknown, width: number): readonly string[] {
  const cells = cellsIn(raw);
  return Array.from({ length: width }, (_, index) => cells[index] ?? '');
}

const cellsIn = (raw: unknown): readonly string[] =>
  Array.isArray(raw) ? raw.map(textOf) : raw === null || raw === undefined ? [] : [JSON.stringify(raw)];

const textOf = (cell: unknown): string =>
  cell === null || cell === undefined ? '' : typeof cell === 'string' ? cell : JSON.stringify(cell);

const mark = '\ufeff';
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(`${mark}${text}`);

function encoded(text: string, encoding: string): WrittenRows {
  const label = encoding.toLowerCase();
  if (/^(gb|cp936|ms936|euc-cn|windows-936)/.test(label)) {
    try {
      return { bytes: encodeGb18030(text), encoding: 'gb18030' };
    } catch {
      return { bytes: utf8(text), encoding: 'utf-8', fallback: 'gb18030' };
    }
  }
  if (label === 'utf-16le' || label === 'utf-16')
    return { bytes: utf16(`${mark}${text}`), encoding: 'utf-16le' };
  const plain = label.startsWith('utf') || label.endsWith('ascii');
  return { bytes: utf8(text), encoding: 'utf-8', ...(plain ? {} : { fallback: label }) };
}

function utf16(text: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let index = 0; index < text.length; index += 1)
    view.setUint16(index * 2, text.charCodeAt(index), true);
  return new Uint8Array(view.buffer);
}

/** The header of a sheet: names of columns from one or more rows, and whether merged cells indicate further header rows. */
import { Problem } from '../../terms/problem.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import { cellText, type Cell } from '../reading/reader.ts';
import { recordProblem } from '../reading/rowRules.ts';
import { headerNames } from '../reading/text/header.ts';
import { CellFault } from './cellReader.ts';
import { columnLetters, isBlank, type MergedRange } from './mergedCells.ts';
import type { XlsxOptions } from './options.ts';

/** A cell of a header as text. */
export const headerText = (read: Cell | CellFault): string =>
  cellText(read instanceof CellFault ? read.raw : read);

/**
 * @param rows numbers of the header's rows; none: columns are numbered
 * @param texts of those rows
 * @param width of the first record
 * @throws Problem file_header_missing
 */
export function columnNames(
  rows: readonly number[],
  texts: ReadonlyMap<number, readonly string[]>,
  width: number,
): readonly string[] {
  if (rows.length === 0) return Array.from({ length: width }, (_, index) => String(index + 1));
  const header = [...rows]
    .sort((a, b) => a - b)
    .map((row) => {
      const cells = texts.get(row);
      if (cells === undefined || cells.every(isBlank))
        throw new Problem('file_header_missing', { line: row });
      return cells;
    });
  const names = headerNames(header);
  while (names.length > 0 && names[names.length - 1] === '') names.pop();
  return names;
}

/** The doubt about a header whose cells are merged downwards beyond it, or to the right in its last row: it has a further row. */
export function mergedHeader(
  ranges: readonly MergedRange[],
  { headerRows, columns }: Pick<XlsxOptions, 'headerRows' | 'columns'>,
): RowProblem | undefined {
  const end = Math.max(0, ...headerRows);
  if (end === 0 || columns !== undefined) return undefined;
  const range = ranges.find(
    ({ first, last, left, right }) => first <= end && (last > end || (last === end && right > left)),
  );
  if (range === undefined) return undefined;
  const { first, last, left, right } = range;
  const cells = `${columnLetters(left)}${first}:${columnLetters(right)}${last}`;
  const further = Math.min(Math.max(last, end + 1), end + 9) - end;
  const rows = [...headerRows, ...Array.from({ length: further }, (_, i) => end + 1 + i)];
  return recordProblem(0, 'header.merged', 'merged cells', { range: cells, rows: rows.join(', ') });
}

/** Whether the presumed header row may be none: a row of data in a file without a header, or a title above it. */
import type { RowProblem } from '../../../terms/rowProblem.ts';
import { recordProblem } from '../rowRules.ts';
import { cellText, type Cell } from '../reader.ts';

/** Number of examined records. */
export const headerSampleSize = 20;

/**
 * @param columns names, as they were read
 * @param records the first ones
 * @param line of the header
 */
export function headerDoubt(
  columns: readonly string[],
  records: readonly (readonly Cell[])[],
  line: number,
): RowProblem | undefined {
  const unnamed = columns.filter((name) => name.trim() === '').length;
  if (columns.length > 1 && unnamed > columns.length / 2 && !areUnused(columns, records))
    return recordProblem(0, 'header.title', `${unnamed} columns without a name`, { line });
  return records.length > 0 && looksLikeData(columns, records)
    ? recordProblem(0, 'header.data', `${columns.length} columns`, { line })
    : undefined;
}

/** Whether columns without a name are empty in the first records, as spreadsheets leave them at the right of a table of several columns. */
const areUnused = (columns: readonly string[], records: readonly (readonly Cell[])[]): boolean =>
  columns.filter((name) => name.trim() !== '').length > 1 &&
  columns.every((name, index) => name.trim() !== '' || records.every((cells) => textOf(cells[index]) === ''));

/** The doubt about a header that is narrower than all of the first records, which have equal widths. */
export function narrowHeader(width: number, found: readonly number[], line: number): RowProblem | undefined {
  const [first = 0] = found;
  return found.length > 1 && first > width && found.every((cells) => cells === first)
    ? recordProblem(0, 'header.title', `${width} of ${first} columns`, { line })
    : undefined;
}

/**
 * Whether the header contains numbers and dates, and nearly every record has the same shape below each of them. Years and ascending numbers
 * are names of columns: 2019, 2020; 1, 2, … 31.
 */
export function looksLikeData(columns: readonly string[], records: readonly (readonly Cell[])[]): boolean {
  const numeric = columns.flatMap((name, index) => (isNumeric(name) ? [{ name: name.trim(), index }] : []));
  if (numeric.length === 0 || countsUp(numeric.map(({ name }) => name))) return false;
  return numeric.every(({ name, index }) => {
    const cells = records.map((record) => textOf(record[index])).filter((cell) => cell !== '');
    const alike = cells.filter((cell) => shape(cell) === shape(name)).length;
    return cells.length > 0 && alike >= cells.length * 0.8;
  });
}

const textOf = (cell: Cell): string => cellText(cell).trim();
const isNumeric = (text: string): boolean =>
  /^[+-]?\d[\d,./:年月日 -]*(?:[eE][+-]?\d+)?[Xx]?$/.test(text.trim());

/** A number, or a long one (a code, a day) by its length. */
function shape(text: string): string {
  const plain = text.trim();
  if (!isNumeric(plain)) return 'text';
  return /^\d{6,}[Xx]?$/.test(plain) ? `code ${plain.length}` : plain.replaceAll(/\d+/g, '9');
}

function countsUp(names: readonly string[]): boolean {
  if (names.every((name) => /^(19|20)\d{2}(0[1-9]|1[0-2])?$/.test(name))) return true;
  const numbers = names.map(Number);
  const [first = 0, second = 0] = numbers;
  return (
    numbers.length > 2 &&
    first !== second &&
    numbers.every((number, i) => number === first + i * (second - first))
  );
}

/** Examines a record by the positions of its cells, before its texts are cut out. */
import type { RowProblem } from '../../terms/rowProblem.ts';
import type { CellPlace } from '../reading/text/cellFaults.ts';
import { insideMarks, markWarning, mayHoldMarks } from '../reading/text/spreadsheetMarks.ts';
import { suspectText } from '../reading/text/textBlock.ts';
import type { CsvScanner } from './csvScanner.ts';

/** Whether the record is separators and blanks only, as spreadsheets write them below a table. */
export function isEmptyRecord({ text, places }: CsvScanner, first: number, found: number): boolean {
  for (let i = 0; i < found; i += 1) {
    const start = places.numbers[first + i * 2] ?? 0;
    const end = places.numbers[first + i * 2 + 1] ?? 0;
    if (start < end && (isInk(text.charCodeAt(start)) || text.slice(start, end).trim() !== '')) return false;
  }
  return true;
}

/** Fast test whether a character is no blank. */
const isInk = (code: number): boolean => code > 0x20 && code !== 0xa0 && code !== 0x3000;

/** Whether the record repeats the header. @param header its cells as written in the file; undefined where there is none */
export function repeats(
  header: readonly string[] | undefined,
  scanner: CsvScanner,
  first: number,
  found: number,
): boolean {
  if (header?.length !== found) return false;
  const { numbers } = scanner.places;
  const length = (numbers[first + 1] ?? 0) - (numbers[first] ?? 0);
  if (length !== header[0]?.length) return false;
  const cells = scanner.cells(first, found);
  return cells.every((cell, i) => cell === header[i]) && cells.some((cell) => cell.trim() !== '');
}

/** Moves the positions of cells inside the spreadsheet marks around their values. @param warnings receives one for each */
export function removeMarks(
  { text, places }: CsvScanner,
  first: number,
  found: number,
  quote: string,
  placeOf: (index: number) => CellPlace,
  warnings: RowProblem[],
): void {
  const { numbers } = places;
  for (let index = 0; index < found; index += 1) {
    const at = first + index * 2;
    const start = numbers[at] ?? 0;
    const isQuoted = quote !== '' && start > 0 && text[start - 1] === quote;
    const inside = insideMarks(text, start, numbers[at + 1] ?? 0, isQuoted && quote === '"');
    if (inside === undefined) continue;
    numbers[at] = inside.start;
    numbers[at + 1] = inside.end;
    warnings.push(markWarning(text.slice(inside.start, inside.end), placeOf(index)));
  }
}

/** Whether the text of a record may contain a sign of damage: a single character is rarely sufficient. */
export function maySign({ text, places }: CsvScanner, first: number, found: number): boolean {
  const { numbers } = places;
  const whole = text.slice(numbers[first], numbers[first + found * 2 - 1]);
  return mayHoldMarks(whole) || suspectText(whole);
}

/** A copy of the text: a slice would hold its block in memory. */
export const unshared = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');

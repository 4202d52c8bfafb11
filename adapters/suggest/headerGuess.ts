/** Guesses which row of a table is its header, by the rows themselves. */
import { looksLikeData } from '../reading/text/headerDoubt.ts';
import { guess, type Guess } from './guess.ts';

export interface LookedRow {
  /** line or row, from 1 */
  readonly line: number;
  readonly cells: readonly string[];
}

const maxRows = 200;

/** @param isName whether a text names a field of the schema */
export function headerGuess(rows: readonly LookedRow[], isName: (text: string) => boolean): Guess<number[]> {
  const some = rows.slice(0, maxRows);
  const width = usualWidth(some);
  const full = some.filter(({ cells }) => filled(cells) > width / 2 && cells.length >= width);
  const [first, ...rest] = full;
  if (first === undefined) return guess([1], 0.3, '没有看到成列的行', 'no rows of several columns were seen');
  const { cells, line } = first;
  const names = cells.filter(isName).length;
  if (names >= Math.max(1, cells.length / 4))
    return guess([line], 0.97, `第 ${line} 行有字段名称`, `line ${line} holds names of fields`);
  const records = rest.map((row) => row.cells);
  if (looksLikeData(cells, records) || hasIdentifiers(cells))
    return guess([], 0.93, '首行与其后各行一样是数据', 'the first line is data like those that follow');
  if (rest.length > 1 && repeats(cells, records))
    return guess([], 0.8, '首行的内容在其后重复出现', 'the content of the first line is repeated below it');
  const numbers = cells.some((_, column) => records.some((record) => /\d/.test(record[column] ?? '')));
  if (numbers && !cells.some((cell) => /\d{4}/.test(cell)))
    return guess(
      [line],
      0.93,
      `第 ${line} 行只有文字，其后有数字`,
      `line ${line} holds words only, numbers follow`,
    );
  return guess([line], 0.6, `第 ${line} 行可能是表头`, `line ${line} may be the header`);
}

/**
 * Detects a header of two rows in a table without merged cells, as a spreadsheet saves it as CSV. Names of groups, each followed by blanks,
 * are above the names of columns; columns of no group are named above.
 */
export function withGroupRow(found: Guess<number[]>, rows: readonly LookedRow[]): Guess<number[]> {
  const at = rows.findIndex(({ line }) => line === found.value[0]);
  if (found.value.length !== 1 || at < 0) return found;
  for (const upper of [at - 1, at]) {
    const [groups, names, ...below] = rows.slice(Math.max(0, upper), Math.max(0, upper) + maxRows);
    if (upper < 0 || groups === undefined || names === undefined) continue;
    if (!areGroups(groups.cells, names.cells) || !areNames(names.cells, below)) continue;
    const lines = [groups.line, names.line];
    return guess(
      lines,
      0.85,
      `第 ${lines.join('、')} 行像两级表头`,
      `lines ${lines.join(' and ')} look like a header of groups and names`,
    );
  }
  return found;
}

const isBlank = (cell: string | undefined): boolean => (cell ?? '').trim() === '';

/** Whether each column is named in one of the rows or both, and some group has at least two names below it. */
function areGroups(groups: readonly string[], names: readonly string[]): boolean {
  const width = Math.max(groups.length, names.length);
  const columns = Array.from({ length: width }, (_, column) => column);
  const isNamed = columns.every((column) => !isBlank(groups[column]) || !isBlank(names[column]));
  const hasGroup = columns.some(
    (column) =>
      !isBlank(groups[column]) &&
      column + 1 < width &&
      isBlank(groups[column + 1]) &&
      !isBlank(names[column]) &&
      !isBlank(names[column + 1]),
  );
  return isNamed && hasGroup && filled(groups) > 1 && !groups.some((cell) => /\d/.test(cell));
}

/** Whether a row contains words that do not recur below them, with figures below some of them. */
function areNames(cells: readonly string[], below: readonly LookedRow[]): boolean {
  if (cells.some((cell) => /\d/.test(cell))) return false;
  const records = below.map((row) => row.cells);
  const again = cells.some(
    (cell, column) => !isBlank(cell) && records.some((record) => record[column] === cell),
  );
  const figures = cells.some(
    (cell, column) => !isBlank(cell) && records.some((record) => /\d/.test(record[column] ?? '')),
  );
  return !again && figures;
}

const filled = (cells: readonly string[]): number => cells.filter((cell) => cell.trim() !== '').length;

/** The number of cells, without trailing empty ones, that most rows have. */
function usualWidth(rows: readonly LookedRow[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of rows) {
    const width = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
    if (width > 0) counts.set(width, (counts.get(width) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

/** Long numbers and whole dates are no column names. */
const hasIdentifiers = (cells: readonly string[]): boolean =>
  cells.some((cell) => /^\d{11,}[Xx]?$|^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}/.test(cell.trim()));

/** Whether the cells of a row recur in their columns, in at least two of them or in the only one. */
function repeats(cells: readonly string[], records: readonly (readonly string[])[]): boolean {
  const again = cells.filter(
    (cell, column) => cell.trim() !== '' && records.some((record) => record[column] === cell),
  );
  return again.length >= Math.min(2, cells.length);
}

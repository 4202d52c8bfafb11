import type { RowProblem } from '../../../terms/rowProblem.ts';
import { tableBatch, type Cell, type TableBatch } from '../reader.ts';
import { cellFault, cellWarning } from './cellFaults.ts';
import { markWarning, mayHoldMarks, withoutMarks } from './spreadsheetMarks.ts';
import { textDoubt } from './textSigns.ts';

/** @param cells of a row as they were read */
type IsUndecodable = (cells: readonly Cell[], index: number) => boolean;

/**
 * The batch with each row that has an unusable cell moved to `bad` (in the order of lines) and each doubtful cell reported as a doubt or a
 * warning.
 * @param isUndecodable whether U+FFFD in a cell represents bytes that could not be decoded
 * @param marks how marks of spreadsheets around a text are handled
 */
export function soundRows(
  batch: TableBatch,
  columns: readonly string[],
  isUndecodable: IsUndecodable,
  marks: 'remove' | 'keep' = 'keep',
): TableBatch {
  const sound = tableBatch(columns);
  sound.skipped = batch.skipped;
  for (const bad of batch.bad) sound.bad.push(bad);
  for (const warning of batch.warnings) sound.warnings.push(warning);
  const places = new Map<number, number>();
  const mixed = new Set(
    batch.doubts.flatMap(({ record, problem }) =>
      problem.rule === 'encoding.mixed' || problem.rule === 'encoding.contradicted' ? [record] : [],
    ),
  );
  for (const [i, read] of [...batch.records].entries()) {
    const line = batch.lines[i] ?? 0;
    const cells = marks === 'keep' ? read : unmarked(read, line, columns, sound.warnings);
    const ofRow = (index: number): boolean => isUndecodable(read, index);
    const { problems, doubts } = examined(cells, line, columns, ofRow, sound.warnings);
    if (problems.length > 0) sound.bad.push({ line, problems, raw: cells });
    else {
      places.set(i, sound.records.length);
      for (const problem of doubts) {
        const isEcho = problem.rule === 'encoding.mojibake' && mixed.has(i);
        if (!isEcho) sound.doubts.push({ record: sound.records.length, problem });
      }
      sound.records.push(cells);
      sound.lines.push(line);
    }
  }
  for (const doubt of batch.doubts) {
    const record = doubt.record === 'file' ? doubt.record : places.get(doubt.record);
    if (record !== undefined) sound.doubts.push({ record, problem: doubt.problem });
  }
  sound.bad.sort((a, b) => a.line - b.line);
  return sound;
}

/** Faults and doubts of the cells of a row. @param warnings receives their warnings */
function examined(
  cells: readonly Cell[],
  line: number,
  columns: readonly string[],
  isUndecodable: (index: number) => boolean,
  warnings: RowProblem[],
): { readonly problems: readonly RowProblem[]; readonly doubts: readonly RowProblem[] } {
  const problems: RowProblem[] = [];
  const doubts: RowProblem[] = [];
  for (const [index, cell] of cells.entries()) {
    const text = textOf(cell);
    if (text === undefined) continue;
    const place = { line, column: index + 1, header: columns[index] ?? '' };
    const fault = cellFault(text, place, isUndecodable(index));
    if (fault !== undefined) problems.push(fault);
    const warning = cellWarning(text, place);
    if (warning !== undefined) warnings.push(warning);
    const doubt = textDoubt(text, place);
    if (doubt !== undefined) doubts.push(doubt);
  }
  return { problems, doubts };
}

/** The cells without marks of spreadsheets; each removal is a warning. */
const unmarked = (
  cells: readonly Cell[],
  line: number,
  columns: readonly string[],
  warnings: RowProblem[],
): readonly Cell[] =>
  cells.map((cell, index) => {
    if (typeof cell !== 'string' || !mayHoldMarks(cell)) return cell;
    const value = withoutMarks(cell);
    if (value === cell) return cell;
    warnings.push(markWarning(value, { line, column: index + 1, header: columns[index] ?? '' }));
    return value;
  });

/** All the text of a cell; a list is examined as a whole. */
const textOf = (cell: Cell): string | undefined =>
  typeof cell === 'string'
    ? cell
    : Array.isArray(cell)
      ? cell.filter((one) => typeof one === 'string').join('')
      : undefined;

/** Marks that spreadsheets put around a text to show it as text, in tables that were exported from them. */
import { classOfValue } from '../../terms/rowProblem.ts';
import type { Cell, TableBuilder } from '../reading/reader.ts';
import { recordProblem } from '../reading/rowRules.ts';
import { mayBeMarked, withoutMarks } from '../reading/text/spreadsheetMarks.ts';

/** Removes the marks, with a warning for each text. @param columns indexes of the text columns, from 0 */
export function takeMarks(batch: TableBuilder, columns: readonly number[]): void {
  for (const [record, cells] of batch.records.entries())
    for (const index of columns) {
      const cell = cells[index];
      if (typeof cell !== 'string' || !mayBeMarked(cell)) continue;
      const plain = withoutMarks(cell);
      if (plain === cell) continue;
      (cells as Cell[])[index] = plain;
      const line = batch.lines[record] ?? 0;
      const problem = recordProblem(line, 'spreadsheet.mark', classOfValue(cell, false));
      batch.warnings.push({ ...problem, column: index + 1, header: batch.columns[index] ?? '' });
    }
}

import type { RowProblem } from '../../terms/rowProblem.ts';
import { tableBatch, type TableBatch } from '../reader.ts';
import { cellFault, cellWarning } from './cellFaults.ts';

/**
 * The batch again, with each row that has an unusable cell moved to `bad` (in the order of lines) and each doubtful cell warned of.
 * @param undecodable whether U+FFFD in a cell may stand for broken bytes
 */
export function soundRows(batch: TableBatch, columns: readonly string[], undecodable: boolean): TableBatch {
  const sound = tableBatch(columns);
  sound.skipped = batch.skipped;
  for (const bad of batch.bad) sound.bad.push(bad);
  for (const [i, cells] of [...batch.records].entries()) {
    const line = batch.lines[i] ?? 0;
    const problems: RowProblem[] = [];
    for (const [index, cell] of cells.entries()) {
      if (typeof cell !== 'string') continue;
      const place = { line, column: index + 1, header: columns[index] ?? '' };
      const fault = cellFault(cell, place, undecodable);
      if (fault !== undefined) problems.push(fault);
      const warning = cellWarning(cell, place);
      if (warning !== undefined) sound.warnings.push(warning);
    }
    if (problems.length > 0) sound.bad.push({ line, problems, raw: cells });
    else {
      sound.records.push(cells);
      sound.lines.push(line);
    }
  }
  sound.bad.sort((a, b) => a.line - b.line);
  return sound;
}

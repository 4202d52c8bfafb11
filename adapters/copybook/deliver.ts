import type { RowProblem } from '../../terms/rowProblem.ts';
import type { CellGroup, TreeBuilder } from '../reader.ts';

/** Puts a record where it belongs: among the good ones, or with its problems among the bad. */
export function deliver(
  batch: TreeBuilder,
  number: number,
  record: CellGroup,
  problems: readonly RowProblem[],
): void {
  if (problems.length > 0) {
    batch.bad.push({ line: number, problems, raw: record });
    return;
  }
  batch.records.push(record);
  batch.lines.push(number);
}

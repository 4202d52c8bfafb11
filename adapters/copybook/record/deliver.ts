import type { RowProblem } from '../../../terms/rowProblem.ts';
import type { CellGroup, TreeBuilder } from '../../reading/reader.ts';

/** Puts a record where it belongs: among the good ones with its doubts, or with its problems among the bad. */
export function deliver(
  batch: TreeBuilder,
  number: number,
  record: CellGroup,
  problems: readonly RowProblem[],
  doubts: readonly RowProblem[],
): void {
  if (problems.length > 0) {
    batch.bad.push({ line: number, problems, raw: record });
    return;
  }
  for (const problem of doubts) batch.doubts.push({ record: batch.records.length, problem });
  batch.records.push(record);
  batch.lines.push(number);
}

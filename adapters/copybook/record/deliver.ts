import type { RowProblem } from '../../../terms/rowProblem.ts';
import type { CellGroup, TreeBuilder } from '../../reading/reader.ts';

/** Adds a record to its list: the good ones with its doubts, or the bad ones with its problems. */
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

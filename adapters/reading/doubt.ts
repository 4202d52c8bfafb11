/**
 * Doubts (存疑): a reader reports where it guesses or is lenient.
 *
 * problem  the record is not delivered: `bad` of its batch
 * doubt    the record is delivered, but a value in it may be wrong: `doubts` of its batch
 * warning  the value is right and only worth a review: `warnings` of its batch
 *
 * A reader adds a doubt for each record that it reads leniently, with position and rule (`rowRules`), never a value. The consumer of the
 * batches chooses the effect. `refuse` (strict, the default of intake) makes a problem record of a doubted one and rejects a doubted file;
 * `tell` accepts, reports and counts. Doubts about a column or field that a mapping does not read do not affect its rows.
 */
import { Problem } from '../../terms/problem.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';

export interface Doubt {
  /** index of its record among the records of the batch, from 0; `file`: the whole file, reported once */
  readonly record: number | 'file';
  /** what is doubted; `header` is the column's name, or in nested formats the path as mappings write it */
  readonly problem: RowProblem;
}

/** How doubts are handled. */
export type UseOfDoubts = 'refuse' | 'tell';

/** The doubts of a batch, grouped by their scope. */
export interface SortedDoubts {
  readonly file: readonly RowProblem[];
  readonly byRecord: ReadonlyMap<number, readonly RowProblem[]>;
}

/** @param concerns whether a doubt about a record, or about one column of the file, matters to the reader's caller */
export function sortedDoubts(
  doubts: readonly Doubt[],
  concerns: (problem: RowProblem) => boolean,
): SortedDoubts {
  const file: RowProblem[] = [];
  const byRecord = new Map<number, RowProblem[]>();
  for (const { record, problem } of doubts) {
    if (record === 'file') {
      if (problem.column === 0 || concerns(problem)) file.push(problem);
    } else if (concerns(problem)) {
      const others = byRecord.get(record);
      if (others === undefined) byRecord.set(record, [problem]);
      else others.push(problem);
    }
  }
  return { file, byRecord };
}

/** @throws Problem file_doubtful where there is a doubt about the whole file */
export function refuseDoubtedFile(doubts: readonly RowProblem[]): void {
  const [first] = doubts;
  if (first === undefined) return;
  const findings = doubts.map(({ line, rule, message }) => ({
    rule,
    ...(line === 0 ? {} : { line }),
    message,
  }));
  throw new Problem('file_doubtful', { rule: first.rule }, { findings });
}

/**
 * Doubts (存疑): where a reader guesses or forgives, it says so.
 *
 *   problem  the record is not delivered: `bad` of its batch
 *   doubt    the record is delivered, but a value in it may not be the one that was meant: `doubts` of its batch
 *   warning  the value is right and only worth a look: `warnings` of its batch
 *
 * A reader adds a doubt for each record that it reads leniently, with place and rule (`rowRules`), never a value. Whoever uses the
 * batches says what that means: `refuse` (strict, the default of intake) makes a problem record of a doubted one and refuses a doubted
 * file; `tell` delivers, tells and counts. Doubts about a column or field that a mapping does not read leave its rows alone.
 */
import { Problem } from '../../terms/problem.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';

export interface Doubt {
  /** place of its record among the records of the batch, from 0; `file`: all of the file, told once */
  readonly record: number | 'file';
  /** what is doubted; `header` is the column's name, or in nested formats the path as mappings write it */
  readonly problem: RowProblem;
}

/** What becomes of a doubt. */
export type UseOfDoubts = 'refuse' | 'tell';

/** The doubts of a batch by what they are about. */
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

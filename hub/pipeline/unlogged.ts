/** Refusals that leave no entry: before the log was asked, or because it cannot be written. They give nothing away. */
import type { Problem } from '../../terms/problem.ts';

export class Unlogged extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** The other side closed the connection: there is nobody to answer. */
export class ClientGone extends Error {}

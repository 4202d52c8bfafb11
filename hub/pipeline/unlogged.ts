/** Refusals that leave no entry: they occur before the log, or because the log cannot be written. They disclose nothing. */
import type { Problem } from '../../terms/problem.ts';

export class Unlogged extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** The client closed the connection: no reply is possible. */
export class ClientGone extends Error {}

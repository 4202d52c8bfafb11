import { Problem } from '../terms/problem.ts';

/** What an action gives; where it throws a Problem, that is told and nothing is given. Any other error is thrown on. */
export function attempt<T>(action: () => T, failed: (problem: Problem) => void): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failed(error);
    return undefined;
  }
}

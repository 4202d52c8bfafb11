import { Problem } from '../terms/problem.ts';

/** The result of an action. A thrown Problem is passed to `failed`, and undefined is returned. Any other error is rethrown. */
export function attempt<T>(action: () => T, failed: (problem: Problem) => void): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failed(error);
    return undefined;
  }
}

import { Problem } from '../../../terms/problem.ts';

/**
 * Does a part of a job's work. Where rows of it were changed past the hub, it is left out, and the other parts go on.
 * @param failures receives the problem, for the result of the run
 * @returns undefined where the part was left out
 */
export async function exceptAltered<T>(failures: unknown[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'rows_unauthenticated')) throw error;
    failures.push(error);
    return undefined;
  }
}

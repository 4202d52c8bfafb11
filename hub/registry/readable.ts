import { Problem } from '../../terms/problem.ts';

/** What is made of a stored text; undefined where it is none any more, or the rules of today refuse it: it fails alone, not what stands beside it. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

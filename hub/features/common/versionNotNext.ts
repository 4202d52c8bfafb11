import { Problem, type ProblemFacts } from '../../../terms/problem.ts';
import { defined } from '../../../terms/defined.ts';

/** The problem that a document does not have the next version number. @param what kind and id @param at position in the request */
export const versionNotNext = (
  what: NonNullable<ProblemFacts['what']>,
  expected: number,
  received: number,
  at?: string,
): Problem =>
  new Problem(
    'version_not_next',
    { what, expected },
    { expected: String(expected), received: String(received), ...defined({ at }) },
  );

import { Problem, type ProblemFacts } from '../../../terms/problem.ts';

/** That a document came under a number which is not its next one. @param what kind and id @param at where in the request it stands */
export const versionNotNext = (
  what: NonNullable<ProblemFacts['what']>,
  expected: number,
  received: number,
  at?: string,
): Problem =>
  new Problem(
    'version_not_next',
    { what, expected },
    { expected: String(expected), received: String(received), ...(at === undefined ? {} : { at }) },
  );

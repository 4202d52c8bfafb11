import { Problem } from '../terms/problem.ts';
import type { Plan } from './plans.ts';

/** The plan that a caller means. @returns undefined where there is none @throws Problem several_agreements */
export function onePlan(
  plans: readonly Plan[],
  { agreement, purpose }: { readonly agreement?: string | undefined; readonly purpose?: string | undefined },
): Plan | undefined {
  const found = plans.filter(
    ({ ref }) =>
      (agreement === undefined || ref.agreement === agreement) &&
      (purpose === undefined || ref.purpose === purpose),
  );
  if (found.length > 1)
    throw new Problem('several_agreements', {
      choices: found.map(({ ref }) => `${ref.agreement} ${ref.purpose}`).join(', '),
    });
  return found[0];
}

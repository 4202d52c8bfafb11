/** The plans that will decide once a dataset is bound to another version: what the registries are read as then, not what is compiled together now. */
import { inTurns } from '../../machine/yieldIfSlow.ts';
import { documentsOf } from '../../policies/questions/effectOf.ts';
import type { Plans } from '../../policies/plans.ts';
import { compileStandingInSteps, type ConsentVerdict } from '../../policies/standingPlans.ts';
import { togetherWith } from './compileTogether.ts';
import type { RegistrySnapshot } from './snapshot.ts';

/**
 * Of everything that stands, also of what does not compile as things are: an agreement over a major version that was left stands on, and
 * answers again as soon as its datasets are bound to that version.
 * @param bind a dataset, and the urn of the version that it comes to be bound to
 * @throws Problem policy_does_not_compile where no document can be blamed
 */
export async function readAfter(
  read: Pick<RegistrySnapshot, 'plans' | 'context' | 'schemas' | 'failed' | 'idle'>,
  bind: { readonly dataset: string; readonly schema: string },
): Promise<Plans> {
  const { context } = togetherWith(read, { bind });
  const verdicts: ConsentVerdict[] = [
    ...[...documentsOf(read.plans), ...read.idle].map((document) => ({ document })),
    ...read.failed.filter(({ fault }) => fault !== 'does_not_compile'),
  ];
  const { plans } = await inTurns(compileStandingInSteps(verdicts, context, read.plans));
  return plans;
}

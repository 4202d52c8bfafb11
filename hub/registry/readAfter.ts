/**
 * The plans that will decide once a dataset is bound to another version: from the registries as they will be then, not from compiling
 * together now.
 */
import { inTurns } from '../../machine/yieldIfSlow.ts';
import { documentsOf } from '../../policies/questions/effectOf.ts';
import type { Plans } from '../../policies/plans.ts';
import { compileStandingInSteps, type ConsentVerdict } from '../../policies/standingPlans.ts';
import { togetherWith } from './compileTogether.ts';
import type { RegistrySnapshot } from './snapshot.ts';

/**
 * Covers all documents in force, including those that do not compile now. An agreement over a former major version remains in force, and
 * answers again as soon as its datasets are bound to that version.
 * @param bind a dataset, and the urn of the version to which it will be bound
 * @throws Problem policy_does_not_compile if no single document is the cause
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

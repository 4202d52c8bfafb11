/** What every delivery of the release walk has in common: who asks for what, in which words a denial is told, which dataset answers. */
import type { DecisionRequest, Denial, Permission } from '../../../policies/decision.ts';
import { Problem } from '../../../terms/problem.ts';
import type { ProblemCode } from '../../../terms/problemCatalogue.ts';
import { releases } from '../../domain/dataset.ts';
import type { Call } from '../../gate/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import type { Registry } from '../../registry/registry.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { liveDataset } from '../liveDataset.ts';

/** One person alone gets nothing out of a new hub but what its purpose `sandbox` allows. */
export const isOpenTo = ({ current }: Registry, purpose: string | undefined): boolean =>
  current.founded || purpose === 'sandbox';

/** Purpose, agreement, official and case number travel only in signed headers, never in the body. */
export function askedBy(
  call: Call<DepartmentCaller>,
): Omit<DecisionRequest, 'fields' | 'filter' | 'sort' | 'limit'> {
  const { signed, department } = call.caller;
  return {
    consumer: department,
    dataset: call.params['dataset'] ?? '',
    agreement: signed['agreement'],
    purpose: signed['purpose'],
    onBehalfOf: signed['on-behalf-of'],
    matter: signed['matter'],
  };
}

export function problemOf({ code, at }: Denial): Problem {
  return new Problem(code as ProblemCode, {}, { check: 'decision', ...(at === undefined ? {} : { at }) });
}

/** The dataset of a permission. @throws Problem dataset_unknown, dataset_unavailable */
export function releasedDataset(registry: Registry, { plan }: Permission): LiveDataset {
  const dataset = liveDataset(registry, plan.dataset);
  const { id, state } = dataset.row;
  if (!releases(state)) throw new Problem('dataset_unavailable', { dataset: id, state });
  return dataset;
}

import type { Leaf } from '../log/leaf.ts';
import { datasetId, providerOf } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import type { Decision, DecisionRequest } from './decision.ts';

export type DecisionFacts = Pick<Leaf, 'kind' | 'decision'> &
  Partial<
    Pick<
      Leaf,
      | 'code'
      | 'consumer'
      | 'provider'
      | 'dataset'
      | 'agreement'
      | 'purpose'
      | 'onBehalfOf'
      | 'matter'
      | 'fields'
      | 'withheld'
      | 'policy'
    >
  >;

/** What the log's entry says of a decision: names, codes and masks; never a value that was filtered by. */
export function entryFacts(request: DecisionRequest, decision: Decision): DecisionFacts {
  const { consumer, agreement, purpose, onBehalfOf, matter } = request;
  const asked = {
    ...(agreement === undefined ? {} : { agreement }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(matter === undefined ? {} : { matter }),
  };
  if (decision.effect === 'deny') {
    const { code, policy } = decision;
    return {
      kind: 'release',
      decision: 'deny',
      code,
      consumer,
      ...datasetFacts(request.dataset),
      ...asked,
      policy,
    };
  }
  const { plan, fields, withheld, policy } = decision;
  return {
    kind: 'release',
    decision: 'allow',
    consumer: plan.consumer,
    provider: plan.provider,
    dataset: plan.dataset,
    ...asked,
    fields: Object.fromEntries(fields.map(({ field, mask }) => [field, mask.name])),
    withheld,
    policy,
  };
}

/** A dataset that is not even an id is not repeated. */
function datasetFacts(dataset: string): { readonly dataset?: string; readonly provider?: string } {
  try {
    return { dataset, provider: providerOf(datasetId(dataset)) };
  } catch (error) {
    if (error instanceof Problem) return {};
    throw error;
  }
}

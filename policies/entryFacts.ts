import type { Leaf } from '../log/leaf.ts';
import { datasetId, providerOf } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import type { Decision, DecisionRequest, FieldGrant } from './decision.ts';

export type DecisionFacts = Pick<Leaf, 'kind'> &
  Partial<
    Pick<
      Leaf,
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

/**
 * What the log's entry says of a decision: names and masks, never a value that was filtered by. The release walk writes these very facts;
 * whether it was allowed, and the code of a denial, the gate adds from what finally happened.
 */
export function entryFacts(request: DecisionRequest, decision: Decision): DecisionFacts {
  const { consumer, agreement, purpose, onBehalfOf, matter } = request;
  const asked = {
    ...(agreement === undefined ? {} : { agreement }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(matter === undefined ? {} : { matter }),
  };
  if (decision.effect === 'deny') {
    const { policy } = decision;
    return {
      kind: 'release',
      consumer,
      ...datasetFacts(request.dataset),
      ...asked,
      policy,
    };
  }
  const { plan, fields, withheld, policy } = decision;
  return {
    kind: 'release',
    consumer: plan.consumer,
    provider: plan.provider,
    dataset: plan.dataset,
    ...asked,
    fields: masksOf(fields),
    withheld,
    policy,
  };
}

const masksOfFields = new WeakMap<readonly FieldGrant[], Readonly<Record<string, string>>>();

/** Field → mask. Calls that name no fields share the plan's own list. */
function masksOf(fields: readonly FieldGrant[]): Readonly<Record<string, string>> {
  let masks = masksOfFields.get(fields);
  if (masks === undefined) {
    masks = Object.fromEntries(fields.map(({ field, mask }) => [field, mask.name]));
    masksOfFields.set(fields, masks);
  }
  return masks;
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

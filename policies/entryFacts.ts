import type { Leaf } from '../log/leaf.ts';
import { datasetId, providerOf } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import type { Decision, DecisionRequest, FieldGrant } from './decision.ts';
import type { UpperApproval } from './documents/agreement.ts';
import type { DenialCode } from './plans/plan.ts';
import { obligationTexts } from './obligations/describedObligations.ts';

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
      | 'matterCode'
      | 'obligations'
      | 'approval'
      | 'fact'
      | 'aggregate'
      | 'fields'
      | 'withheld'
      | 'policy'
    >
  >;

/**
 * The facts that the log's entry records of a decision: names and masks, never a filter value. The release flow writes exactly these facts.
 * The request pipeline adds the final outcome: whether the call was allowed, and the code of a denial.
 */
export function entryFacts(request: DecisionRequest, decision: Decision): DecisionFacts {
  const { consumer, agreement, purpose, onBehalfOf, matter } = request;
  const requested = {
    kind: 'release' as const,
    ...(agreement === undefined ? {} : { agreement }),
    ...(purpose === undefined || isRefused('purpose_unknown', decision) ? {} : { purpose }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    // only an allowed call has passed the check of its case number
    ...(matter === undefined || decision.effect === 'deny' ? {} : { matter }),
  };
  if (decision.effect === 'deny') {
    const { policy } = decision;
    return {
      consumer,
      ...datasetFacts(request.dataset),
      ...requested,
      policy,
    };
  }
  const { plan, fields, withheld, policy, matter: served, obligations, approval, fact, aggregate } = decision;
  return {
    consumer: plan.consumer,
    provider: plan.provider,
    dataset: plan.dataset,
    ...requested,
    ...(served === undefined ? {} : { matterCode: served.code }),
    ...(fact === undefined ? {} : { fact: fact.id }),
    ...(aggregate === undefined ? {} : { aggregate: aggregate.id }),
    ...(fact === undefined && aggregate === undefined ? { fields: masksOf(fields), withheld } : {}),
    ...(approval === undefined ? {} : { approval: approvalFacts(approval) }),
    ...(obligations.length === 0 ? {} : { obligations: obligationTexts(obligations) }),
    policy,
  };
}

/** Number and resource on the upper platform, and the digest of the paper. */
const approvalFacts = ({ number, resource, sha256 }: UpperApproval): UpperApproval => ({
  number,
  resource,
  sha256,
});

/** A text that is no known purpose may be anything, even an identity number: it is never stored. */
const isRefused = (code: DenialCode, decision: Decision): boolean =>
  decision.effect === 'deny' && decision.code === code;

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

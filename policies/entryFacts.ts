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
 * What the log's entry says of a decision: names and masks, never a value that was filtered by. The release walk writes these very facts;
 * whether it was allowed, and the code of a denial, the gate adds from what finally happened.
 */
export function entryFacts(request: DecisionRequest, decision: Decision): DecisionFacts {
  const { consumer, agreement, purpose, onBehalfOf, matter } = request;
  const requested = {
    kind: 'release' as const,
    ...(agreement === undefined ? {} : { agreement }),
    ...(purpose === undefined || isRefused('purpose_unknown', decision) ? {} : { purpose }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    // only an allowed call has come past the check of its case number
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
    ...(approval === undefined ? {} : { approval: saidApproval(approval) }),
    ...(obligations.length === 0 ? {} : { obligations: obligationTexts(obligations) }),
    policy,
  };
}

/** Number and resource there, and the digest of the paper. */
const saidApproval = ({ number, resource, sha256 }: UpperApproval): UpperApproval => ({
  ...{ number, resource, sha256 },
});

/** A text that is no purpose may be anything, an identity number too: it is never kept. */
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

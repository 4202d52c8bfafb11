/** What whoever follows the log reads of a leaf. Ids, digests and commitments are nobody's there, and are not read for it. */
import type { FoundBy } from '../../../log/entryQuestion.ts';
import type { Leaf } from '../../../log/leaf.ts';

export interface FollowedLeaf extends FoundBy, Pick<Leaf, 'matterCode' | 'obligations' | 'change'> {
  readonly rows?: Pick<NonNullable<Leaf['rows']>, 'delivered'>;
  readonly subjects?: Pick<NonNullable<Leaf['subjects']>, 'count'>;
  readonly stream?: Pick<NonNullable<Leaf['stream']>, 'state'>;
}

/** The same and nothing else. */
export function followed(leaf: FollowedLeaf): FollowedLeaf {
  const { at, kind, operation, decision, code, actor, consumer, provider, dataset, schema } = leaf;
  const { agreement, purpose, onBehalfOf, matter, matterCode, obligations, fields, change } = leaf;
  const { rows, subjects, stream } = leaf;
  return {
    at,
    kind,
    operation,
    decision,
    actor,
    ...(code === undefined ? {} : { code }),
    ...(consumer === undefined ? {} : { consumer }),
    ...(provider === undefined ? {} : { provider }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(schema === undefined ? {} : { schema }),
    ...(agreement === undefined ? {} : { agreement }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(matter === undefined ? {} : { matter }),
    ...(matterCode === undefined ? {} : { matterCode }),
    ...(obligations === undefined ? {} : { obligations }),
    ...(fields === undefined ? {} : { fields }),
    ...(change === undefined ? {} : { change }),
    ...(rows === undefined ? {} : { rows: { delivered: rows.delivered } }),
    ...(subjects === undefined ? {} : { subjects: { count: subjects.count } }),
    ...(stream === undefined ? {} : { stream: { state: stream.state } }),
  };
}

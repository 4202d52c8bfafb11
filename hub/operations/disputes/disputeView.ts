import type { components } from '../../../api/openapi.ts';
import type { LeafFacts } from '../../audit/entry.ts';
import type { Dispute, DisputeEvent } from '../../domain/dispute.ts';
import { moment } from '../reading/listing.ts';

/** `DisputeView` of openapi.yaml. */
export const disputeView = ({ events, ...dispute }: Dispute): components['schemas']['DisputeView'] => ({
  ...dispute,
  events: events.map(({ at, ...event }) => ({ ...event, at: moment(at) })),
});

/** What the entry of an act says: names, and the digest of its document. */
export const disputeFacts = (
  { id, about, raised, other, state }: Omit<Dispute, 'events'>,
  { act, document }: Pick<DisputeEvent, 'act' | 'document'>,
): LeafFacts => ({ change: { dispute: id, about, raised, other, act, stands: state, paper: document } });

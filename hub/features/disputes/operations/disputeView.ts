import type { components } from '../../../../api/openapi.ts';
import type { LeafFacts } from '../../../log/entry.ts';
import type { Dispute, DisputeEvent } from '../../../domain/dispute.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';

/** `DisputeView` of openapi.yaml. */
export function disputeView(
  { events, ...dispute }: Dispute,
  identity: Services['identity'],
): components['schemas']['DisputeView'] {
  const names = new Map<string, string>(identity.persons().map(({ id, name }) => [id, name]));
  return {
    ...dispute,
    events: events.map(({ at, ...event }) => {
      const name = names.get(event.person);
      return { ...event, ...(name === undefined ? {} : { name }), at: moment(at) };
    }),
  };
}

/** What the entry of an act says: names, and the digest of its document. */
export const disputeFacts = (
  { id, about, raised, other, state }: Omit<Dispute, 'events'>,
  { act, document }: Pick<DisputeEvent, 'act' | 'document'>,
): LeafFacts => ({ change: { dispute: id, about, raised, other, act, stands: state, paper: document } });

import type { components } from '../../../../api/openapi.ts';
import type { LeafFacts } from '../../../log/entry.ts';
import { type Dispute, type DisputeEvent, actOn } from '../../../domain/dispute.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { allowed } from '../../../pipeline/call.ts';
import { isDuplicate } from '../../../platform/database/failure.ts';
import type { Pool } from '../../../platform/database/database.ts';
import {
  appendDisputeEvent,
  insertDispute,
  nextDisputeId,
  disputeById,
  moveDispute,
} from '../store/disputes.ts';
import { requestById } from '../../requests/store/requests.ts';
import { ticketById } from '../../tickets/store/tickets.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { own, everywhere, seen } from '../../../domain/cells.ts';
import { isOfOffice } from '../../../domain/permissions.ts';
import { self, office, anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { reachOf } from '../../common/reach.ts';
import { defined } from '../../../../terms/defined.ts';

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
      return { ...event, ...defined({ name }), at: moment(at) };
    }),
  };
}

/** Facts of an action's log entry: names, and the digest of its document. */
const disputeFacts = (
  { id, about, raised, other, state }: Omit<Dispute, 'events'>,
  { act, document }: Pick<DisputeEvent, 'act' | 'document'>,
): LeafFacts => ({ change: { dispute: id, about, raised, other, act, stands: state, paper: document } });

/**
 * POST /v1/disputes: a department disputes the answer to its request or ticket, or the claim of another department. The two settle it
 * between themselves, or either takes it to the data office.
 * @throws Problem not_found, text_identity_number, already_registered
 */
export const raiseDispute = operation('raiseDispute', {
  kind: 'management',
  permission: { steward: own },
  owner: self,
  run: async (call, { database, identity }) => {
    const { about, said, document } = call.body;
    if (holdsIdentityNumber(said)) throw new Problem('text_identity_number', {}, { at: '/body/said' });
    const parties = await partiesOf(database.app, about);
    const own = departmentsOf(call.caller);
    const raised = parties?.find((code) => own.includes(code));
    const other = parties?.find((code) => code !== raised);
    // another department's case returns the same problem as one that does not exist
    if (raised === undefined || other === undefined) throw new Problem('not_found');
    const { person } = call.caller;
    const id = await nextDisputeId(database.app);
    const event: DisputeEvent = { seq: 1, act: 'raise', person, at: call.now, said, document };
    const dispute = { id, about, raised, other, state: 'between' } as const;
    return allowed<'raiseDispute'>(201, disputeView({ ...dispute, events: [event] }, identity), {
      facts: disputeFacts(dispute, event),
      work: async (transaction) => {
        await insertDispute(transaction, dispute).catch((error: unknown) => {
          throw isDuplicate(error)
            ? new Problem('already_registered', { what: `Dispute ${about}` }, { cause: error })
            : error;
        });
        await appendDisputeEvent(transaction, id, event, call.exchange);
      },
    });
  },
});

/** The two departments of a request or a ticket; undefined if it does not exist. */
async function partiesOf(pool: Pool, about: string): Promise<readonly string[] | undefined> {
  if (about.startsWith('req-')) {
    const request = await requestById(pool, about);
    return request && [request.consumer, request.provider];
  }
  const ticket = await ticketById(pool, about);
  return ticket && [ticket.opener, ticket.provider];
}

/**
 * POST /v1/disputes/{dispute}/acts: one step with its document, by a person of the side that must act.
 * @throws Problem not_found, transition_not_allowed, not_your_department, four_eyes, text_identity_number
 */
export const actOnDispute = operation('actOnDispute', {
  kind: 'management',
  permission: { 'office steward': everywhere, steward: own },
  owner: async (call, { database }) => {
    const dispute = await disputeById(database.app, call.params.dispute);
    return dispute === undefined ? office : anyOf(dispute.raised, dispute.other);
  },
  run: async (call, { database, identity }) => {
    const { act, said, document } = call.body;
    const { caller, now, exchange } = call;
    const dispute = await disputeById(database.app, call.params.dispute);
    if (dispute === undefined) throw new Problem('not_found');
    if (holdsIdentityNumber(said)) throw new Problem('text_identity_number', {}, { at: '/body/said' });
    const office = isOfOffice(caller.grants, ['steward']);
    const state = actOn(dispute, act, caller.actingPersons, { departments: departmentsOf(caller), office });
    const seq = dispute.events.length + 1;
    const event: DisputeEvent = { seq, act, person: caller.person, at: now, said, document };
    const after = { ...dispute, state, events: [...dispute.events, event] };
    return allowed<'actOnDispute'>(200, disputeView(after, identity), {
      facts: disputeFacts(after, event),
      work: async (transaction) => {
        await appendDisputeEvent(transaction, dispute.id, event, exchange).catch((error: unknown) => {
          const what = `dispute ${dispute.id}` as const;
          throw isDuplicate(error)
            ? new Problem('transition_not_allowed', { what, state: 'moved', act }, { cause: error })
            : error;
        });
        await moveDispute(transaction, dispute.id, state);
      },
    });
  },
});

const showDisputePermission = seen;

/**
 * GET /v1/disputes/{dispute}: visible to its two departments and the data office. Other callers get the same problem as for a dispute that
 * does not exist.
 * @throws Problem not_found
 */
export const showDispute = operation('showDispute', {
  kind: 'inspect',
  permission: showDisputePermission,
  owner: self,
  run: async (call, { database, identity }) => {
    const dispute = await disputeById(database.app, call.params.dispute);
    const reach = reachOf(showDisputePermission, call.caller);
    const parties = dispute === undefined ? [] : [dispute.raised, dispute.other];
    if (dispute === undefined || (reach !== undefined && !parties.some((code) => reach.includes(code))))
      throw new Problem('not_found');
    return allowed<'showDispute'>(200, disputeView(dispute, identity), {
      facts: { change: { dispute: dispute.id } },
    });
  },
});

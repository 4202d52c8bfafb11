import { Problem } from '../../../../terms/problem.ts';
import type { DisputeEvent } from '../../../domain/dispute.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import { allowed } from '../../../pipeline/call.ts';
import { isDuplicate } from '../../../platform/database/failure.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { appendDisputeEvent, insertDispute, nextDisputeId } from '../store/disputes.ts';
import { requestById } from '../../requests/store/requests.ts';
import { ticketById } from '../../tickets/store/tickets.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { disputeFacts, disputeView } from './disputeView.ts';
import { own } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/disputes: a department does not accept how its request or its ticket was answered, or what another one claims. The two settle it
 * among themselves, or either takes it to the data office.
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
    // what is not hers is as unknown as what never was
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

/** The two departments of a request or a ticket; undefined where there is none. */
async function partiesOf(reader: Reader, about: string): Promise<readonly string[] | undefined> {
  if (about.startsWith('req-')) {
    const request = await requestById(reader, about);
    return request && [request.consumer, request.provider];
  }
  const ticket = await ticketById(reader, about);
  return ticket && [ticket.opener, ticket.provider];
}

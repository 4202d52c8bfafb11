import { Problem } from '../../../../terms/problem.ts';
import { actOn, type DisputeEvent } from '../../../domain/dispute.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import { allowed } from '../../../pipeline/call.ts';
import { isDuplicate } from '../../../platform/database/failure.ts';
import { appendDisputeEvent, disputeById, moveDispute } from '../store/disputes.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { disputeFacts, disputeView } from './disputeView.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { office, anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/disputes/{dispute}/acts: one step, by a person of the side whose step it is, with its document.
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
    const office = caller.grants.some(
      ({ role, department }) => role === 'steward' && department === undefined,
    );
    const state = actOn(dispute, act, caller.hands, { departments: departmentsOf(caller), office });
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

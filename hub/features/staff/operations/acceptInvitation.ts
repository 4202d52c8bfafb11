import { actOutcome } from '../../common/actOutcome.ts';
import { acceptInvitation as act } from '../../../identity/persons/personLifeCycle.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem invitation_invalid | _waits | _used | _expired */
export const acceptInvitation = operation('acceptInvitation', {
  kind: 'management',
  run: async (call, { identity, hub }) => {
    const body = call.body;
    const prepared = await identity.prepare(act, body, call);
    // signs the person in without a second address
    return actOutcome<'acceptInvitation'>(201, {
      ...prepared,
      reply: { ...prepared.reply, staff: hub.staff.origin },
    });
  },
});

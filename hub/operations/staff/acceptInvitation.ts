import type { components } from '../../../api/openapi.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { acceptInvitation as act } from '../../identity/persons/acceptInvitation.ts';

/** @throws Problem invitation_invalid | _waits | _used | _expired */
export async function acceptInvitation(call: Call<Stranger>, { identity, hub }: Services): Promise<Outcome> {
  const body = call.body as components['schemas']['InvitationAcceptance'];
  const prepared = await identity.prepare(act, body, call);
  // so that she is logged in without being told another address
  return actOutcome(201, { ...prepared, reply: { ...prepared.reply, staff: hub.staff.origin } });
}

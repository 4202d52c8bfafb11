import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Services } from '../services.ts';

/** @throws Problem authenticator_present */
export async function offerAuthenticator(call: Call<StaffCaller>, { identity }: Services): Promise<Outcome> {
  return actOutcome(201, await identity.sessions.offerAuthenticator(call.caller, call));
}

import type { components } from '../../../api/openapi.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { invitePerson as act } from '../../identity/persons/invitePerson.ts';

/** @throws Problem person_invalid, department_unknown */
export async function invitePerson(call: Call<StaffCaller>, { identity }: Services): Promise<Outcome> {
  const body = call.body as components['schemas']['PersonInvitation'];
  return actOutcome(201, await identity.prepare(act, body, call.caller.person, call));
}

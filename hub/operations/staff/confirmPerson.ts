import type { components } from '../../../api/openapi.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { confirmPerson as act } from '../../identity/persons/confirmPerson.ts';

/** @throws Problem person_unknown, four_eyes, transition_not_allowed */
export async function confirmPerson(call: Call<StaffCaller>, { identity }: Services): Promise<Outcome> {
  const { roles } = call.body as components['schemas']['PersonConfirmation'];
  const request = { person: call.params['person'] ?? '', roles };
  return actOutcome(200, await identity.prepare(act, request, call.caller));
}

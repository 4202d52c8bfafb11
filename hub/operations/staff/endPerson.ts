import type { components } from '../../../api/openapi.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { endPerson as act } from '../../identity/persons/endPerson.ts';

/** A person leaves. @throws Problem person_unknown, reason_identifies */
export async function endPerson(call: Call<StaffCaller>, { identity }: Services): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['PersonEnd'];
  const request = { person: call.params['person'] ?? '', reason };
  return actOutcome(200, await identity.prepare(act, request, call.caller.person, call));
}

import type { components } from '../../../api/openapi.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { grantRole as act } from '../../identity/persons/grantRole.ts';

/** @throws Problem person_unknown, person_invalid, department_unknown, already_registered */
export async function grantRole(call: Call<StaffCaller>, { identity }: Services): Promise<Outcome> {
  const grant = call.body as components['schemas']['PersonRole'];
  const request = { person: call.params['person'] ?? '', grant };
  return actOutcome(201, await identity.prepare(act, request, call.caller.person, call));
}

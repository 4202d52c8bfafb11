import type { components } from '../../../api/openapi.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { issueToken as act } from '../../identity/persons/staffToken.ts';

/** @throws Problem token_request_invalid */
export async function issueToken(call: Call<StaffCaller>, { identity }: Services): Promise<Outcome> {
  const body = call.body as components['schemas']['TokenRequest'];
  return actOutcome(201, await identity.prepare(act, body, call.caller, call));
}

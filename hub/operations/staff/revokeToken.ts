import type { components } from '../../../api/openapi.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { revokeToken as act } from '../../identity/persons/staffToken.ts';

/** @throws Problem token_unknown */
export async function revokeToken(call: Call<StaffCaller>, { identity }: Services): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['Revocation'];
  return actOutcome(200, await identity.prepare(act, { id: call.params['token'] ?? '', reason }, call));
}

import type { components } from '../../../api/openapi.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Services } from '../services.ts';

/** @throws Problem accounts_not_used, challenge_invalid, account_invalid, identity_provider_unavailable, already_registered */
export async function registerAccount(
  call: Call<StaffCaller>,
  { identity, hub }: Services,
): Promise<Outcome> {
  const answer = call.body as components['schemas']['AccountAnswer'];
  return actOutcome(
    201,
    await identity.sessions.registerAccount(call.caller, answer, call, hub.staff.origin),
  );
}

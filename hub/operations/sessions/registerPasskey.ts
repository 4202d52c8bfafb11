import type { components } from '../../../api/openapi.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Services } from '../services.ts';

/** @throws Problem passkey_invalid, challenge_invalid, already_registered */
export async function registerPasskey(
  call: Call<StaffCaller>,
  { identity, hub }: Services,
): Promise<Outcome> {
  const { id, label, ...response } = call.body as components['schemas']['PasskeyRegistration'];
  const answer = { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {}, response };
  const act = await identity.sessions.registerPasskey(
    call.caller,
    { response: answer, label },
    call,
    hub.staff.origin,
  );
  return actOutcome(201, act);
}

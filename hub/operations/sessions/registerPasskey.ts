import type { components } from '../../../api/openapi.ts';
import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Services } from '../services.ts';

/** What the browser is asked to make a passkey for. */
export const offerPasskey = (call: Call<StaffCaller>, { identity, hub }: Services): Outcome =>
  unlogged(200, { publicKey: identity.sessions.passkeyOptions(call.caller, call.now, hub.staff.origin) });

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

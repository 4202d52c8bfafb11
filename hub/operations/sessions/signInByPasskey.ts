import type { components } from '../../../api/openapi.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { signedIn } from './signedIn.ts';

/** @throws Problem passkey_invalid, challenge_invalid */
export async function signInByPasskey(call: Call<Stranger>, { identity, hub }: Services): Promise<Outcome> {
  const { id, ...response } = call.body as components['schemas']['PasskeyAssertion'];
  const answer = { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {}, response };
  return signedIn(await identity.sessions.signInByPasskey(answer, call, hub.staff.origin), hub.staff);
}

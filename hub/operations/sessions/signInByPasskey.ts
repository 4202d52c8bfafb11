import type { components } from '../../../api/openapi.ts';
import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { signedIn } from './signedIn.ts';

/** What the browser is asked to answer with a passkey. */
export const askForPasskey = (call: Call<Stranger>, { identity, hub }: Services): Outcome =>
  unlogged(200, { publicKey: identity.sessions.passkeyOptions(undefined, call.now, hub.staff.origin) });

/** @throws Problem passkey_invalid, challenge_invalid */
export async function signInByPasskey(call: Call<Stranger>, { identity, hub }: Services): Promise<Outcome> {
  const { id, ...response } = call.body as components['schemas']['PasskeyAssertion'];
  const answer = { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {}, response };
  return signedIn(await identity.sessions.signInByPasskey(answer, call, hub.staff.origin), hub.staff);
}

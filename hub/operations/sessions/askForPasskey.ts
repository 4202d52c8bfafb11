import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';

/** What the browser is asked to answer with a passkey. */
export function askForPasskey(call: Call<Stranger>, { identity, hub }: Services): Outcome {
  return unlogged(200, {
    publicKey: identity.sessions.passkeyOptions(undefined, call.now, hub.staff.origin),
  });
}

import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';

/** What the browser is asked to make a passkey for. */
export function offerPasskey(call: Call<StaffCaller>, { identity, hub }: Services): Outcome {
  return unlogged(200, {
    publicKey: identity.sessions.passkeyOptions(call.caller, call.now, hub.staff.origin),
  });
}

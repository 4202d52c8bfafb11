import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';

/** Where the browser goes for the account that she binds. @throws Problem accounts_not_used, identity_provider_unavailable */
export async function offerAccount(call: Call<StaffCaller>, { identity, hub }: Services): Promise<Outcome> {
  return unlogged(200, await identity.sessions.offerAccount(call.caller, call.now, hub.staff.origin));
}

import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';

/** Where the browser goes to be told apart. @throws Problem accounts_not_used, identity_provider_unavailable */
export async function askForAccount(call: Call<Stranger>, { identity, hub }: Services): Promise<Outcome> {
  return unlogged(200, await identity.sessions.offerAccount(undefined, call.now, hub.staff.origin));
}

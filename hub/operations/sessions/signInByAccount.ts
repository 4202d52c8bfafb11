import type { components } from '../../../api/openapi.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { signedIn } from './signedIn.ts';

/** @throws Problem accounts_not_used, challenge_invalid, account_invalid, account_unknown, identity_provider_unavailable */
export async function signInByAccount(call: Call<Stranger>, { identity, hub }: Services): Promise<Outcome> {
  const answer = call.body as components['schemas']['AccountAnswer'];
  return signedIn(await identity.sessions.signInByAccount(answer, call, hub.staff.origin), hub.staff);
}

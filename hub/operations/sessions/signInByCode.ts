import type { components } from '../../../api/openapi.ts';
import { denied, type Call, type Outcome } from '../../gate/call.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import { Refusal } from '../../identity/authentication/refusal.ts';
import type { Services } from '../services.ts';
import { signedIn } from './signedIn.ts';

/** @throws Problem token_invalid | _expired | _revoked, authenticator_missing, code_invalid, code_locked */
export async function signInByCode(call: Call<Stranger>, { identity, hub }: Services): Promise<Outcome> {
  const { token, code } = call.body as components['schemas']['SignInByCode'];
  try {
    const holder = await identity.staff(`Bearer ${token}`);
    return signedIn(await identity.sessions.signInByCode(holder, code, call), hub.staff);
  } catch (error) {
    // the entry of the refusal tells whose token it was: proven, where only the code was wrong; else merely claimed
    if (!(error instanceof Refusal)) throw error;
    const { proven, claimed } = error.actor;
    const of = proven.staff ?? claimed?.token;
    const person = proven.person === undefined ? {} : { person: proven.person };
    const named = proven.staff === undefined ? 'claimedToken' : 'token';
    return denied(error, { change: { ...(of === undefined ? {} : { [named]: of }), ...person } });
  }
}

import type { components } from '../../../api/openapi.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { signedIn } from './signedIn.ts';

/** @throws Problem demo_only, person_unknown */
export function signInAsDemo(call: Call<Stranger>, { identity, hub }: Services): Outcome {
  const { person } = call.body as components['schemas']['SignInAsDemo'];
  return signedIn(identity.sessions.signInAsDemo(person, call), hub.staff);
}

/** What anybody may read of the hub's identity. Public material leaves no entry. */
import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { signingProfile } from './signingProfile.ts';

export function getJwks(_call: Call, { identity }: Services): Outcome {
  return unlogged(200, identity.jwks());
}

/** DER, as browsers and OpenSSL fetch it. */
export function getCrl(call: Call, { identity }: Services): Outcome {
  const { der } = identity.crl(call.params['authority'] === 'root' ? 'root' : 'intermediate');
  return { entry: 'none', status: 200, contentType: 'application/pkix-crl', body: der };
}

export function getSigningProfile(_call: Call, services: Services): Outcome {
  return unlogged(200, signingProfile(services));
}

/** What the exchange listener, where a refused handshake is a bare reset, would say of this certificate. */
export function diagnoseHandshake(call: Call<Stranger>, { identity }: Services): Outcome {
  return unlogged(200, identity.diagnoseHandshake(call.caller.certificate));
}

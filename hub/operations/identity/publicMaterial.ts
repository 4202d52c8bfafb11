/** What anybody may read of the hub's identity. Public material leaves no entry. */
import { jsonBody, type PublicOperation } from '../managed.ts';
import { signingProfile } from './signingProfile.ts';

export const getJwks: PublicOperation = (_call, { identity }) => jsonBody(200, identity.jwks());

/** DER, as browsers and OpenSSL fetch it. */
export const getCrl: PublicOperation = (call, { identity }) => ({
  status: 200,
  contentType: 'application/pkix-crl',
  body: identity.crl(call.params['authority'] === 'root' ? 'root' : 'intermediate').der,
});

export const getSigningProfile: PublicOperation = (_call, services) =>
  jsonBody(200, signingProfile(services));

/** What the exchange listener, where a refused handshake is a bare reset, would say of this certificate. */
export const diagnoseHandshake: PublicOperation = (call, { identity }) =>
  jsonBody(200, identity.diagnoseHandshake(call.certificate));

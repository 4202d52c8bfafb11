import { operation } from '../../common/operation.ts';
import type { components } from '../../../../api/openapi.ts';
import { unlogged } from '../../../pipeline/call.ts';
import {
  datongHeaders,
  maxLifetimeSeconds,
  nonceLength,
  profileName,
  requestLabel,
  requestTag,
  replyLabel,
  replyTag,
  skewSeconds,
} from '../../../../certs/signatures/index.ts';

/**
 * Returns the revocation list of the root or of an intermediate authority, DER, as browsers and OpenSSL fetch it. Public; writes no log
 * entry.
 */
export const getCrl = operation('getCrl', {
  kind: 'none',
  run: (call, { identity }) => {
    const { der } = identity.crl(call.params.authority);
    return { entry: 'none', status: 200, contentType: 'application/pkix-crl', body: der };
  },
});

/** GET /.well-known/jwks.json: returns the hub's signing keys for replies, including retired ones. Public; writes no log entry. */
export const getJwks = operation('getJwks', {
  kind: 'none',
  run: (_call, { identity }) => {
    return unlogged<'getJwks'>(200, identity.jwks() as components['schemas']['Jwks']);
  },
});

/** GET /.well-known/datong-signing: returns the parameters for signing requests and verifying replies. Public; writes no log entry. */
export const getSigningProfile = operation('getSigningProfile', {
  kind: 'none',
  run: (_call, { hub, keys, database }) => {
    return unlogged<'getSigningProfile'>(200, {
      profile: profileName,
      hub: hub.name,
      origin: hub.publicOrigin,
      algorithms: ['ecdsa-p256-sha256', 'ed25519'],
      request: { label: requestLabel, tag: requestTag, headers: datongHeaders, nonce: nonceLength },
      reply: { label: replyLabel, tag: replyTag, keyid: keys.hubSigning.keyid },
      skew: skewSeconds,
      longestLifetime: maxLifetimeSeconds,
      jwks: `${hub.openOrigin}/.well-known/jwks.json`,
      anchors: `${hub.openOrigin}/v1/log/anchors`,
      /** RFC 3339, so that a client can determine the offset of its clock */
      now: new Date(database.now()).toISOString(),
    });
  },
});

import {
  datongHeaders,
  longestLifetime,
  nonceLength,
  profileName,
  requestLabel,
  requestTag,
  replyLabel,
  replyTag,
  skewSeconds,
} from '../../../../certs/signatures/index.ts';
import { unlogged } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';

/** GET /.well-known/datong-signing: what a client must know to sign a request and to check a reply. Public: leaves no entry. */
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
      longestLifetime,
      jwks: `${hub.openOrigin}/.well-known/jwks.json`,
      anchors: `${hub.openOrigin}/v1/log/anchors`,
      /** RFC 3339, so that a client can see how far its clock is off */
      now: new Date(database.now()).toISOString(),
    });
  },
});

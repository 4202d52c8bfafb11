import type { AnchorsFile } from '../../../log/anchors.ts';
import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/**
 * What a verifier keeps: log/anchors.schema.json. Retired keys stay in it, so that what they signed stays verifiable. Public: leaves no
 * entry.
 */
export function getAnchors(_call: Call, { keys, identity }: Services): Outcome {
  const anchors: AnchorsFile = {
    v: 1,
    origin: keys.log.name,
    jwks: { keys: [...identity.jwks().keys] },
    logKeys: [keys.log.vkey, ...keys.retired.logVkeys],
    rootCertificate: keys.authority.rootCertificate,
  };
  return unlogged(200, anchors);
}

import type { AnchorsFile } from '../../../log/anchors.ts';
import type { Services } from '../services.ts';

/**
 * What a verifier keeps: log/anchors.schema.json. Retired keys stay in it, so that what they signed stays verifiable.
 */
export const anchorsFile = ({ keys, identity }: Pick<Services, 'keys' | 'identity'>): AnchorsFile => ({
  v: 1,
  origin: keys.log.name,
  jwks: { keys: [...identity.jwks().keys] },
  logKeys: [keys.log.vkey, ...keys.retired.logVkeys],
  rootCertificate: keys.authority.rootCertificate,
});

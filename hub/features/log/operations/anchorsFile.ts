import type { AnchorsFile } from '../../../../log/anchors.ts';
import type { Services } from '../../common/services.ts';

/**
 * What a verifier keeps: log/anchors.schema.json. Retired keys stay in it, so that what they signed stays verifiable.
 */
export const anchorsFile = ({
  keys,
  identity,
  database,
}: Pick<Services, 'keys' | 'identity' | 'database'>): AnchorsFile => ({
  v: 1,
  origin: keys.log.name,
  jwks: { keys: [...identity.jwks().keys] },
  // those that sign now; the statements lead to all before them, each with its end
  logKeys: [...keys.log.signers(database.now()).map(({ vkey }) => vkey), ...keys.retired.logVkeys],
  logKeyRotations: keys.log.rotations(),
  rootCertificate: keys.authority.rootCertificate,
});

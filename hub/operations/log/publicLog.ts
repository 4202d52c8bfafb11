/** Public material of the log: leaves no entry. */
import type { AnchorsFile } from '../../../log/anchors.ts';
import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/** The newest checkpoint: a C2SP signed note. Whoever keeps one can prove later that the log was not rewritten. */
export function getCheckpoint(_call: Call, { audit }: Services): Outcome {
  const body = Buffer.from(audit.checkpoint());
  return { entry: 'none', status: 200, contentType: 'text/plain; charset=utf-8', body };
}

export function getAnchors(_call: Call, services: Services): Outcome {
  return unlogged(200, anchorsFile(services));
}

/** What a verifier keeps: log/anchors.schema.json. Retired keys stay in it, so that what they signed stays verifiable. */
export function anchorsFile({ keys, identity }: Services): AnchorsFile {
  return {
    v: 1,
    origin: keys.log.name,
    jwks: { keys: [...identity.jwks().keys] },
    logKeys: [keys.log.vkey, ...keys.retired.logVkeys],
    rootCertificate: keys.authority.rootCertificate,
  };
}

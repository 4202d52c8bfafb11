/** anchors.json and log.vkey: what a verifier compares by another channel, before anything else happens. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnchorsFile } from '../../../log/anchors.ts';
import type { Hub } from '../../../hub/main.ts';

/** @returns path of anchors.json */
export function writeAnchors(folder: string, { services: { keys, identity } }: Hub): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const anchors: AnchorsFile = {
    v: 1,
    origin: keys.log.name,
    jwks: { keys: [...identity.jwks().keys] },
    logKeys: [keys.log.vkey],
    logKeyRotations: keys.log.rotations(),
    rootCertificate: keys.authority.rootCertificate,
  };
  const path = join(folder, 'anchors.json');
  writeFileSync(path, `${JSON.stringify(anchors, undefined, 2)}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'log.vkey'), `${keys.log.vkey}\n`, { mode: 0o600 });
  return path;
}

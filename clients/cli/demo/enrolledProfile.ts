import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProfileDocument } from '../../sdk/profile.ts';

/** The profile that `datong enrol` wrote into a folder, with absolute paths, so that it can stand in a file elsewhere. */
export function enrolledProfile(folder: string, staff: string): ProfileDocument {
  const written = JSON.parse(readFileSync(join(folder, 'datong.json'), 'utf8')) as ProfileDocument;
  const { hub, tls, signingKey } = written;
  const at = (path: string): string => join(folder, path);
  return {
    ...written,
    hub: {
      ...hub,
      staff,
      ca: at(hub.ca),
      ...(typeof hub.anchors === 'string' ? { anchors: at(hub.anchors) } : {}),
    },
    tls: { cert: at(tls.cert), key: at(tls.key) },
    signingKey: typeof signingKey === 'string' ? at(signingKey) : signingKey,
  };
}

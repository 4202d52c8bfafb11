import { createHash } from 'node:crypto';
import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { reachable, type UnixUser } from './runAs.ts';

/** Below the state folder; where root's database user cannot get there, below /var/lib/datong. */
export async function dataPlace(stateDir: string, user: UnixUser | undefined): Promise<string> {
  if (user === undefined) return join(stateDir, 'postgres');
  const { mode, uid } = await stat(stateDir);
  // The database's user passes through the state folder without seeing what is in it.
  if (uid === 0 && (mode & 0o001) === 0) await chmod(stateDir, (mode & 0o777) | 0o011);
  if (await reachable(stateDir, user, 1)) return join(stateDir, 'postgres');
  const name = `${basename(stateDir)}-${createHash('sha256')
    .update(await realpath(stateDir))
    .digest('hex')
    .slice(0, 12)}`;
  const home = '/var/lib/datong/clusters';
  await mkdir(home, { recursive: true, mode: 0o711 });
  return join(home, name);
}

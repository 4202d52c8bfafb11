import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, sep } from 'node:path';
import { isPostmaster, readPidFile } from './liveness.ts';
import { readIfThere } from './clusterFiles.ts';
import { reachable, type UnixUser } from './runAs.ts';

/** Data of state folders that root's database user cannot get to, each with a file beside that names its state folder. */
const elsewhere = '/var/lib/datong/clusters';
const ownerFile = (dataDir: string): string => `${dataDir}.state`;

/** Where the data lie: below the state folder; where root's database user cannot get there, below /var/lib/datong. */
export async function dataPlace(stateDir: string, user: UnixUser | undefined): Promise<string> {
  if (user === undefined) return join(stateDir, 'postgres');
  const { mode, uid } = await stat(stateDir);
  // The database's user passes through the state folder without seeing what is in it.
  if (uid === 0 && (mode & 0o001) === 0) await chmod(stateDir, (mode & 0o777) | 0o011);
  if (await reachable(stateDir, user, 1)) return join(stateDir, 'postgres');
  await mkdir(elsewhere, { recursive: true, mode: 0o711 });
  await sweep();
  const place = await realpath(stateDir);
  const digest = createHash('sha256').update(place).digest('hex').slice(0, 12);
  const dataDir = join(elsewhere, `${basename(stateDir)}-${digest}`);
  await writeFile(ownerFile(dataDir), `${place}\n`, { mode: 0o600 });
  return dataDir;
}

/** Removes data, and what goes with them. */
export async function removeData(dataDir: string): Promise<void> {
  await rm(dataDir, { recursive: true, force: true });
  await rm(ownerFile(dataDir), { force: true });
}

/** Data whose state folder was a temporary one and is gone: a demo or a test that ended without removing them. */
async function sweep(): Promise<void> {
  const temporary = (await realpath(tmpdir())) + sep;
  for (const name of await readdir(elsewhere)) {
    const dataDir = join(elsewhere, name);
    const owner = (await readIfThere(ownerFile(dataDir)))?.trim();
    if (owner === undefined || !owner.startsWith(temporary)) continue;
    const kept = await stat(owner).then(
      () => true,
      () => false,
    );
    const server = await readPidFile(dataDir);
    const running = server !== undefined && (await isPostmaster(server.pid, dataDir));
    if (!kept && !running) await removeData(dataDir);
  }
}

/** One starter at a time per state folder: two would both find no postmaster and both make one. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOwnerAlive, thisProcess, type StateRecord } from './stateRecord.ts';

/** Runs `work` while holding the folder's lock. A lock whose holder is dead is taken over. */
export async function underStartLock<T>(stateDir: string, work: () => Promise<T>): Promise<T> {
  const file = join(stateDir, 'postgres.lock');
  const mine = JSON.stringify(await thisProcess());
  for (;;) {
    const taken = await writeFile(file, mine, { flag: 'wx', mode: 0o600 }).then(
      () => true,
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      },
    );
    if (taken) break;
    const holder = await readFile(file, 'utf8').catch(() => '');
    if (holder !== '' && !(await isOwnerAlive(JSON.parse(holder) as StateRecord['owner'])))
      await rm(file, { force: true });
    await sleep(50);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

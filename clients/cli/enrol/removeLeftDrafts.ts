import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { removeDrafts } from '../../../machine/writeNew.ts';
import { isAlive } from '../processLock.ts';

/** ms; the id of a process in another container is unknown here, although it may be writing */
const minAgeMs = 60_000;

/** Deletes drafts of `writeNew` and `writeWhole` that a killed process left in a folder: they have the content of keys. */
export function removeLeftDrafts(folder: string): void {
  removeDrafts(folder);
  for (const name of readdirSync(folder)) {
    const [, pid] = /\.(\d+)\.new$/.exec(name) ?? [];
    if (pid === undefined || isAnother(Number(pid))) continue;
    const draft = join(folder, name);
    const found = statSync(draft, { throwIfNoEntry: false });
    if (found !== undefined && found.mtimeMs < Date.now() - minAgeMs) rmSync(draft, { force: true });
  }
}

/** This process writes no draft while it looks for old ones: one with its id is of an earlier process, as in a container that was restarted. */
const isAnother = (pid: number): boolean => pid !== process.pid && isAlive(pid);

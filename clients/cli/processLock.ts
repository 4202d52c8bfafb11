import { lstatSync, readFileSync, rmSync } from 'node:fs';
import { removeLeft, writeNew } from '../../machine/writeNew.ts';
import type { VerbFailure } from './verb.ts';

/**
 * Creates a lock file with the id of this process. The lock of a dead process is taken over.
 * @returns releases it
 * @throws the failure of `taken` where another process has it
 */
export function lockForProcess(file: string, taken: (pid: number) => VerbFailure): () => void {
  // it has the id from the beginning: one that another process reads as empty would be taken over
  while (!writeNew(file, String(process.pid))) {
    const holder = holderOf(file);
    if (holder === undefined) continue;
    const pid = Number(holder);
    if (pid !== process.pid && isAlive(pid)) throw taken(pid);
    removeLeft(file, holder);
  }
  return () => rmSync(file, { force: true });
}

/**
 * The content of a lock file; undefined where it was released just now. The lock that another process has taken since is not to be removed.
 * A link to a file that does not exist names no process.
 */
function holderOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true ? '' : undefined;
  }
}

/** Whether a process exists, also of another user. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // a process of another user cannot be signalled, but lives
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

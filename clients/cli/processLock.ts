import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import type { VerbFailure } from './verb.ts';

/**
 * Creates a lock file with the id of this process. The lock of a dead process is taken over.
 * @returns releases it
 * @throws the failure of `taken` where another process has it
 */
export function lockForProcess(file: string, taken: (pid: number) => VerbFailure): () => void {
  for (;;) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = Number(readFileSync(file, 'utf8'));
      if (pid !== process.pid && isAlive(pid)) throw taken(pid);
      rmSync(file, { force: true });
    }
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

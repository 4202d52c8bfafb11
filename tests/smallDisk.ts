import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk {
  /** a file system that is full where it is filled; otherwise a folder that is moved away for that time */
  readonly isReal: boolean;
  /** From now on nothing can be written below a folder of the disk. @returns gives the space back */
  fill(folder: string): () => void;
  remove(): void;
}

/** Makes a folder a file system of a megabyte. Where this process may mount none, it stays a folder. */
export function smallDisk(path: string): SmallDisk {
  mkdirSync(path, { recursive: true });
  const isReal = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]).status === 0;
  return {
    isReal,
    fill: (folder) => {
      if (isReal) return filled(join(path, 'filling'));
      renameSync(folder, `${folder}.away`);
      return () => renameSync(`${folder}.away`, folder);
    },
    remove: () => {
      if (isReal) spawnSync('umount', ['--lazy', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Writes a file until the file system takes nothing more. @returns removes it */
function filled(file: string): () => void {
  const handle = openSync(file, 'w');
  try {
    for (;;) writeSync(handle, Buffer.alloc(4_096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(handle);
  }
  return () => rmSync(file);
}

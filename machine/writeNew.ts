import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Creates a file, or leaves the one that exists. It is complete and on the disk before it has its name, so that neither an interruption nor
 * another process finds a part of it. Only its owner can read it (0600).
 * @returns false where it exists already
 * @throws Error of the file system
 */
export function writeNew(file: string, content: string | Uint8Array): boolean {
  if (existsSync(file)) return false;
  const draft = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  try {
    const handle = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return nameIt(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A link never replaces a file, as a rename would. Not every file system has links. */
function nameIt(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
  } catch {
    if (existsSync(file)) return false;
    renameSync(draft, file);
  }
  return true;
}

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Creates a file, or leaves the one that exists. It is complete and on the disk before it has its name, so that neither an interruption nor
 * another process finds a part of it; where true is returned, its name is on the disk too. Only its owner can read it (0600).
 * @returns false where it exists already
 * @throws Error of the file system
 */
export function writeNew(file: string, content: string | Uint8Array): boolean {
  if (existsSync(file)) return false;
  const folder = dirname(file);
  const draft = join(folder, `.${basename(file)}.${randomUUID()}`);
  let isNew: boolean;
  try {
    const handle = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    isNew = nameIt(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  if (isNew) syncFolder(folder);
  return isNew;
}

/** Makes the names in a folder durable. Windows cannot open one. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const draftName = /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const draftMs = 3_600_000;

/**
 * Deletes drafts that a killed process left in a folder: they have the content of files that may have been deleted since. Younger ones than
 * an hour may be in use.
 * @throws Error of the file system
 */
export function removeDrafts(folder: string, now = Date.now()): void {
  const drafts = readdirSync(folder).filter((name) => draftName.test(name));
  for (const name of drafts) {
    const draft = join(folder, name);
    const found = statSync(draft, { throwIfNoEntry: false });
    if (found !== undefined && found.mtimeMs < now - draftMs) rmSync(draft, { force: true });
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

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Creates a file, or leaves the one that exists. It is complete and on the disk before it has its name, so that neither an interruption nor
 * another process finds a part of it; where true is returned, its name is on the disk too. Only its owner can read it (0600).
 * @param staleMs file systems without links: after this time without a change, the claim of another process is taken for that of a killed one
 * @returns false where it exists already
 * @throws Error of the file system
 */
export function writeNew(file: string, content: string | Uint8Array, staleMs = 5_000): boolean {
  if (existsSync(file)) return false;
  const folder = dirname(file);
  let isNew: boolean | undefined;
  while (isNew === undefined) isNew = throughDraft(file, content, staleMs);
  if (isNew) syncFolder(folder);
  return isNew;
}

/** @returns undefined where the draft was removed before it was named: `removeDrafts` was called by another process */
function throughDraft(file: string, content: string | Uint8Array, staleMs: number): boolean | undefined {
  const draft = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  const handle = openSync(draft, 'wx', 0o600);
  try {
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return nameIt(draft, file, staleMs);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && !existsSync(draft)) return undefined;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Makes the content of a file durable. Windows writes through a handle for writing only; a file may be readable only.
 * @throws Error of the file system
 */
export function syncFile(file: string): void {
  const handle = openSync(file, process.platform === 'win32' ? 'r+' : 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Makes the names in a folder durable, as far as the file system can: the files have their names, and what follows must not take them for
 * missing. Windows cannot open a folder.
 * @throws Error of the file system
 */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (!isNotSynchronized(error)) throw error;
  }
}

/** A folder in which one may write and not read (a drop box), and file systems that cannot make names durable. */
const notSynchronized: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);

/** Whether an error says that the names in a folder cannot be made durable. */
export const isNotSynchronized = (error: unknown): boolean => notSynchronized.has(codeOf(error));

const draftName = /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Deletes drafts that a killed process left in a folder: they have the content of files that may be deleted later. One that another process
 * is writing at this moment is written again by `writeNew`.
 * @throws Error of the file system
 */
export function removeDrafts(folder: string): void {
  const drafts = readdirSync(folder).filter((name) => draftName.test(name));
  for (const name of drafts) rmSync(join(folder, name), { force: true });
}

/** Errors of a link where the file system has none. EISDIR is FAT on Windows. */
const withoutLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR']);

/** A link never replaces a file, as a rename would. @returns false where the file exists */
function nameIt(draft: string, file: string, staleMs: number): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (!withoutLinks.has(code)) throw error;
  }
  return renameClaimed(draft, file, staleMs);
}

/**
 * Renames while an adjacent file, the claim, permits this process alone to do so. The name itself is not reserved: other processes would read
 * an empty file, and a lock without a process would be taken over.
 */
function renameClaimed(draft: string, file: string, staleMs: number): boolean {
  const claim = join(dirname(file), `.${basename(file)}.claim`);
  const own = randomUUID();
  let seen: { readonly owner: string; readonly since: number } | undefined;
  while (!existsSync(file)) {
    if (isCreated(claim, own)) {
      try {
        if (existsSync(file)) return false;
        // another process may have taken it over while this one was stopped
        if (contentOf(claim) !== own) continue;
        renameSync(draft, file);
        return true;
      } finally {
        if (contentOf(claim) === own) rmSync(claim, { force: true });
      }
    }
    const owner = contentOf(claim);
    if (owner === undefined) continue;
    if (owner !== seen?.owner) seen = { owner, since: performance.now() };
    else if (performance.now() - seen.since > staleMs) removeLeft(claim, owner);
    else pause(5);
  }
  return false;
}

/** Creates a file. @returns false where it exists */
function isCreated(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** undefined: there is no such file, or it may not be read */
function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

/**
 * Removes the file of a killed process. It is renamed first, because another process may have removed it and made its own in the meantime:
 * that one is put back.
 * @param content of the file of the killed process
 * @throws Error of the file system
 */
export function removeLeft(file: string, content: string): void {
  const removed = `${file}.${randomUUID()}`;
  try {
    renameSync(file, removed);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (contentOf(removed) !== content) putBack(removed, file);
  rmSync(removed, { force: true });
}

/** Gives a file its former name again, unless another one has it by now. A link to a file that does not exist stays away. */
function putBack(removed: string, file: string): void {
  if (!existsSync(removed)) return;
  try {
    // whole from the beginning: other processes must not read an empty file
    linkSync(removed, file);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return;
    if (!withoutLinks.has(code)) throw error;
    isCreated(file, contentOf(removed) ?? '');
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

const pause = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/**
 * The keys of the log's subject tokens, one per year. They are created in advance, shared with every process of the hub through its
 * database, and never created on demand: a key of only one process would silently split the answer to «who saw this person». They are not
 * derived from another key either: deleting the file makes a year's tokens unreadable.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { logTokenFile } from './createKeys.ts';
import { newSecret, writeKey, type KeyFolder } from './keyFolder.ts';

export interface LogTokenKeys {
  /** @throws Problem keys_missing for a year whose key is not here (its tokens can not be matched) */
  logToken(year: number): KeyObject;
  /** The key of a year, undefined where it is not in this folder. */
  heldLogToken(year: number): KeyObject | undefined;
  /**
   * Creates the missing key of a year, and stores it only when it is accepted.
   * @returns whether it was: false when another process has named its own, or one of this folder has just stored the key
   */
  offerLogToken(year: number, accept: (key: KeyObject) => Promise<boolean>): Promise<boolean>;
}

export function logTokenKeys(folder: KeyFolder): LogTokenKeys {
  const known = new Map<number, KeyObject>();
  const logToken = (year: number): KeyObject => {
    const key = known.get(year) ?? folder.secret(logTokenFile(year));
    known.set(year, key);
    return key;
  };
  return {
    logToken,
    heldLogToken: (year) => (existsSync(join(folder.path, logTokenFile(year))) ? logToken(year) : undefined),
    offerLogToken: async (year, accept) => {
      // durable before it is offered: an accepted key must not be lost with this process. A remaining draft is offered again
      const name = `.${logTokenFile(year)}.draft`;
      const draft = join(folder.path, name);
      const file = join(folder.path, logTokenFile(year));
      const key = draftKey(folder.path, name) ?? draftKey(folder.path, name);
      if (key === undefined) return false;
      const accepted = await accept(key);
      if (!accepted) rmSync(draft, { force: true });
      // another process of this folder offers the same draft, and may have renamed it
      else if (!existsSync(file)) renameUnlessDone(draft, file);
      return accepted;
    },
  };
}

/** @throws Error of the file system, except where another process of this folder has renamed the draft already */
function renameUnlessDone(draft: string, file: string): void {
  try {
    renameSync(draft, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  }
}

/** The key of a draft, which is created if there is none. @returns undefined for one that is not complete: it is deleted, and was never offered */
function draftKey(folder: string, name: string): KeyObject | undefined {
  const draft = join(folder, name);
  // where another process of this folder was first, its draft is offered
  writeKey(folder, name, newSecret());
  const bytes = Buffer.from(existsSync(draft) ? readFileSync(draft, 'utf8').trim() : '', 'base64url');
  if (bytes.length === 32) return createSecretKey(bytes);
  rmSync(draft, { force: true });
  return undefined;
}

/**
 * The keys of the log's subject tokens, one a year. They are made ahead, offered to every process of the hub through its database, and
 * never made in passing: a key that only one process has would split «who saw this person» without anybody noticing. Never derived from
 * another key either: deleting the file is how a year is forgotten.
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
   * Makes the key of a year that is not here, and keeps it only when it is accepted.
   * @returns whether it was: false when another process has named its own
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
      // durable before it is offered: an accepted key must not die with this process. A draft left behind is offered again
      const name = `.${logTokenFile(year)}.draft`;
      const draft = join(folder.path, name);
      writeKey(folder.path, name, newSecret());
      const key = createSecretKey(Buffer.from(readFileSync(draft, 'utf8').trim(), 'base64url'));
      const accepted = await accept(key);
      if (accepted) renameSync(draft, join(folder.path, logTokenFile(year)));
      else rmSync(draft, { force: true });
      return accepted;
    },
  };
}

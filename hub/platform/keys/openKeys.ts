import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { signingKey, verificationKey } from '../../../certs/signatures/key.ts';
import { parseVkey } from '../../../log/note/noteKey.ts';
import { removeDrafts } from '../../../machine/writeNew.ts';
import { Problem } from '../../../terms/problem.ts';
import { refuseLaterVersion } from '../../../terms/refuseLaterVersion.ts';
import { openAuthorities } from './authorityRing.ts';
import { createKeys, formatFile, keyFiles } from './createKeys.ts';
import { givenAuthority } from './givenAuthority.ts';
import type { HubKeys } from './hubKeys.ts';
import { keyFolder, namesIn, type KeyFolder } from './keyFolder.ts';
import { LogKeyRing } from './logKeyRing.ts';
import { logTokenKeys } from './logTokenKeys.ts';

export type { HubKeys } from './hubKeys.ts';

export interface KeyOptions {
  /** create the set where the folder is missing or empty; a folder that lacks a file is never completed */
  readonly create: boolean;
  readonly hubName: string;
  /** true: only reads the folder, for a check */
  readonly readOnly?: boolean;
  /** folder with the result of `datong hub authority`: a new set uses it, and no root is made here */
  readonly authority?: string;
  /** Unix ms (default: this machine's clock): years and certificates of a new set; of any set, which certificate of the authority signs */
  readonly now?: () => number;
}

/**
 * Opens the keys of a hub in their folder.
 * @throws Problem keys_missing, keys_unsafe (open to other users), keys_unreadable, keys_malformed, made_by_later_release, format_version_malformed; authority_… for
 *   one that was given
 */
export async function openKeys(dir: string, options: KeyOptions): Promise<HubKeys> {
  const path = resolve(dir);
  const now = options.now ?? Date.now;
  const absent = !existsSync(path) || namesIn(path).length === 0;
  if (absent && !options.create) throw new Problem('keys_missing', { file: path });
  if (absent) {
    const { authority, hubName } = options;
    const given = authority === undefined ? undefined : await givenAuthority(authority, hubName, now());
    await createKeys(path, hubName, now(), given);
  }
  const folder = keyFolder(path, options.readOnly !== true);
  refuseLaterFolder(folder);
  if (folder.isWritable) removeDrafts(path);
  const root = join(path, keyFiles.rootKey);
  return {
    hubSigning: parsed(folder, keyFiles.hubSigning, signingKey),
    log: new LogKeyRing(folder, `datong/${options.hubName}`),
    headMac: folder.secret(keyFiles.headMac),
    subject: folder.secret(keyFiles.subject),
    ...logTokenKeys(folder),
    pseudonym: folder.secret(keyFiles.pseudonym),
    cursor: folder.secret(keyFiles.cursor),
    sealing: folder.secret(keyFiles.sealing),
    backup: folder.secret(keyFiles.backup),
    authority: await openAuthorities(folder, now()),
    retired: retiredKeys(path),
    rootKeyFile: existsSync(root) ? root : undefined,
  };
}

/** Folders of earlier releases have no such file. */
function refuseLaterFolder(folder: KeyFolder): void {
  const file = join(folder.path, formatFile);
  if (!existsSync(file)) return;
  refuseLaterVersion(parsed(folder, formatFile, JSON.parse), file);
}

function parsed<T>(folder: KeyFolder, name: string, parse: (text: string) => T): T {
  const text = folder.text(name);
  try {
    return parse(text);
  } catch (cause) {
    throw new Problem(
      'keys_malformed',
      { file: join(folder.path, name), reason: cause instanceof Problem ? cause.text : 'unreadable' },
      { cause },
    );
  }
}

/** Public keys in `retired/`: `hub-signing-*.pem` and `log-*.vkey`. */
function retiredKeys(path: string): HubKeys['retired'] {
  const place = join(path, 'retired');
  if (!existsSync(place)) return { hubSigning: [], logVkeys: [] };
  const folder = keyFolder(place);
  const named = (prefix: string): string[] =>
    readdirSync(place)
      .filter((name) => name.startsWith(prefix))
      .sort();
  return {
    hubSigning: named('hub-signing-').map((name) => parsed(folder, name, verificationKey)),
    logVkeys: named('log-').map((name) => parsed(folder, name, parseVkey).vkey),
  };
}

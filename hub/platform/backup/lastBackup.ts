/** `last-backup.json` in the state folder: when the newest archive was made, for the metrics of the hub on this machine. */
import { existsSync } from 'node:fs';
import { chown, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../../../machine/readIfPresent.ts';
import { writeDurably } from '../../../machine/writeDurably.ts';
import { formatVersion, refuseLaterVersion } from '../../../terms/refuseLaterVersion.ts';

const fileIn = (stateDir: string): string => join(stateDir, 'last-backup.json');

/**
 * Records an archive; nothing on a machine without a state folder. Root may make a backup: the file then belongs to the owner of the folder,
 * who reads it.
 * @param at Unix milliseconds of the state in the archive
 */
export async function recordBackup(stateDir: string, at: number): Promise<void> {
  if (!existsSync(stateDir)) return;
  const file = fileIn(stateDir);
  await writeDurably(file, `${JSON.stringify({ v: formatVersion, at })}\n`);
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(stateDir);
  await chown(file, uid, gid);
}

/**
 * Unix milliseconds of the newest archive; undefined where none was recorded.
 * @throws Problem made_by_later_release, format_version_malformed; SyntaxError or TypeError for a file that is none of this hub
 */
export async function readLastBackup(stateDir: string): Promise<number | undefined> {
  const text = await readIfPresent(fileIn(stateDir));
  if (text === undefined) return undefined;
  const content = JSON.parse(text) as { readonly at?: unknown } | null;
  refuseLaterVersion(content, fileIn(stateDir));
  if (typeof content?.at !== 'number') throw new TypeError('last-backup.json has no time');
  return content.at;
}

/** Key files: a 0700 folder of 0600 files, each with one PEM or 32 random bytes as base64url. */
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeNew } from '../../../machine/writeNew.ts';
import { Problem } from '../../../terms/problem.ts';

export interface KeyFolder {
  readonly path: string;
  /** false: nothing that the database adds is written here (`serve --check`) */
  readonly isWritable: boolean;
  /** @throws Problem keys_missing, keys_unsafe, keys_unreadable */
  text(name: string): string;
  /** @throws Problem keys_missing, keys_unsafe, keys_malformed */
  secret(name: string): KeyObject;
}

/** @throws Problem keys_unsafe when users other than the owner may enter it */
export function keyFolder(path: string, isWritable = true): KeyFolder {
  if (existsSync(path)) refuseOpen(path);
  const text = (name: string): string => {
    const file = join(path, name);
    if (!existsSync(file)) throw new Problem('keys_missing', { file });
    refuseOpen(file);
    return readable(path, () => readFileSync(file, 'utf8'), file);
  };
  return {
    path,
    isWritable,
    text,
    secret: (name) => {
      const bytes = Buffer.from(text(name).trim(), 'base64url');
      if (bytes.length === 32) return createSecretKey(bytes);
      throw new Problem('keys_malformed', { file: join(path, name), reason: 'not 32 bytes in base64url' });
    },
  };
}

/** Names in a key folder. @throws Problem keys_unreadable */
export const namesIn = (folder: string): readonly string[] => readable(folder, () => readdirSync(folder));

/** @param folder named by the command that gives it to this user @throws Problem keys_unreadable */
function readable<T>(folder: string, read: () => T, file = folder): T {
  try {
    return read();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EACCES') throw cause;
    const [uid, group] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
    throw new Problem('keys_unreadable', { file, folder, uid, group }, { cause });
  }
}

/** Writes a new file, which is never seen incomplete. @returns false where it exists already: a key is never overwritten */
export const writeKey = (folder: string, name: string, text: string): boolean =>
  writeNew(join(folder, name), text);

export const newSecret = (): string => `${randomBytes(32).toString('base64url')}\n`;

function refuseOpen(file: string): void {
  const mode = statSync(file).mode & 0o777;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new Problem('keys_unsafe', { file, mode: mode.toString(8).padStart(4, '0') });
}

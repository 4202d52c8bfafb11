/**
 * A file outside the database that repeats what went from it, so that a restored older database does not bring it back. A MAC under a key that
 * is not in the database keeps others from having anything taken away by it.
 */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toBase64 } from '../../log/base64.ts';
import { writeDurably } from '../../machine/writeDurably.ts';
import { asIs } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';

export interface SealedFile {
  readonly path: string;
  /** of its content in the file, and in what the MAC is over: `datong NAME 1` */
  readonly name: 'erasures' | 'destructions';
  readonly key: KeyObject;
}

const macOf = (text: string, { key, name }: SealedFile): Buffer =>
  createHmac('sha256', key).update(`datong ${name} 1\n${text}`).digest();

/** What it holds; undefined where there is none. @throws Problem log_inconsistent where it was damaged or is another hub's */
export async function readSealed(file: SealedFile): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file.path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const read = JSON.parse(text) as Readonly<Record<string, string>>;
    const content = read[file.name] ?? '';
    const expected = macOf(content, file);
    const given = Buffer.from(read['mac'] ?? '', 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new RangeError('mac');
    return JSON.parse(content);
  } catch (cause) {
    throw new Problem('log_inconsistent', { what: asIs(file.path) }, { cause });
  }
}

/** Durably, in the place of what was there. */
export async function writeSealed(file: SealedFile, content: unknown): Promise<void> {
  const text = JSON.stringify(content);
  const sealed = JSON.stringify({ [file.name]: text, mac: toBase64(macOf(text, file)) });
  await mkdir(dirname(file.path), { recursive: true });
  await writeDurably(file.path, `${sealed}\n`);
}

/** A file that is kept as the database goes on. */
export interface StoredFile {
  /** Writes what came since. */
  keep(): Promise<void>;
  close(): Promise<void>;
}

/** ms between two looks */
const every = 60_000;

/** Keeps it now, by time and at the close. @param onError told when it could not be written */
export async function storeByTime(
  keep: () => Promise<void>,
  onError: (error: unknown) => void,
): Promise<StoredFile> {
  const quietly = (): Promise<void> => keep().catch(onError);
  await quietly();
  const timer = setInterval(() => void quietly(), every).unref();
  return {
    keep,
    close: async () => {
      clearInterval(timer);
      await quietly();
    },
  };
}

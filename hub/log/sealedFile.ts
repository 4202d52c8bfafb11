/**
 * A file outside the database that repeats deletions, so that a restored older database does not bring deleted data back. A MAC under a
 * key that is not in the database prevents others from causing deletions through the file.
 */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toBase64 } from '../../log/base64.ts';
import { readIfPresent } from '../../machine/readIfPresent.ts';
import { writeDurably } from '../../machine/writeDurably.ts';
import { asIs } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { formatVersion, isRefusedVersion, refuseLaterVersion } from '../../terms/refuseLaterVersion.ts';

export interface SealedFile {
  readonly path: string;
  /** name of the content in the file, and in the MAC input: `datong NAME 1` */
  readonly name: 'erasures' | 'destructions';
  readonly key: KeyObject;
}

const macOf = (text: string, { key, name }: SealedFile): Buffer =>
  createHmac('sha256', key).update(`datong ${name} 1\n${text}`).digest();

/** The content; undefined if there is no file. @throws Problem log_inconsistent if the file is damaged or belongs to another hub; made_by_later_release, format_version_malformed */
export async function readSealed(file: SealedFile): Promise<unknown> {
  const text = await readIfPresent(file.path);
  if (text === undefined) return undefined;
  try {
    const read = JSON.parse(text) as Readonly<Record<string, string>>;
    refuseLaterVersion(read, file.path);
    const content = read[file.name] ?? '';
    const expected = macOf(content, file);
    const given = Buffer.from(read['mac'] ?? '', 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new RangeError('mac');
    return JSON.parse(content);
  } catch (cause) {
    if (isRefusedVersion(cause)) throw cause;
    throw new Problem('log_inconsistent', { what: asIs(file.path) }, { cause });
  }
}

/** Replaces the file durably. */
export async function writeSealed(file: SealedFile, content: unknown): Promise<void> {
  const text = JSON.stringify(content);
  const sealed = JSON.stringify({ v: formatVersion, [file.name]: text, mac: toBase64(macOf(text, file)) });
  await mkdir(dirname(file.path), { recursive: true });
  await writeDurably(file.path, `${sealed}\n`);
}

/** A file that is updated as the database changes. */
export interface PeriodicFile {
  /** Writes the changes since the last call. */
  keep(): Promise<void>;
  close(): Promise<void>;
}

/** ms between two updates */
const every = 60_000;

/** Writes the file now, periodically and at the close. @param onError called when it could not be written */
export async function startPeriodicWrite(
  keep: () => Promise<void>,
  onError: (error: unknown) => void,
): Promise<PeriodicFile> {
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

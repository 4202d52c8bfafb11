import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNotSynchronized } from './writeNew.ts';

/**
 * Replaces a file atomically: it writes an adjacent file, then renames it. Both are on the disk before this resolves (fsync of the file,
 * then of its folder). Only its owner can read it (0600). An interruption leaves the former file.
 *
 * @param content text, bytes or chunks of bytes
 * @returns bytes written
 */
export async function writeDurably(
  file: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<number> {
  // another process may write the same file: neither gets the other's half
  const draft = `${file}.${process.pid}`;
  let bytes = 0;
  try {
    const handle = await open(draft, 'w', 0o600);
    try {
      for await (const part of partsOf(content)) {
        await handle.writeFile(part);
        bytes += part.length;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolderAsync(dirname(file));
  return bytes;
}

/**
 * As `syncFolder`, without blocking the process: the folder may be on a slow disk, or on one of another machine.
 * @throws Error of the file system
 */
export async function syncFolderAsync(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!isNotSynchronized(error)) throw error;
  }
}

const partsOf = (
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> | readonly Uint8Array[] => {
  if (typeof content === 'string') return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
};

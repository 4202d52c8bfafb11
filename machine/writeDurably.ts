import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file whole, in the place of one that was there: beside it first, then moved into place, both on the disk before this ends
 * (fsync of the file, then of its folder). Readable by its owner alone (0600). Whatever breaks off leaves what was there before.
 *
 * @param content text, bytes or parts of bytes as they come
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
  const folder = await open(dirname(file));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return bytes;
}

const partsOf = (
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> | readonly Uint8Array[] => {
  if (typeof content === 'string') return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
};

/** A download that continues an unfinished file. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { exitCode, VerbFailure } from './verb.ts';

/** @throws VerbFailure (exit 4) where the file exists */
export function refuseExisting(output: string): void {
  if (existsSync(output))
    throw new VerbFailure(
      exitCode.local,
      { zh: `${output} 已存在`, en: `${output} is there already` },
      { zh: '换一个文件名，或先移走它', en: 'choose another name, or move it away' },
    );
}

/**
 * Appends the bytes that are missing.
 * @param read gets the number of bytes that the file has, and their hash
 * @param maxBytes size of the whole file, where it is known
 */
export async function continuePart(
  part: string,
  read: (reading: { readonly from: number; readonly hash: Hash }) => AsyncIterable<Uint8Array>,
  maxBytes = Infinity,
): Promise<void> {
  const from = existsSync(part) ? Math.min(statSync(part).size, maxBytes) : 0;
  const hash = createHash('sha256');
  if (from > 0)
    for await (const chunk of createReadStream(part, { end: from - 1 })) hash.update(chunk as Buffer);
  const file = createWriteStream(part, { flags: from > 0 ? 'r+' : 'w', start: from, mode: 0o600 });
  await pipeline(read({ from, hash }), file);
}

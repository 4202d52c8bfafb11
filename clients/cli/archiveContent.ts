/** The content of an archive of `datong hub backup`, for the verbs that read one. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { HubKeys } from '../../hub/platform/keys/hubKeys.ts';
import { openStream } from '../../hub/platform/keys/sealedStream.ts';
import { Problem } from '../../terms/problem.ts';

/**
 * Hands the archive's content, unsealed and unpacked, to `use`.
 * @throws Problem backup_unreadable
 */
export async function openArchive<T>(
  file: string,
  keys: Pick<HubKeys, 'backup'>,
  use: (content: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const plain = createGunzip();
  const opening = pipeline(
    Readable.from(openStream(keys.backup, createReadStream(file)), { objectMode: false }),
    plain,
  );
  // a use that ends early (a refusal) ends the reading too; the reason of the use is reported
  const using = use(plain).finally(() => plain.destroy());
  const [used, opened] = await Promise.allSettled([using, opening]);
  if (used.status === 'fulfilled') return used.value;
  const reasons = [used.reason, opened.status === 'rejected' ? opened.reason : undefined] as unknown[];
  throw reasons.find((reason) => reason instanceof Problem) ?? used.reason;
}

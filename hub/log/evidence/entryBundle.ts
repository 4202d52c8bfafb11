import { packBundle } from '../../../log/entryBundle.ts';
import { leavesBetween } from '../store/entries.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';

/** Entries read at once, and the bytes after which no more are: an answer stays below what a client takes. */
const step = 2_048;
const mostBytes = 16 * 1024 * 1024;

/** The leaves from an index on, without a hole: at most `limit`, none beyond the newest checkpoint. */
export async function entryBundle(
  access: LogAccess,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<{ readonly bundle: Buffer; readonly entries: number }> {
  const end = Math.min(from + limit, newestCheckpoint(access).size);
  const leaves: Uint8Array[] = [];
  let bytes = 0;
  for (let at = from; at < end && bytes < mostBytes;) {
    const read = await leavesBetween(access.database.app, at, Math.min(at + step, end));
    for (const { index, leaf } of read) {
      if (index !== at) return { bundle: packBundle(leaves), entries: leaves.length };
      leaves.push(leaf);
      bytes += leaf.length;
      at += 1;
    }
    if (read.length === 0) break;
  }
  return { bundle: packBundle(leaves), entries: leaves.length };
}

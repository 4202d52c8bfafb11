import { type Missing, packBundle } from '../../../log/missing.ts';
import { leavesBetween, type StoredEntry, entriesBetween } from '../store/entries.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';
import { toBase64 } from '../../../log/base64.ts';
import { type ErasedPart, erasedBetween } from '../erasure.ts';
import { type OpenedPart, privateOf } from './privateOf.ts';
import { entryFindings, type HeldSubjects, heldSubjects } from './reverify.ts';

/** Entries read at once, and the bytes after which no more are: an answer stays below what a client takes. */
const step = 2_048;
const maxBytes = 16 * 1024 * 1024;

/** The leaves from an index on, without a hole: at most `limit`, none beyond the newest checkpoint. */
export async function entryBundle(
  access: LogAccess,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<{ readonly bundle: Buffer; readonly entries: number }> {
  const end = Math.min(from + limit, newestCheckpoint(access).size);
  const leaves: Uint8Array[] = [];
  let bytes = 0;
  for (let at = from; at < end && bytes < maxBytes;) {
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

/* What is gone of an answer, as it is named: what was destroyed because its time was over is not among it (`promisedBy`). */

/** Missing entries that are named at most. */
const maxMissing = 1_000;

/** What is found to be gone by whoever reads the newest first: those that are named, and one more. */
export class Gone {
  readonly indexes: number[] = [];

  add(index: number): void {
    if (this.indexes.length <= maxMissing) this.indexes.push(index);
  }
}

/** As an answer names them, descending. @param gone in any order, each perhaps more than once */
export function reportedMissing(gone: readonly number[]): Missing & { missing?: number[] } {
  const missing = [...new Set(gone)].sort((a, b) => b - a);
  if (missing.length === 0) return {};
  return {
    missing: missing.slice(0, maxMissing),
    ...(missing.length > maxMissing ? { moreMissing: true as const } : {}),
  };
}

/** An entry as auditors get it. */
export interface LoggedEntry {
  readonly index: number;
  /** base64 of the leaf's bytes */
  readonly leaf: string;
  /** base64 of the leaf hash that was stored with it; an altered leaf no longer has it */
  readonly hash: string;
  /** present when search columns or subject tokens were altered: a search may have missed this entry */
  readonly columns?: 'altered';
  readonly private?: OpenedPart;
  /** found by whom a call named and got nothing of: it was denied, or nobody was there */
  readonly attempt?: true;
}

/**
 * @param subjects what the entry's subject rows come to, where they were read too, and what an erasure left of them
 * @param opened what it commits to, for those who may read it
 */
export const loggedEntry = (
  entry: StoredEntry,
  subjects: { readonly rows: readonly HeldSubjects[]; readonly erased: ErasedPart | undefined } | undefined,
  opened: OpenedPart | undefined,
): LoggedEntry => ({
  index: entry.index,
  leaf: toBase64(entry.leaf),
  hash: toBase64(entry.hash),
  ...(entryFindings(entry, subjects?.rows, subjects?.erased).length === 0
    ? {}
    : { columns: 'altered' as const }),
  ...(opened === undefined ? {} : { private: opened }),
});

interface EntryPage {
  readonly entries: readonly LoggedEntry[];
  /** the newest checkpoint; entries beyond it are not listed */
  readonly checkpoint: string;
  /** index to go on from, absent on the last page */
  readonly next?: number;
}

/** Entries in their order, from an index on, with what they commit to. @param limit at most 1,000 */
export async function listEntries(
  access: LogAccess,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<EntryPage> {
  const { size, note } = newestCheckpoint(access);
  const end = Math.min(from + Math.min(limit, 1000), size);
  const reader = access.database.app;
  const entries = from < end ? await entriesBetween(reader, from, end) : [];
  const subjects = await heldSubjects(reader, from, end);
  const erased = await erasedBetween(reader, from, end);
  const opened = await privateOf(reader, entries);
  return {
    entries: entries.map((entry) => {
      const { index } = entry;
      const rows = { rows: subjects.get(index) ?? [], erased: erased.get(index) };
      return loggedEntry(entry, rows, opened.get(index));
    }),
    checkpoint: note,
    ...(end < size ? { next: end } : {}),
  };
}

import { type Missing, packBundle } from '../../../log/missing.ts';
import { leavesBetween, type StoredEntry, entriesBetween } from '../store/entries.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';
import { toBase64 } from '../../../log/base64.ts';
import { type SubjectRemainder, remaindersBetween } from '../erasure.ts';
import { type OpenedPart, privateOf } from './privateOf.ts';
import { entryFindings, type HeldSubjects, heldSubjects } from './reverify.ts';
import { defined } from '../../../terms/defined.ts';

/** Entries read at once, and the bytes of leaves at which a response ends: it must not exceed the limit of clients. */
const step = 2_048;
const maxBundleBytes = 16 * 1024 * 1024;

/** The leaves from an index on, without a gap: at most `limit`, none beyond the newest checkpoint. */
export async function entryBundle(
  access: LogAccess,
  { from, limit }: { readonly from: number; readonly limit: number },
  maxBytes = maxBundleBytes,
): Promise<{ readonly bundle: Buffer; readonly entries: number }> {
  const end = Math.min(from + limit, newestCheckpoint(access).size);
  const leaves: Uint8Array[] = [];
  let bytes = 0;
  for (let at = from; at < end;) {
    const read = await leavesBetween(access.database.app, at, Math.min(at + step, end));
    for (const { index, leaf } of read) {
      if (index !== at) return { bundle: packBundle(leaves), entries: leaves.length };
      leaves.push(leaf);
      bytes += leaf.length;
      at += 1;
      if (bytes >= maxBytes) return { bundle: packBundle(leaves), entries: leaves.length };
    }
    if (read.length === 0) break;
  }
  return { bundle: packBundle(leaves), entries: leaves.length };
}

/* Missing entries of a response. Entries destroyed after their retention period are not among them (`promisedBy`). */

/** Maximum of listed missing entries. */
const maxMissing = 1_000;

/**
 * Missing entries found by a reader that reads the newest first: at most one more than are listed, so that the reply can state that there are
 * more.
 */
export class Gone {
  readonly indexes: number[] = [];
  /** all of them, also those that are not listed */
  count = 0;

  add(index: number): void {
    this.count += 1;
    if (this.indexes.length <= maxMissing) this.indexes.push(index);
  }
}

/** The list in a response, descending. @param gone in any order, possibly with duplicates */
export function reportedMissing(gone: readonly number[]): Missing & { missing?: number[] } {
  const missing = [...new Set(gone)].sort((a, b) => b - a);
  if (missing.length === 0) return {};
  return {
    missing: missing.slice(0, maxMissing),
    ...(missing.length > maxMissing ? { moreMissing: true as const } : {}),
  };
}

/** An entry as returned to auditors. */
export interface LoggedEntry {
  readonly index: number;
  /** base64 of the leaf's bytes */
  readonly leaf: string;
  /** base64 of the leaf hash stored with it; differs from that of an altered leaf */
  readonly hash: string;
  /** present when search columns or subject tokens were altered: a search may have missed this entry */
  readonly columns?: 'altered';
  readonly private?: OpenedPart;
  /** found by a subject whom the call named without receiving data: it was denied, or no record was found */
  readonly attempt?: true;
}

/**
 * @param subjects summary of the entry's subject rows if they were read, and the remainder after an erasure
 * @param opened the opened private part, for readers with permission
 */
export const loggedEntry = (
  entry: StoredEntry,
  subjects:
    { readonly rows: readonly HeldSubjects[]; readonly erased: SubjectRemainder | undefined } | undefined,
  opened: OpenedPart | undefined,
): LoggedEntry => ({
  index: entry.index,
  leaf: toBase64(entry.leaf),
  hash: toBase64(entry.hash),
  ...(entryFindings(entry, subjects?.rows, subjects?.erased).length === 0
    ? {}
    : { columns: 'altered' as const }),
  ...defined({ private: opened }),
});

interface EntryPage {
  readonly entries: readonly LoggedEntry[];
  /** the newest checkpoint; entries beyond it are not listed */
  readonly checkpoint: string;
  /** index to continue from, absent on the last page */
  readonly next?: number;
}

/** Entries from an index on, ascending, with their private parts. @param limit at most 1,000 */
export async function listEntries(
  access: LogAccess,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<EntryPage> {
  const { size, note } = newestCheckpoint(access);
  const end = Math.min(from + Math.min(limit, 1000), size);
  const reader = access.database.app;
  const entries = from < end ? await entriesBetween(reader, from, end) : [];
  const subjects = await heldSubjects(reader, from, end);
  const erased = await remaindersBetween(reader, from, end);
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

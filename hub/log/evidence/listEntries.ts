import { entriesBetween } from '../store/entries.ts';
import { erasedBetween } from '../erasure.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';
import { privateOf } from './privateOf.ts';
import { heldSubjects } from './reverify.ts';
import { loggedEntry, type LoggedEntry } from './loggedEntry.ts';

export interface EntryPage {
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

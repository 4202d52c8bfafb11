import { entriesBetween } from '../../store/auditEntries.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';
import { loggedEntry, type LoggedEntry } from './loggedEntry.ts';

export interface EntryPage {
  readonly entries: readonly LoggedEntry[];
  /** the newest checkpoint; entries beyond it are not listed */
  readonly checkpoint: string;
  /** index to go on from, absent on the last page */
  readonly next?: number;
}

/** Entries in their order, from an index on. @param limit at most 1,000 */
export async function listEntries(
  access: LogAccess,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<EntryPage> {
  const { size, note } = newestCheckpoint(access);
  const end = Math.min(from + Math.min(limit, 1000), size);
  const entries = from < end ? await entriesBetween(access.database.app, from, end) : [];
  return { entries: entries.map(loggedEntry), checkpoint: note, ...(end < size ? { next: end } : {}) };
}

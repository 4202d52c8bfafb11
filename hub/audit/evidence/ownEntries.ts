import type { Leaf } from '../../../log/leaf.ts';
import { entriesAt } from '../../store/audit/entries.ts';
import { findEntries, indexesOf, type EntryQuestion } from '../search/findEntries.ts';
import { leafIn } from '../search/leafIn.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';

/** Entries that one page looks at: what a department did may lie thinly among what others did with its data. */
const mostLooked = 5_000;

export interface OwnEntry {
  readonly index: number;
  readonly leaf: Leaf;
}

export interface OwnQuestion extends Pick<EntryQuestion, 'decision' | 'dataset' | 'operation'> {
  /** only entries below this index, to go on from the last page */
  readonly before?: number;
  /** only entries above this index */
  readonly after?: number;
  readonly limit: number;
}

/**
 * What a department itself did, the newest first, up to the newest checkpoint. An entry is its own where its certificate or the token of its
 * staff was proven, never where it was merely named, or where another asked for its data.
 * @returns `before` of the next page, absent on the last; a page may be short and still have a next
 */
export async function ownEntries(
  access: LogAccess,
  department: string,
  { before, after = -1, limit, ...filter }: OwnQuestion,
): Promise<{ readonly entries: readonly OwnEntry[]; readonly before?: number }> {
  const { size } = newestCheckpoint(access);
  const reader = access.database.app;
  const entries: OwnEntry[] = [];
  let looked = 0;
  for await (const found of findEntries(
    reader,
    { ...filter, actor: department },
    Math.min(before ?? size, size),
  )) {
    const indexes = indexesOf(found).filter((index) => index > after);
    if (indexes.length === 0) break;
    for (const { index, leaf: bytes } of (await entriesAt(reader, indexes)).reverse()) {
      looked += 1;
      const leaf = leafIn(bytes);
      if (leaf?.actor.department === department) entries.push({ index, leaf });
      if (entries.length === limit || looked === mostLooked)
        return { entries, ...(index > 0 ? { before: index } : {}) };
    }
  }
  return { entries };
}

import type { Leaf } from '../../../log/leaf.ts';
import type { Missing } from '../../../log/missing.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { EntryQuestion } from '../search/findEntries.ts';
import { promisedAmong, promisedEntries } from '../search/promisedEntries.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';
import { reportedMissing } from './entryBundle.ts';

/** Entries that one page looks at: what a department did may lie thinly among what others did with its data. */
const maxLooked = 5_000;
/** Entries read at once. */
const portion = 500;

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
 * @returns `before` of the next page, absent on the last; a page may be short and still have a next. What is missing among these, newest first
 */
export async function ownEntries(
  access: LogAccess,
  department: string,
  { before, after = -1, limit, ...filter }: OwnQuestion,
): Promise<Missing & { readonly entries: readonly OwnEntry[]; readonly before?: number }> {
  const { size } = newestCheckpoint(access);
  const reader = access.database.app;
  const entries: OwnEntry[] = [];
  const gone: number[] = [];
  let looked = 0;
  let next: number | undefined;
  const end = Math.min(before ?? size, size);
  pages: for await (const some of promisedEntries(reader, { ...filter, actor: department }, end, portion))
    for (const { index, leaf, gone: isGone } of some) {
      if (index <= after) break pages;
      looked += 1;
      if (isGone) gone.push(index);
      else if (leaf?.actor.department === department) entries.push({ index, leaf });
      if (entries.length < limit && looked < maxLooked) continue;
      if (index > 0) next = index;
      break pages;
    }
  const own = await ownAmong(reader, { ...filter, department }, gone);
  return {
    entries,
    ...(next === undefined ? {} : { before: next }),
    ...reportedMissing(own),
  };
}

/** Kinds in which nobody but the caller is the consumer: in others it may be whom an act or a look of somebody else was about. */
const ofCallers = ['release', 'return', 'sandbox'] as const;

/**
 * Who acted, an entry alone tells. Of those that are gone the index still tells which a department asked for itself, and what it handed in:
 * of others it might be the other side, which is not its business, and a list narrowed by their operation would tell it of them.
 */
async function ownAmong(
  reader: Pool,
  {
    department,
    ...filter
  }: Omit<OwnQuestion, 'before' | 'after' | 'limit'> & { readonly department: string },
  gone: readonly number[],
): Promise<readonly number[]> {
  const own = [...(await promisedAmong(reader, { ...filter, provider: department, kind: 'intake' }, gone))];
  for (const kind of ofCallers)
    own.push(...(await promisedAmong(reader, { ...filter, consumer: department, kind }, gone)));
  return own;
}

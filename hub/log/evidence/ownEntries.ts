import type { Leaf } from '../../../log/leaf.ts';
import type { Missing } from '../../../log/missing.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { EntryQuestion } from '../search/findEntries.ts';
import { promisedAmong, promisedEntries } from '../search/promisedEntries.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';
import { reportedMissing } from './entryBundle.ts';
import { defined } from '../../../terms/defined.ts';

/** Maximum of entries read per page: a department's own acts may be rare among other departments' use of its data. */
const maxEntriesRead = 5_000;
/** Entries read at once. */
const entriesPerRead = 500;

export interface OwnEntry {
  readonly index: number;
  readonly leaf: Leaf;
}

export interface OwnQuestion extends Pick<EntryQuestion, 'decision' | 'dataset' | 'operation'> {
  /** only entries below this index, to continue from the last page */
  readonly before?: number;
  /** only entries above this index */
  readonly after?: number;
  readonly limit: number;
}

/**
 * A department's own acts, newest first, up to the newest checkpoint. An entry is its own if its certificate or the token of its staff was
 * proven. Being named, or another department's request for its data, is not enough.
 * @returns `before` of the next page, absent on the last; a short page may still have a next one. Missing entries among these, newest
 *   first
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
  let read = 0;
  let next: number | undefined;
  const end = Math.min(before ?? size, size);
  pages: for await (const some of promisedEntries(
    reader,
    { ...filter, actor: department },
    end,
    entriesPerRead,
  ))
    for (const { index, leaf, gone: isGone } of some) {
      if (index <= after) break pages;
      read += 1;
      if (isGone) gone.push(index);
      else if (leaf?.actor.department === department) entries.push({ index, leaf });
      if (entries.length < limit && read < maxEntriesRead) continue;
      if (index > 0) next = index;
      break pages;
    }
  const own = await ownAmong(reader, { ...filter, department }, gone);
  return {
    entries,
    ...defined({ before: next }),
    ...reportedMissing(own),
  };
}

/**
 * Kinds whose consumer is always the caller. In other kinds the consumer may be the department that an act of another department concerned.
 */
const kindsOfCaller = ['release', 'return', 'sandbox'] as const;

/**
 * Only the entry itself records its actor. For missing entries the index still shows a department's own requests and submissions. Other
 * missing entries are not reported: the department may be the other party, and a list filtered by operation would disclose those
 * operations.
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
  for (const kind of kindsOfCaller)
    own.push(...(await promisedAmong(reader, { ...filter, consumer: department, kind }, gone)));
  return own;
}

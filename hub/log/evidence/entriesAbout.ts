/** Entries about one person, for that person: who accessed their data, who tried, and what the person consented to. */
import type { Leaf } from '../../../log/leaf.ts';
import { Problem } from '../../../terms/problem.ts';
import { entriesOfExchanges, type StoredEntry } from '../store/entries.ts';
import { entriesOfTokens } from '../store/search.ts';
import { promisedEntries } from '../search/promisedEntries.ts';
import { newestCheckpoint } from './logAccess.ts';
import { privateOf, type OpenedPart } from './privateOf.ts';
import { tokensOf, type SearchAccess } from './searchEntries.ts';

export interface EntryAbout {
  readonly leaf: Leaf;
  /** whether the call named the person without receiving data: it was denied, or no record was found */
  readonly attempt: boolean;
  readonly private?: OpenedPart | undefined;
}

export interface AboutQuestion {
  /** the row's `_subject` */
  readonly subject: Uint8Array;
  /** id of an exchange: only entries before it */
  readonly before?: string | undefined;
  readonly limit: number;
  /** false for entries that are not shown; they do not affect the size of a page either */
  readonly isReported: (leaf: Leaf) => boolean;
}

/**
 * Returns the newest first, up to the newest checkpoint.
 * @returns `more`: whether further entries to be shown follow; `missing`: how many entries about the person are missing in this page,
 *   shown or not; `lost`: years whose subject key is destroyed
 * @throws Problem not_found (`before`)
 */
export async function entriesAbout(
  access: SearchAccess,
  { subject, before, limit, isReported }: AboutQuestion,
  now: number,
): Promise<{
  readonly entries: readonly EntryAbout[];
  readonly more: boolean;
  readonly missing: number;
  readonly lost: readonly number[];
}> {
  const { size } = newestCheckpoint(access);
  const reader = access.database.app;
  const { tokens, attempts, lost } = await tokensOf(access, subject, now);
  const [newer] = before === undefined ? [] : await entriesOfExchanges(reader, [before]);
  if (before !== undefined && newer === undefined) throw new Problem('not_found', {}, { at: '/body/before' });
  const end = newer?.index ?? size;
  const reported: { readonly entry: StoredEntry; readonly leaf: Leaf }[] = [];
  // all missing entries, and those of this page: later ones belong to the next page
  let [gone, missing] = [0, 0];
  const question = { tokens: [...tokens, ...attempts] };
  search: for await (const some of promisedEntries(reader, question, Math.min(end, size), limit + 1))
    for (const { entry, leaf, gone: isGone } of some) {
      if (isGone) gone += 1;
      if (entry === undefined || leaf === undefined || !isReported(leaf)) continue;
      reported.push({ entry, leaf });
      if (reported.length === limit) missing = gone;
      if (reported.length > limit) break search;
    }
  const shown = reported.slice(0, limit);
  const more = reported.length > limit;
  const opened = await privateOf(
    reader,
    shown.map(({ entry }) => entry),
  );
  const seen = new Set(await entriesOfTokens(reader, tokens));
  return {
    entries: shown.map(({ entry, leaf }) => ({
      leaf,
      attempt: !seen.has(entry.index),
      private: opened.get(entry.index),
    })),
    more,
    missing: more ? missing : gone,
    lost,
  };
}

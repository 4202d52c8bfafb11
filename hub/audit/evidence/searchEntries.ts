/** Search: who saw this person, what was denied to whom, what happened to a dataset. */
import type { HubKeys } from '../../keys/hubKeys.ts';
import { entriesAt, entriesOfExchanges } from '../../store/auditEntries.ts';
import { firstYear, searchIndexes, type EntryFilter } from '../../store/auditSearch.ts';
import { Problem } from '../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../subjects.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';
import { loggedEntry, type LoggedEntry } from './loggedEntry.ts';

export interface EntrySearch extends Omit<EntryFilter, 'tokens'> {
  /** the row's `_subject`: everything that concerned this person or organisation */
  readonly subject?: Uint8Array;
  readonly exchange?: string;
  /** only entries below this index, to go on from the last page */
  readonly before?: number;
  /** default 100, at most 1,000 */
  readonly limit?: number;
}

export interface SearchAccess extends LogAccess {
  readonly keys: Pick<HubKeys, 'log' | 'logToken'>;
}

export interface SearchResult {
  /** newest first */
  readonly entries: readonly LoggedEntry[];
  readonly checkpoint: string;
  /** `before` of the next page, absent on the last */
  readonly next?: number;
  /** years whose subject key is destroyed: what was logged then can no longer be tied to a person */
  readonly unsearchableYears?: readonly number[];
}

export async function searchEntries(
  access: SearchAccess,
  search: EntrySearch,
  now: number,
): Promise<SearchResult> {
  const { size, note } = newestCheckpoint(access);
  const { subject, exchange, before, limit: wanted = 100, ...filter } = search;
  const reader = access.database.app;
  const end = Math.min(before ?? size, size);
  if (exchange !== undefined) {
    const entries = await entriesOfExchanges(reader, [exchange]);
    const shown = entries.filter((entry) => entry.index < end).reverse();
    return { entries: shown.map((entry) => loggedEntry(entry)), checkpoint: note };
  }
  const limit = Math.min(wanted, 1000);
  const tokens = subject === undefined ? undefined : await tokensOf(access, subject, now);
  const indexes = await searchIndexes(
    reader,
    { ...filter, ...(tokens === undefined ? {} : { tokens: tokens.tokens }) },
    end,
    limit,
  );
  const entries = (await entriesAt(reader, indexes)).reverse();
  const last = indexes.at(-1);
  return {
    entries: entries.map((entry) => loggedEntry(entry)),
    checkpoint: note,
    ...(indexes.length === limit && last !== undefined && last > 0 ? { next: last } : {}),
    ...(tokens === undefined || tokens.lost.length === 0 ? {} : { unsearchableYears: tokens.lost }),
  };
}

/** The subject's tokens of every year of the log. */
async function tokensOf(
  { database, keys }: SearchAccess,
  subject: Uint8Array,
  now: number,
): Promise<{ readonly tokens: Uint8Array[]; readonly lost: number[] }> {
  const tokens: Uint8Array[] = [];
  const lost: number[] = [];
  for (let year = (await firstYear(database.app)) ?? tokenYear(now); year <= tokenYear(now); year += 1) {
    try {
      tokens.push(subjectToken(keys.logToken(year), subject));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'keys_missing') throw error;
      lost.push(year);
    }
  }
  return { tokens, lost };
}

/** Search: who accessed a person's data, which requests were denied, what happened to a dataset. */
import { answers } from '../../../log/entryQuestion.ts';
import type { Missing } from '../../../log/missing.ts';
import type { HubKeys } from '../../platform/keys/hubKeys.ts';
import { entriesOfExchanges, type StoredEntry } from '../store/entries.ts';
import { entriesOfTokens, firstYear } from '../store/search.ts';
import type { Pool } from '../../platform/database/database.ts';
import { Problem } from '../../../terms/problem.ts';
import { countEntries, countsOf, type EntryCounts } from '../search/countEntries.ts';
import { destroyedExchange, type DestroyedExchange } from '../retention/destroyedExchange.ts';
import type { EntryQuestion } from '../search/findEntries.ts';
import { leafIn } from '../search/leaves.ts';
import { promisedEntries } from '../search/promisedEntries.ts';
import { attemptToken, subjectToken, tokenYear } from '../subjects.ts';
import { newestCheckpoint, type LogAccess } from './logAccess.ts';
import { Gone, reportedMissing, loggedEntry, type LoggedEntry } from './entryBundle.ts';
import { privateOf } from './privateOf.ts';
import { defined } from '../../../terms/defined.ts';

export interface EntrySearch extends Omit<EntryQuestion, 'tokens'> {
  /** the row's `_subject`: all entries that concerned this person or organisation */
  readonly subject?: Uint8Array;
  readonly exchange?: string;
  /** only entries below this index, to continue from the last page */
  readonly before?: number;
  /** default 100, at most 1,000 */
  readonly limit?: number;
  /** also the number of entries that answer, by day, department and code */
  readonly counts?: boolean;
}

export interface SearchAccess extends LogAccess {
  readonly keys: Pick<HubKeys, 'log' | 'logToken'>;
}

/** Missing entries are listed newest first. */
export interface SearchResult extends Missing {
  /** newest first */
  readonly entries: readonly LoggedEntry[];
  readonly checkpoint: string;
  /** `before` of the next page, absent on the last */
  readonly next?: number;
  readonly counts?: EntryCounts;
  /** years whose subject key this process lacks: their entries were not searched */
  readonly unsearchableYears?: readonly number[];
  /** for a search by exchange: its entry was destroyed after its retention period */
  readonly destroyed?: DestroyedExchange;
}

export async function searchEntries(
  access: SearchAccess & { readonly keys: Pick<HubKeys, 'headMac'> },
  search: EntrySearch,
  now: number,
): Promise<SearchResult> {
  const { size, note } = newestCheckpoint(access);
  const { subject, exchange, before, limit = 100, counts, ...filter } = search;
  const reader = access.database.app;
  const tokens = subject === undefined ? undefined : await tokensOf(access, subject, now);
  const question: EntryQuestion = {
    ...filter,
    ...(tokens === undefined ? {} : { tokens: [...tokens.tokens, ...tokens.attempts] }),
  };
  const page = { size, end: Math.min(before ?? size, size), limit: Math.min(limit, 1000), counts };
  const { entries, ...more } =
    exchange === undefined
      ? await foundByIndex(reader, question, page)
      : await foundByExchange(access, exchange, question, page);
  const reported = tokens === undefined ? undefined : new Set(await entriesOfTokens(reader, tokens.tokens));
  return {
    entries: (await logged(access, search, entries)).map((entry) =>
      reported === undefined || reported.has(entry.index) ? entry : { ...entry, attempt: true },
    ),
    checkpoint: note,
    ...more,
    ...(tokens === undefined || tokens.lost.length === 0 ? {} : { unsearchableYears: tokens.lost }),
  };
}

interface SearchPage {
  /** of the newest checkpoint */
  readonly size: number;
  /** only entries below this index */
  readonly end: number;
  readonly limit: number;
  readonly counts: boolean | undefined;
}

/** What a search found. */
type Found = Omit<SearchResult, 'entries' | 'checkpoint'> & { readonly entries: readonly StoredEntry[] };

async function foundByIndex(
  reader: Pool,
  question: EntryQuestion,
  { size, end, limit, counts }: SearchPage,
): Promise<Found> {
  const { entries, next, gone } = await newestAnswers(reader, question, end, limit);
  return {
    entries,
    ...defined({ next }),
    ...reportedMissing(gone),
    ...(counts === true ? { counts: await countEntries(reader, question, size) } : {}),
  };
}

/** The other conditions apply too. An entry that is no longer a valid leaf is included, to report that it was altered. */
async function foundByExchange(
  { database, keys }: Parameters<typeof searchEntries>[0],
  exchange: string,
  question: EntryQuestion,
  { size, end, counts }: SearchPage,
): Promise<Found> {
  const reader = database.app;
  const { scope, tokens } = question;
  const stored = (await entriesOfExchanges(reader, [exchange])).filter(
    (entry) => entry.index < size && concerns(entry, scope),
  );
  const [first] = stored;
  if (first === undefined) {
    const reported = scope === undefined ? { office: true as const } : { concerns: scope };
    const destroyed = await destroyedExchange(reader, keys.headMac, exchange, reported);
    return { entries: [], ...defined({ destroyed }), ...(counts === true ? { counts: countsOf([]) } : {}) };
  }
  const ofSubject =
    tokens === undefined ? undefined : new Set(await entriesOfTokens(reader, tokens, first.index));
  const entries = stored.filter(({ index, leaf: bytes }) => {
    const leaf = leafIn(bytes);
    return ofSubject?.has(index) !== false && (leaf === undefined || answers(leaf, question));
  });
  return {
    entries: entries.filter(({ index }) => index < end).reverse(),
    ...(counts === true ? { counts: countsOf(entries) } : {}),
  };
}

/** Minimum of entries of the first read. */
const portion = 100;

/**
 * The newest entries that answer. Entries promised by the index whose leaf does not match are skipped. An entry that is no longer a valid
 * leaf is included, to report that it was altered.
 * @returns `gone`: indexes, descending, of promised entries that are missing or have another leaf; if there are very many, the newest.
 * `goneCount`: the number of all of them
 */
export async function newestAnswers(
  reader: Pool,
  question: EntryQuestion,
  end: number,
  limit: number,
): Promise<{
  readonly entries: readonly StoredEntry[];
  readonly next: number | undefined;
  readonly gone: readonly number[];
  readonly goneCount: number;
}> {
  const entries: StoredEntry[] = [];
  const gone = new Gone();
  for await (const some of promisedEntries(reader, question, end, Math.max(limit, portion)))
    for (const { index, entry, leaf } of some) {
      if (entry === undefined || (leaf === undefined && leafIn(entry.leaf) !== undefined)) {
        gone.add(index);
        continue;
      }
      if (leaf !== undefined && !answers(leaf, question)) continue;
      entries.push(entry);
      // entries after this page belong to the next one
      if (entries.length === limit)
        return { entries, next: index === 0 ? undefined : index, gone: gone.indexes, goneCount: gone.count };
    }
  return { entries, next: undefined, gone: gone.indexes, goneCount: gone.count };
}

/** Knowledge of an exchange's id grants no access: a department's auditor finds by it only what the department gave or received. */
const concerns = ({ columns }: StoredEntry, department: string | undefined): boolean =>
  department === undefined || columns.consumer === department || columns.provider === department;

/** A department's auditor, who may be the recipient's, sees what receipts show. The data office's auditor also sees the private part. */
async function logged(
  { database }: SearchAccess,
  { scope }: EntrySearch,
  entries: readonly StoredEntry[],
): Promise<readonly LoggedEntry[]> {
  const opened = scope === undefined ? await privateOf(database.app, entries) : undefined;
  return entries.map((entry) => loggedEntry(entry, undefined, opened?.get(entry.index)));
}

/** The subject's tokens of every year of the log, and those of attempts; years whose key is lost are listed. */
export async function tokensOf(
  {
    database,
    keys,
  }: Pick<SearchAccess, 'database'> & { readonly keys: Pick<SearchAccess['keys'], 'logToken'> },
  subject: Uint8Array,
  now: number,
): Promise<{ readonly tokens: Uint8Array[]; readonly attempts: Uint8Array[]; readonly lost: number[] }> {
  const tokens: Uint8Array[] = [];
  const attempts: Uint8Array[] = [];
  const lost: number[] = [];
  for (let year = (await firstYear(database.app)) ?? tokenYear(now); year <= tokenYear(now); year += 1) {
    try {
      const key = keys.logToken(year);
      tokens.push(subjectToken(key, subject));
      attempts.push(attemptToken(key, subject));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'keys_missing') throw error;
      lost.push(year);
    }
  }
  return { tokens, attempts, lost };
}

/**
 * A member of entries, and of stored questions, that names the years whose subject key is lost, separated by spaces: what an act found of
 * the person lacks them.
 */
export const unsearchable = (lost: readonly number[] = []): { readonly unsearchableYears?: string } =>
  lost.length === 0 ? {} : { unsearchableYears: lost.join(' ') };

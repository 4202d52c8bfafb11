/** Reading what the index and subject tokens promise, so that nobody who reads it passes over what is gone. */
import { entriesAt, type StoredEntry } from '../../store/audit/entries.ts';
import type { Pool } from '../../store/database/database.ts';
import { findEntries, indexesOf, type EntryQuestion } from './findEntries.ts';

/** An entry that was promised, undefined where the log does not have it. Whether it answers, its leaf says. */
export interface Promised<Entry> {
  readonly index: number;
  readonly entry: Entry | undefined;
}

interface Reading<Entry> {
  /** entries read at once: what is rare lies in many chunks */
  readonly portion: number;
  /** those at these indexes that are there, in any order */
  readonly read: (reader: Pool, indexes: readonly number[]) => Promise<readonly Entry[]>;
}

/**
 * The newest first, a portion at a time.
 * @param end only entries below this index
 */
export async function* promisedBy<Entry extends { readonly index: number }>(
  reader: Pool,
  question: EntryQuestion,
  end: number,
  { portion, read }: Reading<Entry>,
): AsyncGenerator<readonly Promised<Entry>[]> {
  const readAll = async (indexes: readonly number[]): Promise<readonly Promised<Entry>[]> => {
    const there = new Map((await read(reader, indexes)).map((entry) => [entry.index, entry]));
    return indexes.map((index) => ({ index, entry: there.get(index) }));
  };
  let waiting: number[] = [];
  for await (const found of findEntries(reader, question, end)) {
    waiting.push(...indexesOf(found));
    while (waiting.length >= portion) {
      const some = waiting.slice(0, portion);
      waiting = waiting.slice(portion);
      yield await readAll(some);
    }
  }
  if (waiting.length > 0) yield await readAll(waiting);
}

/** The same with all that is stored of an entry. */
export const promisedEntries = (
  reader: Pool,
  question: EntryQuestion,
  end: number,
  portion: number,
): AsyncGenerator<readonly Promised<StoredEntry>[]> =>
  promisedBy(reader, question, end, { portion, read: entriesAt });

/** Which of these entries are promised to a question, descending. @param indexes descending */
export async function promisedAmong(
  reader: Pool,
  question: EntryQuestion,
  indexes: readonly number[],
): Promise<readonly number[]> {
  const [newest, oldest] = [indexes[0], indexes.at(-1)];
  if (newest === undefined || oldest === undefined) return [];
  const wanted = new Set(indexes);
  const promised: number[] = [];
  for await (const found of findEntries(reader, question, newest + 1)) {
    const mine = indexesOf(found);
    promised.push(...mine.filter((index) => wanted.has(index)));
    if ((mine.at(-1) ?? 0) <= oldest) break;
  }
  return promised;
}

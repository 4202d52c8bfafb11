/** How many entries answer, by day, department and code. */
import { valuesOf } from '../../../log/entryQuestion.ts';
import { entriesAt, entriesBetween, type StoredEntry } from '../../store/audit/entries.ts';
import { postedChunks, postingsOf, wordsOf } from '../../store/audit/postings.ts';
import type { Reader } from '../../store/database/reader.ts';
import { findEntries, indexesOf, type EntryQuestion, type Found } from './findEntries.ts';
import { leafIn } from './indexEntries.ts';
import { chunkSize, countAmong, countPlaces, hasPlace } from './places.ts';
import { counted, termOf, type Counted } from './terms.ts';

export interface EntryCounts {
  readonly total: number;
  /** days of China's time, YYYY-MM-DD, ascending */
  readonly byDay: Readonly<Record<string, number>>;
  /** by consumer, or the department that acted */
  readonly byDepartment: Readonly<Record<string, number>>;
  /** denials by their code */
  readonly byCode: Readonly<Record<string, number>>;
}

/** chunks counted at once */
const window = 1_024;
/** Entries of a chunk up to which their leaves are read: by the index every word of the chunk would be. */
const few = 8;
/** entries read at once */
const slice = 1_000;

export async function countEntries(
  reader: Reader,
  question: EntryQuestion,
  end: number,
): Promise<EntryCounts> {
  const posted = await postedChunks(reader, { end: Math.ceil(end / chunkSize) });
  const indexed = new Set(posted.map(({ chunk }) => chunk));
  const tally = Object.fromEntries(counted.map((name) => [name, new Map<string, number>()])) as Record<
    Counted,
    Map<string, number>
  >;
  const words = await wordTerms(reader);
  let total = 0;
  let waiting: Found[] = [];
  let sparse: number[] = [];
  for await (const found of findEntries(reader, question, end)) {
    const here = countPlaces(found.places);
    total += here;
    if (!indexed.has(found.chunk)) await countLeaves(reader, found, tally);
    else if (here <= few) sparse.push(...indexesOf(found));
    else waiting.push(found);
    if (waiting.length === window) {
      await countPostings(reader, waiting, words, tally);
      waiting = [];
    }
    if (sparse.length >= slice) {
      countAll(await entriesAt(reader, sparse), tally);
      sparse = [];
    }
  }
  countAll(await entriesAt(reader, sparse), tally);
  await countPostings(reader, waiting, words, tally);
  return {
    total,
    byDay: sorted(tally.day),
    byDepartment: sorted(tally.consumer),
    byCode: sorted(tally.code),
  };
}

interface WordTerm {
  readonly dimension: Counted;
  readonly value: string;
}

async function wordTerms(reader: Reader): Promise<ReadonlyMap<string, WordTerm>> {
  const terms = new Map<string, WordTerm>();
  for (const dimension of counted)
    for (const value of await wordsOf(reader, dimension))
      terms.set(termOf(dimension, value), { dimension, value });
  return terms;
}

async function countPostings(
  reader: Reader,
  found: readonly Found[],
  words: ReadonlyMap<string, WordTerm>,
  tally: Readonly<Record<Counted, Map<string, number>>>,
): Promise<void> {
  const [newest, oldest] = [found[0], found.at(-1)];
  if (newest === undefined || oldest === undefined) return;
  const places = new Map(found.map((one) => [one.chunk, one.places]));
  const postings = await postingsOf(reader, [...words.keys()], oldest.chunk, newest.chunk + 1);
  for (const { term, chunk, places: packed } of postings) {
    const mine = places.get(chunk);
    const word = words.get(term);
    if (mine === undefined || word === undefined) continue;
    add(tally[word.dimension], word.value, countAmong(mine, packed));
  }
}

async function countLeaves(
  reader: Reader,
  { chunk, places }: Found,
  tally: Readonly<Record<Counted, Map<string, number>>>,
): Promise<void> {
  const first = chunk * chunkSize;
  const entries = await entriesBetween(reader, first, first + chunkSize);
  countAll(
    entries.filter(({ index }) => hasPlace(places, index - first)),
    tally,
  );
}

function countAll(
  entries: readonly StoredEntry[],
  tally: Readonly<Record<Counted, Map<string, number>>>,
): void {
  for (const { leaf } of entries) {
    const read = leafIn(leaf);
    if (read === undefined) continue;
    const values = valuesOf(read);
    for (const dimension of counted)
      for (const value of values.get(dimension) ?? []) add(tally[dimension], value, 1);
  }
}

function add(counts: Map<string, number>, value: string, count: number): void {
  if (count > 0) counts.set(value, (counts.get(value) ?? 0) + count);
}

const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));

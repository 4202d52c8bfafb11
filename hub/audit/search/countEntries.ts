/** How many entries answer, by day, department and code. */
import { valuesOf } from '../../../log/entryQuestion.ts';
import { entriesAt, entriesBetween, type StoredEntry } from '../../store/audit/entries.ts';
import { countPosted, postingsOf, wordsOf } from '../../store/audit/postings.ts';
import type { Reader } from '../../store/database/reader.ts';
import { findEntries, indexesOf, type EntryQuestion, type Found } from './findEntries.ts';
import { leafIn } from './leafIn.ts';
import { chunkSize, countAmong, countPlaces, hasPlace, isEverywhere } from './places.ts';
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

type Tally = Readonly<Record<Counted, Map<string, number>>>;

export async function countEntries(
  reader: Reader,
  question: EntryQuestion,
  end: number,
): Promise<EntryCounts> {
  const tally: Tally = { consumer: new Map(), code: new Map(), day: new Map() };
  // an entry has one consumer, one code: where it is asked for, all that answer have it
  const open = counted.filter((dimension) => dimension === 'day' || question[dimension] === undefined);
  const words = await wordTerms(reader, open);
  let waiting: Found[] = [];
  const whole: number[] = [];
  let sparse: number[] = [];
  for await (const found of findEntries(reader, question, end)) {
    const here = countPlaces(found.places);
    if (!found.indexed) await countLeaves(reader, found, tally);
    else if (here <= few) sparse.push(...indexesOf(found));
    else if (isEverywhere(found.places)) whole.push(found.chunk);
    else waiting.push(found);
    if (waiting.length === window) {
      await countPostings(reader, waiting, { question, words }, tally);
      waiting = [];
    }
    if (sparse.length >= slice) {
      countAll(await entriesAt(reader, sparse), tally);
      sparse = [];
    }
  }
  countAll(await entriesAt(reader, sparse), tally);
  await countPostings(reader, waiting, { question, words }, tally);
  for (const { first, end } of runsOf(whole))
    await countWhole(reader, { first, end, question, words }, tally);
  return {
    // each entry is of one day; one that was destroyed is of none
    total: [...tally.day.values()].reduce((sum, count) => sum + count, 0),
    byDay: sorted(tally.day),
    byDepartment: sorted(tally.consumer),
    byCode: sorted(tally.code),
  };
}

interface WordTerm {
  readonly dimension: Counted;
  readonly value: string;
}

type WordTerms = ReadonlyMap<string, WordTerm>;

async function wordTerms(reader: Reader, dimensions: readonly Counted[]): Promise<WordTerms> {
  const terms = new Map<string, WordTerm>();
  for (const dimension of dimensions)
    for (const value of await wordsOf(reader, dimension))
      terms.set(termOf(dimension, value), { dimension, value });
  return terms;
}

interface Asked {
  readonly question: EntryQuestion;
  /** of the dimensions that the question leaves open */
  readonly words: WordTerms;
}

/** All that answer have the consumer or code that was asked for. */
function countAsked({ consumer, code }: EntryQuestion, count: number, tally: Tally): void {
  if (consumer !== undefined) add(tally.consumer, consumer, count);
  if (code !== undefined) add(tally.code, code, count);
}

async function countPostings(
  reader: Reader,
  found: readonly Found[],
  { question, words }: Asked,
  tally: Tally,
): Promise<void> {
  const [newest, oldest] = [found[0], found.at(-1)];
  if (newest === undefined || oldest === undefined) return;
  const places = new Map(found.map((one) => [one.chunk, one.places]));
  countAsked(
    question,
    found.reduce((sum, one) => sum + countPlaces(one.places), 0),
    tally,
  );
  const postings = await postingsOf(reader, [...words.keys()], oldest.chunk, newest.chunk + 1);
  for (const { term, chunk, places: packed } of postings) {
    const mine = places.get(chunk);
    const word = words.get(term);
    if (mine === undefined || word === undefined) continue;
    add(tally[word.dimension], word.value, countAmong(mine, packed));
  }
}

/** Chunks of which every entry answers. */
async function countWhole(
  reader: Reader,
  { first, end, question, words }: Asked & { readonly first: number; readonly end: number },
  tally: Tally,
): Promise<void> {
  countAsked(question, (end - first) * chunkSize, tally);
  for (const { term, count } of await countPosted(reader, [...words.keys()], first, end)) {
    const word = words.get(term);
    if (word !== undefined) add(tally[word.dimension], word.value, count);
  }
}

/** Chunks that one statement adds up, so that it ends long before the database's patience does, however long the log. */
const longestRun = 8_192;

/** Numbers one after the other, descending, as ranges. */
function runsOf(chunks: readonly number[]): { readonly first: number; readonly end: number }[] {
  const runs: { first: number; end: number }[] = [];
  for (const chunk of chunks) {
    const run = runs.at(-1);
    if (run?.first === chunk + 1 && run.end - chunk <= longestRun) run.first = chunk;
    else runs.push({ first: chunk, end: chunk + 1 });
  }
  return runs;
}

async function countLeaves(reader: Reader, { chunk, places }: Found, tally: Tally): Promise<void> {
  const first = chunk * chunkSize;
  const entries = await entriesBetween(reader, first, first + chunkSize);
  countAll(
    entries.filter(({ index }) => hasPlace(places, index - first)),
    tally,
  );
}

function countAll(entries: readonly StoredEntry[], tally: Tally): void {
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

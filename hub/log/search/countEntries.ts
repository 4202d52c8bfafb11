/** Counts the entries that answer, by day, department and code. */
import { dayOf, valuesOf } from '../../../log/entryQuestion.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { entriesAt } from '../store/entries.ts';
import { countPosted, eachPosting, wordsOf } from '../store/postings.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { findEntries, indexesOf, type EntryQuestion, type Found } from './findEntries.ts';
import { leafIn } from './leaves.ts';
import { chunkSize, countAmong, countPlaces, hasPlace, isEverywhere, type Places } from './places.ts';
import { counted, termOf, type Counted } from './slotValues.ts';

export interface EntryCounts {
  readonly total: number;
  /** days in China time, YYYY-MM-DD, ascending */
  readonly byDay: Readonly<Record<string, number>>;
  /** by consumer, or by the acting department */
  readonly byDepartment: Readonly<Record<string, number>>;
  /** denials by their code */
  readonly byCode: Readonly<Record<string, number>>;
}

/** chunks counted at once */
const window = 1_024;
/** Maximum of entries of a chunk whose leaves are read: counting by the index would read every word of the chunk. */
const few = 8;
/** entries read at once */
const slice = 1_000;

type Tally = Readonly<Record<Counted, Map<string, number>>>;

export async function countEntries(reader: Pool, question: EntryQuestion, end: number): Promise<EntryCounts> {
  const tally = newTally();
  // an entry has one consumer and one code: if the question names it, all answers have it
  const open = counted.filter((dimension) => dimension === 'day' || question[dimension] === undefined);
  const words = new Words(reader, open);
  let waiting: Found[] = [];
  const whole: Found[] = [];
  let sparse: number[] = [];
  for await (const found of findEntries(reader, question, end)) {
    const here = countPlaces(found.places);
    if (found.leaves !== undefined) countRead(found.places, found.leaves, tally);
    else if (here <= few) sparse.push(...indexesOf(found));
    else if (isEverywhere(found.places)) whole.push(found);
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
  for (const run of runsOf(whole)) await countWhole(reader, run, { question, words }, tally);
  return countsIn(tally);
}

/** Counts these entries. */
export function countsOf(entries: readonly { readonly leaf: Uint8Array }[]): EntryCounts {
  const tally = newTally();
  countAll(entries, tally);
  return countsIn(tally);
}

const newTally = (): Tally => ({ consumer: new Map(), code: new Map(), day: new Map() });

const countsIn = (tally: Tally): EntryCounts => ({
  // each entry has one day; destroyed entries have none
  total: [...tally.day.values()].reduce((sum, count) => sum + count, 0),
  byDay: sorted(tally.day),
  byDepartment: sorted(tally.consumer),
  byCode: sorted(tally.code),
});

interface Word {
  readonly dimension: Counted;
  readonly value: string;
}

/** The words by which entries are counted. Terms are hashes, and three years have a thousand days: only requested terms are computed. */
class Words {
  private readonly reader: Reader;
  private readonly dimensions: readonly Counted[];
  private read: Promise<readonly Word[]> | undefined;
  private readonly terms = new Map<Word, string>();

  constructor(reader: Reader, dimensions: readonly Counted[]) {
    this.reader = reader;
    this.dimensions = dimensions;
  }

  /** The words that entries of these chunks may have, by their terms. */
  async within(found: readonly Found[]): Promise<ReadonlyMap<string, Word>> {
    const times = found.flatMap(({ times }) => times ?? []);
    const first = dayOf(times.reduce((least, { firstAt }) => (firstAt < least ? firstAt : least), latest));
    const last = dayOf(times.reduce((latest, { lastAt }) => (lastAt > latest ? lastAt : latest), ''));
    const words = await (this.read ??= this.all());
    return new Map(
      words.flatMap((word) =>
        word.dimension === 'day' && (word.value < first || word.value > last)
          ? []
          : [[this.termOf(word), word]],
      ),
    );
  }

  private async all(): Promise<readonly Word[]> {
    const words: Word[] = [];
    for (const dimension of this.dimensions)
      for (const value of await wordsOf(this.reader, dimension)) words.push({ dimension, value });
    return words;
  }

  private termOf(word: Word): string {
    const term = this.terms.get(word) ?? termOf(word.dimension, word.value);
    this.terms.set(word, term);
    return term;
  }
}

/** Later than every time of an entry. */
const latest = '9999-01-01T00:00:00.000Z';

interface Requested {
  readonly question: EntryQuestion;
  /** of the dimensions that the question leaves open */
  readonly words: Words;
}

/** All answers have the consumer or code of the question. */
function countAsked({ consumer, code }: EntryQuestion, count: number, tally: Tally): void {
  if (consumer !== undefined) add(tally.consumer, consumer, count);
  if (code !== undefined) add(tally.code, code, count);
}

async function countPostings(
  reader: Pool,
  found: readonly Found[],
  { question, words }: Requested,
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
  const here = await words.within(found);
  await eachPosting(reader, [...here.keys()], oldest.chunk, newest.chunk + 1, (term, chunk, packed) => {
    const mine = places.get(chunk);
    const word = here.get(term);
    if (mine === undefined || word === undefined) return;
    add(tally[word.dimension], word.value, countAmong(mine, packed));
  });
}

/** Consecutive chunks of which every entry answers, descending. */
async function countWhole(
  reader: Reader,
  run: readonly Found[],
  { question, words }: Requested,
  tally: Tally,
): Promise<void> {
  const [newest, oldest] = [run[0], run.at(-1)];
  if (newest === undefined || oldest === undefined) return;
  countAsked(question, run.length * chunkSize, tally);
  const here = await words.within(run);
  for (const { term, count } of await countPosted(reader, [...here.keys()], oldest.chunk, newest.chunk + 1)) {
    const word = here.get(term);
    if (word !== undefined) add(tally[word.dimension], word.value, count);
  }
}

/** Chunks per counting statement, so that it ends well within the statement timeout for a log of any length. */
const maxRunLength = 8_192;

/** Groups consecutive chunks. @param chunks descending */
function runsOf(chunks: readonly Found[]): readonly (readonly Found[])[] {
  const runs: Found[][] = [];
  for (const found of chunks) {
    const run = runs.at(-1);
    if (run?.at(-1)?.chunk === found.chunk + 1 && run.length < maxRunLength) run.push(found);
    else runs.push([found]);
  }
  return runs;
}

/** Counts a chunk whose leaves were read for the search. */
function countRead(places: Places, leaves: ReadonlyMap<number, Leaf>, tally: Tally): void {
  for (const [place, leaf] of leaves) if (hasPlace(places, place)) countLeaf(leaf, tally);
}

function countAll(entries: readonly { readonly leaf: Uint8Array }[], tally: Tally): void {
  for (const { leaf } of entries) {
    const read = leafIn(leaf);
    if (read !== undefined) countLeaf(read, tally);
  }
}

function countLeaf(leaf: Leaf, tally: Tally): void {
  const values = valuesOf(leaf);
  for (const dimension of counted)
    for (const value of values.get(dimension) ?? []) add(tally[dimension], value, 1);
}

function add(counts: Map<string, number>, value: string, count: number): void {
  if (count > 0) counts.set(value, (counts.get(value) ?? 0) + count);
}

const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));

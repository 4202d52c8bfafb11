/** Number and last time of answers to consumers about datasets: from the index, and from the leaves that are not indexed. */
import { consumerOf } from '../../../log/entryQuestion.ts';
import { entriesAt, leavesBetween } from '../store/entries.ts';
import { postedChunks, eachPosting } from '../store/postings.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { leafIn } from './leaves.ts';
import { both, chunkSize, countPlaces, isNowhere, listPlaces, unpackPlaces, type Places } from './places.ts';
import { maxTail } from './restsBefore.ts';
import { termOf } from './slotValues.ts';

export interface Pair {
  readonly consumer: string;
  readonly dataset: string;
}

/** The calls of one consumer to one dataset. */
export interface CallsOfConsumer extends Pair {
  /** answers in the last thirty days */
  readonly calls: number;
  /** Unix milliseconds of the last answer at any time; null if there is none */
  readonly last: number | null;
}

/** chunks whose postings are read at once */
const window = 256;
const thirtyDays = 30 * 86_400_000;

class Tally implements CallsOfConsumer {
  readonly consumer: string;
  readonly dataset: string;
  readonly terms: readonly string[];
  calls = 0;
  last: number | null = null;

  constructor({ consumer, dataset }: Pair) {
    this.consumer = consumer;
    this.dataset = dataset;
    this.terms = [termOf('consumer', consumer), termOf('dataset', dataset)];
  }

  answered(at: number, since: number): void {
    if (at > since) this.calls += 1;
    if (this.last === null || at > this.last) this.last = at;
  }
}

/**
 * @param pairs consumers with the datasets of their agreements @param size of the log @param now Unix milliseconds
 * @returns undefined while the index is being rebuilt: too many entries would have to be read
 */
export async function callsOfConsumers(
  reader: Pool,
  pairs: readonly Pair[],
  size: number,
  now: number,
): Promise<readonly CallsOfConsumer[] | undefined> {
  const tallies = pairs.map((pair) => new Tally(pair));
  if (tallies.length === 0) return tallies;
  const since = now - thirtyDays;
  const whole = Math.floor(size / chunkSize);
  const posted = await postedChunks(reader, { end: whole });
  const indexed = new Set(posted.map(({ chunk }) => chunk));
  // at any place: the newest entries are not a whole chunk, and a chunk may have been removed from the index
  const unindexed = Array.from({ length: whole + 1 }, (_, chunk) => chunk).filter((one) => !indexed.has(one));
  if (unindexed.length * chunkSize > maxTail) return undefined;
  for (const chunk of unindexed) await readChunk(reader, tallies, chunk, size, since);
  const allow = termOf('decision', 'allow');
  for (let end = posted.length; end > 0; end -= window) {
    const some = posted.slice(Math.max(0, end - window), end).reverse();
    const [newest, oldest] = [some[0], some.at(-1)];
    if (newest === undefined || oldest === undefined) break;
    // before these days, only pairs without a known last answer are searched
    const counted = some.some(({ lastAt }) => Date.parse(lastAt) > since);
    const requested = counted ? tallies : tallies.filter(({ last }) => last === null);
    if (requested.length === 0) break;
    const terms = [...new Set([allow, ...requested.flatMap((one) => one.terms)])];
    const places = new Map<string, Places>();
    await eachPosting(reader, terms, oldest.chunk, newest.chunk + 1, (term, chunk, packed) => {
      places.set(`${term} ${chunk}`, unpackPlaces(packed));
    });
    for (const one of some) {
      const allowed = places.get(`${allow} ${one.chunk}`);
      if (allowed !== undefined) await countIndexed(reader, requested, one, { places, allowed }, since);
    }
  }
  return tallies;
}

/** Counts the answers of an indexed chunk. @param found postings, by term and chunk */
async function countIndexed(
  reader: Reader,
  tallies: readonly Tally[],
  { chunk, firstAt, lastAt }: PostedChunk,
  { places, allowed }: { readonly places: ReadonlyMap<string, Places>; readonly allowed: Places },
  since: number,
): Promise<void> {
  const recent = Date.parse(lastAt) > since;
  for (const one of tallies) {
    if (!recent && one.last !== null) continue;
    const [consumer, dataset] = one.terms.map((term) => places.get(`${term} ${chunk}`));
    if (consumer === undefined || dataset === undefined) continue;
    const here = both(both(consumer, dataset), allowed);
    if (isNowhere(here)) continue;
    // whole chunks within these days are counted from the index; the last answer, and the chunk in which these days begin, are read
    if (one.last !== null && Date.parse(firstAt) > since) one.calls += countPlaces(here);
    else await readAnswers(reader, one, here, chunk, since);
  }
}

type PostedChunk = Awaited<ReturnType<typeof postedChunks>>[number];

/** Reads a chunk that is not indexed. */
async function readChunk(
  reader: Pool,
  tallies: readonly Tally[],
  chunk: number,
  size: number,
  since: number,
): Promise<void> {
  const byPair = new Map(tallies.map((one) => [`${one.consumer} ${one.dataset}`, one]));
  const first = chunk * chunkSize;
  for (const { leaf } of await leavesBetween(reader, first, Math.min(first + chunkSize, size)))
    countAnswer(leaf, byPair, since);
}

function countAnswer(bytes: Uint8Array, byPair: ReadonlyMap<string, Tally>, since: number): void {
  const leaf = leafIn(bytes);
  if (leaf?.decision !== 'allow') return;
  byPair.get(`${consumerOf(leaf)} ${leaf.dataset}`)?.answered(Date.parse(leaf.at), since);
}

/** Counts the answers among the entries that the index names: one that was added to the index is none. */
async function readAnswers(
  reader: Reader,
  one: Tally,
  here: Places,
  chunk: number,
  since: number,
): Promise<void> {
  const indexes = listPlaces(here).map((at) => chunk * chunkSize + at);
  const byPair = new Map([[`${one.consumer} ${one.dataset}`, one]]);
  for (const { leaf } of await entriesAt(reader, indexes)) countAnswer(leaf, byPair, since);
}

/** How often consumers got answers about datasets, and when last: by the index beside the log, its youngest entries by their leaves. */
import { consumerOf } from '../../../log/entryQuestion.ts';
import { entriesAt, leavesBetween } from '../../store/audit/entries.ts';
import { postedChunks, postingsOf } from '../../store/audit/postings.ts';
import type { Reader } from '../../store/database/reader.ts';
import { leafIn } from './indexEntries.ts';
import { both, chunkSize, countPlaces, isNowhere, listPlaces, unpackPlaces, type Places } from './places.ts';
import { termOf } from './terms.ts';

export interface Pair {
  readonly consumer: string;
  readonly dataset: string;
}

/** How much one consumer called one dataset. */
export interface CallsOfConsumer extends Pair {
  /** answered in the last thirty days */
  readonly calls: number;
  /** Unix milliseconds of the last one that was answered, ever; null for none */
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

/** @param pairs consumers with datasets that some agreement gives them @param size of the log @param now Unix milliseconds */
export async function callsOfConsumers(
  reader: Reader,
  pairs: readonly Pair[],
  size: number,
  now: number,
): Promise<readonly CallsOfConsumer[]> {
  const tallies = pairs.map((pair) => new Tally(pair));
  if (tallies.length === 0) return tallies;
  const since = now - thirtyDays;
  const posted = await postedChunks(reader, { end: Math.ceil(size / chunkSize) });
  const indexed = (posted.at(-1)?.chunk ?? -1) + 1;
  const byPair = new Map(tallies.map((one) => [`${one.consumer} ${one.dataset}`, one]));
  for (const { leaf: bytes } of await leavesBetween(reader, indexed * chunkSize, size)) {
    const leaf = leafIn(bytes);
    if (leaf?.decision !== 'allow') continue;
    byPair.get(`${consumerOf(leaf)} ${leaf.dataset}`)?.answered(Date.parse(leaf.at), since);
  }
  const allow = termOf('decision', 'allow');
  const terms = [...new Set([allow, ...tallies.flatMap((one) => one.terms)])];
  for (let end = posted.length; end > 0; end -= window) {
    const some = posted.slice(Math.max(0, end - window), end).reverse();
    const [newest, oldest] = [some[0], some.at(-1)];
    if (newest === undefined || oldest === undefined) break;
    if (Date.parse(newest.lastAt) <= since && tallies.every(({ last }) => last !== null)) break;
    const places = new Map<string, Places>();
    for (const { term, chunk, places: packed } of await postingsOf(
      reader,
      terms,
      oldest.chunk,
      newest.chunk + 1,
    ))
      places.set(`${term} ${chunk}`, unpackPlaces(packed));
    for (const { chunk, firstAt, lastAt } of some) {
      const allowed = places.get(`${allow} ${chunk}`);
      const recent = Date.parse(lastAt) > since;
      if (allowed === undefined) continue;
      for (const one of tallies) {
        if (!recent && one.last !== null) continue;
        const [consumer, dataset] = one.terms.map((term) => places.get(`${term} ${chunk}`));
        if (consumer === undefined || dataset === undefined) continue;
        const here = both(both(consumer, dataset), allowed);
        if (isNowhere(here)) continue;
        // whole chunks of these days are counted as they are; the last answer, and a chunk that these days begin in, is read
        if (one.last !== null && Date.parse(firstAt) > since) one.calls += countPlaces(here);
        else await readAnswers(reader, one, here, chunk, since);
      }
    }
  }
  return tallies;
}

async function readAnswers(
  reader: Reader,
  one: Tally,
  here: Places,
  chunk: number,
  since: number,
): Promise<void> {
  const indexes = listPlaces(here).map((at) => chunk * chunkSize + at);
  for (const { columns } of await entriesAt(reader, indexes)) one.answered(Date.parse(columns.at), since);
}

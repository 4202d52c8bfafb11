/**
 * Finding entries by any combination of what stands in them. Whole chunks are answered by the index, the youngest entries, which it has not
 * reached yet, by their leaves; what is shown is read from the leaves in any case, so an index that was altered can only hide, and
 * re-verification compares it.
 */
import { answers, dimensions, type EntryQuestion as LeafQuestion } from '../../../log/entryQuestion.ts';
import { entriesBetween } from '../../store/audit/entries.ts';
import { postedChunks, postingsOf, type PostedChunk } from '../../store/audit/postings.ts';
import { entriesOfTokens, entriesWithin } from '../../store/audit/search.ts';
import type { Reader } from '../../store/database/reader.ts';
import { leafIn } from './leafIn.ts';
import {
  addPlace,
  allPlaces,
  both,
  chunkSize,
  either,
  isNowhere,
  listPlaces,
  noPlaces,
  unpackPlaces,
  type Places,
} from './places.ts';
import { termOf } from './terms.ts';

/** What is asked for; all of it must hold. */
export interface EntryQuestion extends LeafQuestion {
  /** log tokens of one subject, one a year */
  readonly tokens?: readonly Uint8Array[];
}

/** Which entries of a chunk answer. */
export interface Found {
  readonly chunk: number;
  readonly places: Places;
  /** whether the index has reached it */
  readonly indexed: boolean;
}

/** chunks whose postings are read at once */
const window = 512;

/** Each group is a choice of terms of which an entry has one; an entry must satisfy every group. */
function groupsOf(question: EntryQuestion): readonly (readonly string[])[] {
  const groups = dimensions.flatMap((dimension) => {
    const value = dimension === 'day' ? undefined : question[dimension];
    return value === undefined ? [] : [[termOf(dimension, value)]];
  });
  const sides = [question.department, question.scope].flatMap((department) =>
    department === undefined ? [] : [[termOf('consumer', department), termOf('provider', department)]],
  );
  return [...groups, ...sides, ...ofActor(question.actor)];
}

/** Kinds of which a department is told as a side, and not because another asked for its data. */
const otherThanRelease = ['intake', 'return', 'retire', 'consent', 'inspect', 'management'] as const;

/**
 * The index does not hold who acted. It is the consumer; or the provider, where nobody got data; or whoever hands a person's consent in for
 * another. What the groups find beyond that is passed over when the leaf is read.
 */
function ofActor(department: string | undefined): readonly (readonly string[])[] {
  if (department === undefined) return [];
  const consumer = termOf('consumer', department);
  return [
    [consumer, termOf('provider', department), termOf('kind', 'consent')],
    [consumer, termOf('decision', 'deny'), ...otherThanRelease.map((kind) => termOf('kind', kind))],
  ];
}

/**
 * The chunks with entries that answer, the newest first.
 * @param end only entries below this index
 */
export async function* findEntries(
  reader: Reader,
  question: EntryQuestion,
  end: number,
): AsyncGenerator<Found> {
  const { from, until, tokens } = question;
  const span = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
  const subjects = tokens === undefined ? undefined : byChunk(await entriesOfTokens(reader, tokens));
  const last = Math.ceil(end / chunkSize);
  const posted = new Map((await postedChunks(reader, { end: last })).map((one) => [one.chunk, one]));
  const cut = (chunk: number, places: Places): Found | undefined => {
    const mine = subjects === undefined ? places : both(places, subjects.get(chunk) ?? noPlaces());
    const below = (chunk + 1) * chunkSize <= end ? mine : both(mine, belowPlace(end - chunk * chunkSize));
    return isNowhere(below) ? undefined : { chunk, places: below, indexed: posted.has(chunk) };
  };
  const groups = groupsOf(question);
  const wanted = Array.from({ length: last }, (_, nth) => last - 1 - nth).filter((chunk) => {
    if (subjects !== undefined && !subjects.has(chunk)) return false;
    const times = posted.get(chunk);
    return (
      times === undefined ||
      ((from === undefined || times.lastAt >= iso(from)) &&
        (until === undefined || times.firstAt < iso(until)))
    );
  });
  for (let at = 0; at < wanted.length; at += window) {
    const some = wanted.slice(at, at + window);
    const postings = await postingsByChunk(reader, groups, some);
    for (const chunk of some) {
      const times = posted.get(chunk);
      // what the index has not reached yet is read
      let places =
        times === undefined
          ? await readChunk(reader, chunk, question, end)
          : placesIn(groups, postings.get(chunk));
      if (times !== undefined && !isNowhere(places) && !isWithin(times, from, until)) {
        const first = chunk * chunkSize;
        const timed = await entriesWithin(reader, { first, end: first + chunkSize, ...span });
        places = both(places, byChunk(timed).get(chunk) ?? noPlaces());
      }
      const found = cut(chunk, places);
      if (found !== undefined) yield found;
    }
  }
}

const iso = (time: string): string => new Date(time).toISOString();

const isWithin = ({ firstAt, lastAt }: PostedChunk, from?: string, until?: string): boolean =>
  (from === undefined || firstAt >= iso(from)) && (until === undefined || lastAt < iso(until));

function belowPlace(end: number): Places {
  const places = noPlaces();
  for (let at = 0; at < end; at += 1) addPlace(places, at);
  return places;
}

function byChunk(indexes: readonly number[]): Map<number, Places> {
  const chunks = new Map<number, Places>();
  for (const index of indexes) {
    const chunk = Math.floor(index / chunkSize);
    const places = chunks.get(chunk) ?? noPlaces();
    chunks.set(chunk, places);
    addPlace(places, index % chunkSize);
  }
  return chunks;
}

/** By chunk, by term. */
async function postingsByChunk(
  reader: Reader,
  groups: readonly (readonly string[])[],
  chunks: readonly number[],
): Promise<ReadonlyMap<number, ReadonlyMap<string, Places>>> {
  const [last, first] = [chunks[0], chunks.at(-1)];
  const found = new Map<number, Map<string, Places>>();
  if (first === undefined || last === undefined) return found;
  for (const { term, chunk, places } of await postingsOf(reader, groups.flat(), first, last + 1)) {
    const terms = found.get(chunk) ?? new Map<string, Places>();
    found.set(chunk, terms);
    terms.set(term, unpackPlaces(places));
  }
  return found;
}

function placesIn(
  groups: readonly (readonly string[])[],
  postings: ReadonlyMap<string, Places> | undefined,
): Places {
  let places = allPlaces();
  for (const group of groups) {
    const any = group
      .map((term) => postings?.get(term) ?? noPlaces())
      .reduce((sum, one) => either(sum, one), noPlaces());
    places = both(places, any);
  }
  return places;
}

async function readChunk(
  reader: Reader,
  chunk: number,
  question: EntryQuestion,
  end: number,
): Promise<Places> {
  const places = noPlaces();
  const first = chunk * chunkSize;
  const last = Math.min(first + chunkSize, end);
  let expected = first;
  // whom a missing entry concerned stands beside the log; whose it was, nothing says
  const skipped = (until: number): void => {
    for (; expected < until; expected += 1)
      if (question.tokens !== undefined && question.scope === undefined) addPlace(places, expected - first);
  };
  for (const { index, leaf } of await entriesBetween(reader, first, last)) {
    skipped(index);
    expected = index + 1;
    const read = leafIn(leaf);
    if (read !== undefined && answers(read, question)) addPlace(places, index - first);
  }
  skipped(last);
  return places;
}

/** Indexes of a chunk's entries, the newest first. */
export const indexesOf = ({ chunk, places }: Found): number[] =>
  listPlaces(places)
    .map((at) => chunk * chunkSize + at)
    .reverse();

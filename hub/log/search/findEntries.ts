/**
 * Finds entries by any combination of their members. The index answers for whole chunks; the newest entries, not indexed yet, are answered
 * by their leaves. Results are always read from the leaves, so an altered index can only hide entries. Re-verification compares the index.
 */
import { answers, dimensions, type EntryQuestion as LeafQuestion } from '../../../log/entryQuestion.ts';
import { leafHash, sameHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { leavesBetween } from '../store/entries.ts';
import { eachPosting, postedChunks, type PostedChunk } from '../store/postings.ts';
import { entriesOfTokens, timesBetween } from '../store/search.ts';
import { entryHashesOrGaps } from '../store/seen.ts';
import type { Pool } from '../../platform/database/database.ts';
import { leafIn } from './leaves.ts';
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
import { termOf } from './slotValues.ts';

/** The search criteria; an entry must satisfy all of them. */
export interface EntryQuestion extends LeafQuestion {
  /** log tokens of one subject, one per year */
  readonly tokens?: readonly Uint8Array[];
}

/** The entries of a chunk that answer. */
export interface Found {
  readonly chunk: number;
  readonly places: Places;
  /** for an indexed chunk: the times of its entries */
  readonly times?: PostedChunk;
  /** for a chunk that is not indexed yet: the leaves read, by place */
  readonly leaves?: ReadonlyMap<number, Leaf>;
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

/** Kinds of entries in which a department is a party for another reason than that another department requested its data. */
const otherThanRelease = ['intake', 'return', 'retire', 'consent', 'inspect', 'management'] as const;

/**
 * The index does not store the actor. The actor is the consumer, or the provider if no department received data, or the department that
 * submits a person's consent for another. Further entries that the groups find are skipped when the leaf is read.
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
 * Yields the chunks with entries that answer, newest first.
 * @param end only entries below this index @param start chunks without an entry from this index on are not searched
 */
export async function* findEntries(
  reader: Pool,
  question: EntryQuestion,
  end: number,
  start = 0,
): AsyncGenerator<Found> {
  const { from, until, tokens } = question;
  const subjects = tokens === undefined ? undefined : byChunk(await entriesOfTokens(reader, tokens));
  const last = Math.ceil(end / chunkSize);
  const posted = new Map((await postedChunks(reader, { end: last })).map((one) => [one.chunk, one]));
  const cut = (chunk: number, places: Places): Places => {
    const mine = subjects === undefined ? places : both(places, subjects.get(chunk) ?? noPlaces());
    return (chunk + 1) * chunkSize <= end ? mine : both(mine, belowPlace(end - chunk * chunkSize));
  };
  const groups = groupsOf(question);
  const count = Math.max(0, last - Math.floor(start / chunkSize));
  const wanted = Array.from({ length: count }, (_, nth) => last - 1 - nth).filter((chunk) => {
    if (subjects !== undefined && !subjects.has(chunk)) return false;
    const times = posted.get(chunk);
    return (
      times === undefined ||
      ((from === undefined || !isBefore(times.lastAt, from)) &&
        (until === undefined || isBefore(times.firstAt, until)))
    );
  });
  for (let at = 0; at < wanted.length; at += window) {
    const some = wanted.slice(at, at + window);
    const postings = await postingsByChunk(reader, groups, some);
    for (const chunk of some) {
      const times = posted.get(chunk);
      // entries that are not indexed yet are read
      const read =
        times === undefined
          ? await readChunk(reader, chunk, question, { end, after: posted.get(chunk - 1)?.lastAt })
          : undefined;
      let places = read?.places ?? placesIn(groups, postings.get(chunk));
      if (times !== undefined && !isNowhere(places) && !isWithin(times, from, until)) {
        const first = chunk * chunkSize;
        const there = await timesBetween(reader, first, first + chunkSize);
        const own = new Map(there.map(({ index, at }) => [index - first, at]));
        const edges = { after: Date.parse(times.firstAt), before: Date.parse(times.lastAt) };
        places = both(places, placesWithin(own, edges, question));
      }
      places = cut(chunk, places);
      if (!isNowhere(places))
        yield {
          chunk,
          places,
          ...(times === undefined ? {} : { times }),
          ...(read === undefined ? {} : { leaves: read.leaves }),
        };
    }
  }
}

/** Compares moments, not texts: in UTC a requested moment may be in the year 10000. */
const isBefore = (at: string, than: string): boolean => Date.parse(at) < Date.parse(than);

const isWithin = ({ firstAt, lastAt }: PostedChunk, from?: string, until?: string): boolean =>
  (from === undefined || !isBefore(firstAt, from)) && (until === undefined || isBefore(lastAt, until));

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
  reader: Pool,
  groups: readonly (readonly string[])[],
  chunks: readonly number[],
): Promise<ReadonlyMap<number, ReadonlyMap<string, Places>>> {
  const [last, first] = [chunks[0], chunks.at(-1)];
  const found = new Map<number, Map<string, Places>>();
  if (first === undefined || last === undefined) return found;
  await eachPosting(reader, groups.flat(), first, last + 1, (term, chunk, places) => {
    const terms = found.get(chunk) ?? new Map<string, Places>();
    found.set(chunk, terms);
    terms.set(term, unpackPlaces(places));
  });
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

/** Tolerance in milliseconds between the time of an entry and its neighbours' times: an entry is appended when its call ends. */
const slackMs = 300_000;

/**
 * Places of a chunk whose time is within the range of a question. Stored entries use their own time, missing ones the times of their
 * neighbours.
 * @param own times by place, Unix milliseconds
 * @param edges the known times before the first entry and after the last
 */
function placesWithin(
  own: ReadonlyMap<number, number>,
  edges: { readonly after: number; readonly before: number },
  { from, until }: EntryQuestion,
): Places {
  const [begin, end] = [
    from === undefined ? -Infinity : Date.parse(from),
    until === undefined ? Infinity : Date.parse(until),
  ];
  const next: number[] = [];
  for (let place = chunkSize - 1, time = edges.before; place >= 0; place -= 1)
    next[place] = time = own.get(place) ?? time;
  const places = noPlaces();
  for (let place = 0, previous = edges.after; place < chunkSize; place += 1) {
    const at = own.get(place);
    previous = at ?? previous;
    const lies =
      at === undefined
        ? (next[place] ?? Infinity) + slackMs >= begin && previous - slackMs < end
        : at >= begin && at < end;
    if (lies) addPlace(places, place);
  }
  return places;
}

/** Whether the question asks only for subjects and time. */
const isOfNothingElse = ({ tokens: _tokens, from: _from, until: _until, ...more }: EntryQuestion): boolean =>
  Object.values<unknown>(more).every((value) => value === undefined);

/**
 * Reads the entries that are not indexed yet. The subjects of a missing entry are stored with the log; its other members are lost. The
 * same holds if its row contains other bytes than were hashed. Such an entry is promised only to a question about subjects and time.
 * @param upTo `after`: the last time before this chunk, if known
 */
async function readChunk(
  reader: Pool,
  chunk: number,
  question: EntryQuestion,
  upTo: { readonly end: number; readonly after: string | undefined },
): Promise<{ readonly places: Places; readonly leaves: ReadonlyMap<number, Leaf> }> {
  const places = noPlaces();
  const leaves = new Map<number, Leaf>();
  const first = chunk * chunkSize;
  const last = Math.min(first + chunkSize, upTo.end);
  const own = new Map<number, number>();
  const hashes = isOfNothingElse(question) ? await entryHashesOrGaps(reader, first, last) : undefined;
  for (const { index, leaf } of await leavesBetween(reader, first, last)) {
    const hash = hashes?.[index - first];
    const read = hash === undefined || sameHash(leafHash(leaf), hash) ? leafIn(leaf) : undefined;
    if (read === undefined) continue;
    own.set(index - first, Date.parse(read.at));
    if (!answers(read, question)) continue;
    addPlace(places, index - first);
    leaves.set(index - first, read);
  }
  if (hashes === undefined || own.size === last - first) return { places, leaves };
  const edges = { after: upTo.after === undefined ? -Infinity : Date.parse(upTo.after), before: Infinity };
  const gone = noPlaces();
  for (let place = 0; place < last - first; place += 1) if (!own.has(place)) addPlace(gone, place);
  return { places: either(places, both(gone, placesWithin(own, edges, question))), leaves };
}

/** Indexes of a chunk's entries, the newest first. */
export const indexesOf = ({ chunk, places }: Found): number[] =>
  listPlaces(places)
    .map((at) => chunk * chunkSize + at)
    .reverse();

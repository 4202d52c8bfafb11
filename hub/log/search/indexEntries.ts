/** Builds the search index from the leaves, one chunk at a time. */
import { dayOf, eachValue, type Dimension } from '../../../log/entryQuestion.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { addChunks, insertChunks, type PostedChunk, type Posting } from '../store/postings.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { leafIn, heldOf, packedEither, withHeld, type FollowedLeaf } from './leaves.ts';
import { differing, eachDiffering } from './leafReader.ts';
import { addPlace, addPlaces, allPlaces, chunkSize, noPlaces, packAll, type Places } from './places.ts';
import { counted, termOf } from './slotValues.ts';

/** Writes the index of a whole chunk. */
export async function insertIndex(
  reader: Reader,
  chunk: number,
  entries: readonly IndexedEntry[],
): Promise<void> {
  await insertChunks(reader, { chunks: [timesOf(chunk, entries)], ...postingsIn(chunk, entries) });
}

/**
 * Index data of whole chunks that are not indexed yet, written with one statement: most of its cost is the same for one chunk as for many.
 */
export class IndexToWrite {
  private chunks: PostedChunk[] = [];
  private postings: Posting[] = [];
  private words = new Map<string, { readonly dimension: string; readonly value: string }>();

  /** number of queued postings */
  get size(): number {
    return this.postings.length;
  }

  add(chunk: number, entries: readonly IndexedEntry[]): void {
    const { postings, words } = postingsIn(chunk, entries);
    this.chunks.push(timesOf(chunk, entries));
    for (const posting of postings) this.postings.push(posting);
    for (const word of words) this.words.set(`${word.dimension} ${word.value}`, word);
  }

  /** Writes the queued chunks and empties the queue. */
  async write(pool: Pool): Promise<void> {
    const { chunks, postings } = this;
    const words = [...this.words.values()];
    [this.chunks, this.postings, this.words] = [[], [], new Map<string, never>()];
    if (chunks.length === 0 || (await addChunks(pool, { chunks, postings, words }))) return;
    // these chunks were removed from the list: their postings are the only record of the terms of missing entries
    const all: Posting[] = [];
    for (const { chunk } of chunks) {
      const mine = postings.filter((one) => one.chunk === chunk);
      all.push(...withHeld(mine, await heldOf(pool, chunk, mine), allPlaces()));
    }
    await insertChunks(pool, { chunks, postings: all, words });
  }
}

/** An entry of a chunk; without a leaf if its bytes are no longer a valid leaf. */
export interface IndexedEntry {
  readonly index: number;
  readonly leaf: FollowedLeaf | undefined;
  /** see `FollowedEntry` */
  readonly like?: Leaf | undefined;
  /** day of its time, China time zone; absent without a leaf */
  readonly day?: string | undefined;
}

interface StoredLeaf {
  readonly index: number;
  readonly leaf: Uint8Array;
}

/** The same for stored entries. */
export const indexed = (entries: readonly StoredLeaf[]): readonly IndexedEntry[] =>
  entries.map(({ index, leaf }) => ({ index, leaf: leafIn(leaf) }));

/** A chunk of which every entry is missing has the earliest possible time: it contains nothing to be found. */
export function timesOf(chunk: number, entries: readonly IndexedEntry[]): PostedChunk {
  let firstAt: string | undefined;
  let lastAt: string | undefined;
  for (const { leaf } of entries) {
    if (leaf === undefined) continue;
    if (firstAt === undefined || leaf.at < firstAt) firstAt = leaf.at;
    if (lastAt === undefined || leaf.at > lastAt) lastAt = leaf.at;
  }
  firstAt ??= '1970-01-01T00:00:00.000Z';
  return { chunk, firstAt, lastAt: lastAt ?? firstAt };
}

interface ChunkIndex {
  readonly postings: readonly Posting[];
  readonly words: readonly { readonly dimension: string; readonly value: string }[];
}

/** Places of one value: a list while they are few, and the places of leaves of one form. */
interface Placed {
  readonly few: number[];
  many: Places | undefined;
}

/** Number of places from which a bitmap is shorter. */
const maxFew = 64;

function place(places: Placed, at: number): void {
  if (places.few.length < maxFew) {
    places.few.push(at);
    return;
  }
  places.many ??= noPlaces();
  addPlace(places.many, at);
}

/**
 * The postings that the index must contain for a chunk.
 * @param term for two values with the same term, the chunk contains the places of both: their leaves distinguish them
 */
export function postingsIn(
  chunk: number,
  entries: readonly IndexedEntry[],
  term: (dimension: Dimension, value: string) => string = termOf,
): ChunkIndex {
  // most values of a chunk repeat, and computing a term costs a hash
  const byValue = new Map<Dimension, Map<string, Placed>>();
  const placed = (dimension: Dimension, value: string): Placed => {
    let mine = byValue.get(dimension);
    if (mine === undefined) byValue.set(dimension, (mine = new Map<string, Placed>()));
    let places = mine.get(value);
    if (places === undefined) mine.set(value, (places = { few: [], many: undefined }));
    return places;
  };
  // the common members of leaves of one form are reported once for all of them
  const alike = new Map<Leaf, Places>();
  for (const { index, leaf, like, day } of entries) {
    if (leaf === undefined) continue;
    const at = index % chunkSize;
    const add = (dimension: Dimension, value: string): void => place(placed(dimension, value), at);
    if (like === undefined) eachValue(leaf, add);
    else {
      eachDiffering(leaf, day ?? dayOf(leaf.at), add);
      let all = alike.get(like);
      if (all === undefined) alike.set(like, (all = noPlaces()));
      addPlace(all, at);
    }
  }
  for (const [like, all] of alike)
    eachValue(like, (dimension, value) => {
      if (differing.has(dimension)) return;
      const places = placed(dimension, value);
      addPlaces((places.many ??= noPlaces()), all);
    });
  const postings = new Map<string, Posting>();
  for (const [dimension, mine] of byValue)
    for (const [value, { few, many }] of mine) {
      const number = term(dimension, value);
      const places = packAll(few, many);
      const same = postings.get(number);
      postings.set(number, {
        term: number,
        chunk,
        places: same === undefined ? places : packedEither(same.places, places),
      });
    }
  return {
    postings: [...postings.values()],
    words: counted.flatMap((dimension) =>
      [...(byValue.get(dimension)?.keys() ?? [])].map((value) => ({ dimension, value })),
    ),
  };
}

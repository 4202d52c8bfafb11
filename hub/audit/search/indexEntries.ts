/** Makes the search index from the leaves, chunk by chunk behind the appends. */
import { valuesOf, type Dimension } from '../../../log/entryQuestion.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { Problem } from '../../../terms/problem.ts';
import { entriesBetween, type StoredEntry } from '../../store/audit/entries.ts';
import { insertChunk, nextChunk, type PostedChunk, type Posting } from '../../store/audit/postings.ts';
import type { Reader } from '../../store/database/reader.ts';
import { addPlace, chunkSize, noPlaces, packPlaces, type Places } from './places.ts';
import { counted, termOf } from './terms.ts';

/**
 * Indexes whole chunks of the first `size` entries that are not indexed yet.
 * @param most chunks of this call @returns whether there are more
 */
export async function indexEntries(reader: Reader, size: number, most: number): Promise<boolean> {
  const end = Math.floor(size / chunkSize);
  const first = await nextChunk(reader);
  for (let chunk = first; chunk < Math.min(end, first + most); chunk += 1) {
    const entries = await entriesBetween(reader, chunk * chunkSize, (chunk + 1) * chunkSize);
    const { postings, words } = postingsIn(chunk, entries);
    await insertChunk(reader, timesOf(chunk, entries), postings, words);
  }
  return first + most < end;
}

/** A chunk of which every entry is missing stands at the beginning of time: it holds nothing to be found. */
export function timesOf(chunk: number, entries: readonly StoredEntry[]): PostedChunk {
  const times = entries.map(({ columns }) => columns.at).sort();
  const firstAt = times[0] ?? '1970-01-01T00:00:00.000Z';
  return { chunk, firstAt, lastAt: times.at(-1) ?? firstAt };
}

interface ChunkIndex {
  readonly postings: readonly Posting[];
  readonly words: readonly { readonly dimension: string; readonly value: string }[];
}

/** What the index must hold of a chunk. */
export function postingsIn(chunk: number, entries: readonly StoredEntry[]): ChunkIndex {
  // most values of a chunk come again and again, and a term is a hash
  const byValue = new Map<Dimension, Map<string, Places>>();
  for (const { index, leaf } of entries) {
    const read = leafIn(leaf);
    if (read === undefined) continue;
    for (const [dimension, values] of valuesOf(read)) {
      const mine = byValue.get(dimension) ?? new Map<string, Places>();
      byValue.set(dimension, mine);
      for (const value of values) {
        const places = mine.get(value) ?? noPlaces();
        mine.set(value, places);
        addPlace(places, index % chunkSize);
      }
    }
  }
  return {
    postings: [...byValue].flatMap(([dimension, mine]) =>
      [...mine].map(([value, places]) => ({
        term: termOf(dimension, value),
        chunk,
        places: packPlaces(places),
      })),
    ),
    words: counted.flatMap((dimension) =>
      [...(byValue.get(dimension)?.keys() ?? [])].map((value) => ({ dimension, value })),
    ),
  };
}

/** The leaf, undefined where its bytes are none any more: re-verification tells of that. */
export function leafIn(bytes: Uint8Array): Leaf | undefined {
  try {
    return parseLeaf(bytes);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

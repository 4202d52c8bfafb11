/** Makes the search index from the leaves, a chunk at a time. */
import { eachValue, type Dimension } from '../../../log/entryQuestion.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { Problem } from '../../../terms/problem.ts';
import { insertChunk, type PostedChunk, type Posting } from '../../store/audit/postings.ts';
import type { Reader } from '../../store/database/reader.ts';
import { addPlace, chunkSize, noPlaces, packPlaces, type Places } from './places.ts';
import { counted, termOf } from './terms.ts';

/** Writes what the index holds of a whole chunk. */
export async function insertIndex(
  reader: Reader,
  chunk: number,
  entries: readonly IndexedEntry[],
): Promise<void> {
  const { postings, words } = postingsIn(chunk, entries);
  await insertChunk(reader, timesOf(chunk, entries), postings, words);
}

/** An entry of a chunk; without a leaf where its bytes are none any more. */
export interface IndexedEntry {
  readonly index: number;
  readonly leaf: Leaf | undefined;
}

/** The same of entries as they are stored. */
export const indexed = (
  entries: readonly { readonly index: number; readonly leaf: Uint8Array }[],
): readonly IndexedEntry[] => entries.map(({ index, leaf }) => ({ index, leaf: leafIn(leaf) }));

/** A chunk of which every entry is missing stands at the beginning of time: it holds nothing to be found. */
export function timesOf(chunk: number, entries: readonly IndexedEntry[]): PostedChunk {
  const times = entries.flatMap(({ leaf }) => (leaf === undefined ? [] : [leaf.at])).sort();
  const firstAt = times[0] ?? '1970-01-01T00:00:00.000Z';
  return { chunk, firstAt, lastAt: times.at(-1) ?? firstAt };
}

interface ChunkIndex {
  readonly postings: readonly Posting[];
  readonly words: readonly { readonly dimension: string; readonly value: string }[];
}

/** What the index must hold of a chunk. */
export function postingsIn(chunk: number, entries: readonly IndexedEntry[]): ChunkIndex {
  // most values of a chunk come again and again, and a term is a hash
  const byValue = new Map<Dimension, Map<string, Places>>();
  for (const { index, leaf } of entries) {
    if (leaf === undefined) continue;
    eachValue(leaf, (dimension, value) => {
      let mine = byValue.get(dimension);
      if (mine === undefined) byValue.set(dimension, (mine = new Map<string, Places>()));
      let places = mine.get(value);
      if (places === undefined) mine.set(value, (places = noPlaces()));
      addPlace(places, index % chunkSize);
    });
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

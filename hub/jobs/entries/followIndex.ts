import { insertIndex } from '../../audit/search/indexEntries.ts';
import { chunkSize } from '../../audit/search/places.ts';
import { nextChunk } from '../../store/audit/postings.ts';
import type { Reader } from '../../store/database/reader.ts';
import type { Follower } from './follower.ts';

/** The search index behind the appends: whole chunks alone. */
export async function followIndex(reader: Reader): Promise<Follower> {
  const next = (await nextChunk(reader)) * chunkSize;
  return {
    next,
    take: async ({ number, from, to, entries }) => {
      if (from >= next && to - from === chunkSize) await insertIndex(reader, number, entries);
    },
    end: () => Promise.resolve(),
  };
}

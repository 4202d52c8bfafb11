import { IndexToWrite } from '../../audit/search/indexEntries.ts';
import { chunkSize } from '../../audit/search/places.ts';
import { nextChunk } from '../../store/audit/postings.ts';
import type { Reader } from '../../store/database/reader.ts';
import type { Follower } from './follower.ts';

/** Postings that are written with one statement, but for those of one chunk: each may be put in a page of its own, and a statement ends in time. */
const most = 2_000;

/** The search index behind the appends: whole chunks alone. */
export async function followIndex(reader: Reader): Promise<Follower> {
  const next = (await nextChunk(reader)) * chunkSize;
  const index = new IndexToWrite();
  return {
    next,
    take: async ({ number, from, to, entries }) => {
      if (from < next || to - from < chunkSize) return;
      index.add(number, entries);
      if (index.size >= most) await index.write(reader);
    },
    end: () => index.write(reader),
  };
}

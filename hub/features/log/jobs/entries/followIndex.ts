import { IndexToWrite } from '../../../../log/search/indexEntries.ts';
import { chunkSize } from '../../../../log/search/places.ts';
import { nextChunk, postedChunks } from '../../../../log/store/postings.ts';
import type { Pool } from '../../../../platform/database/database.ts';
import type { Follower } from './follower.ts';

/**
 * Number of postings written with one statement, except those of one chunk. Each may need its own page, and a statement has a time limit.
 */
const maxPostings = 2_000;

/**
 * Updates the search index after the appends. It indexes whole chunks only, including earlier ones that were removed from the index.
 * @param size of the log
 */
export async function followIndex(pool: Pool, size: number): Promise<Follower> {
  const first = await nextChunk(pool);
  const next = first * chunkSize;
  const end = Math.floor(size / chunkSize);
  const behind = first < end ? await postedChunks(pool, { first, end }) : [];
  const posted = new Set(behind.map(({ chunk }) => chunk));
  const index = new IndexToWrite();
  return {
    next,
    take: async ({ number, from, to, entries }) => {
      if (from < next || to - from < chunkSize || posted.has(number)) return;
      index.add(number, entries);
      if (index.size >= maxPostings) await index.write(pool);
    },
    end: () => index.write(pool),
  };
}

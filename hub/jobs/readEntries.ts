import type { OpenedAuditLog } from '../audit/openAuditLog.ts';
import { indexed } from '../audit/search/indexEntries.ts';
import { chunkSize } from '../audit/search/places.ts';
import { leavesBetween } from '../store/audit/entries.ts';
import type { Reader } from '../store/database/reader.ts';
import { followBoard } from './entries/followBoard.ts';
import { followDuties } from './entries/followDuties.ts';
import { followIndex } from './entries/followIndex.ts';
import type { ReadChunk } from './entries/follower.ts';
import type { Job } from './job.ts';

/** Chunks of one run; more wait for the next, which begins at once. */
const most = 20;

/**
 * Reads the log as it grows, each entry once for all that follows from it: the search index, the figures that leaders read, what consumers
 * owe. Whoever of these cannot go on does not hold up the others.
 */
export const readEntries = (reader: Reader, audit: Pick<OpenedAuditLog, 'size'>): Job => ({
  name: 'readEntries',
  every: 5_000,
  lease: 120_000,
  run: async (run) => {
    const size = audit.size();
    const index = await followIndex(reader);
    const followers = [await followBoard(reader), await followDuties(reader)];
    // the index has nothing to do before a chunk is whole
    const begun = [...followers, ...(index.next + chunkSize <= size ? [index] : [])].map(({ next }) => next);
    const first = Math.min(...begun, size);
    const last = Math.min(size, (Math.floor(first / chunkSize) + most) * chunkSize);
    for (let from = first; from < last;) {
      const number = Math.floor(from / chunkSize);
      const to = Math.min((number + 1) * chunkSize, last);
      const chunk = await read(reader, { number, from, to });
      await index.take(chunk);
      for (const follower of followers) await follower.take(chunk);
      from = to;
    }
    const ended = await Promise.allSettled(followers.map((follower) => follower.end(last)));
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
    return { more: last < size && !run.signal.aborted };
  },
});

async function read(reader: Reader, { number, from, to }: Omit<ReadChunk, 'entries'>): Promise<ReadChunk> {
  const leaves = await leavesBetween(reader, from, to);
  return {
    ...{ number, from, to },
    entries: indexed(leaves),
  };
}

import type { OpenedAuditLog } from '../audit/openAuditLog.ts';
import { leafReader } from '../audit/search/leafReader.ts';
import { chunkSize } from '../audit/search/places.ts';
import { leavesBetween } from '../store/audit/entries.ts';
import type { Pool } from '../store/database/database.ts';
import { followBoard } from './entries/followBoard.ts';
import { followDuties } from './entries/followDuties.ts';
import { followIndex } from './entries/followIndex.ts';
import type { Follower, Onlooker, ReadChunk } from './entries/follower.ts';
import type { Job } from './job.ts';

/** Chunks of one run; more wait for the next, which begins at once. */
const most = 20;

/**
 * Reads the log as it grows, each entry once for all that follows from it: the search index, the figures that leaders read, what consumers
 * owe. Whoever of these cannot go on, or has far more to read, does not hold up the others.
 * @param onlookers take what is read anyway: they have no mark, and read for themselves what they miss
 */
export function readEntries(
  pool: Pool,
  audit: Pick<OpenedAuditLog, 'size'>,
  onlookers: readonly Onlooker[] = [],
): Job {
  /** the last chunk, as far as it was there: the index takes it once it is whole */
  let tail: ReadChunk | undefined;
  const readLeaf = leafReader();

  async function read(number: number, from: number, to: number): Promise<ReadChunk> {
    const known = tail?.number === number && tail.from <= from && tail.to >= from ? tail : undefined;
    const leaves = await leavesBetween(pool, known?.to ?? from, to);
    const entries = [
      ...(known?.entries ?? []),
      ...leaves.map(({ index, leaf }) => ({ index, ...readLeaf(leaf) })),
    ];
    const begun = known?.from ?? from;
    tail = to % chunkSize === 0 ? undefined : { number, from: begun, to, entries };
    return {
      number,
      from,
      to,
      entries: begun === from ? entries : entries.filter(({ index }) => index >= from),
    };
  }

  return {
    name: 'readEntries',
    every: 5_000,
    lease: 120_000,
    run: async (run) => {
      const size = audit.size();
      const index = await followIndex(pool);
      const waiting = [
        ...(index.next + chunkSize <= size ? [index] : []),
        ...[await followBoard(pool), await followDuties(pool)].filter(({ next }) => next < size),
      ].sort((one, other) => one.next - other.next);
      const failures: unknown[] = [];
      let more = false;
      while (waiting[0] !== undefined && !run.signal.aborted) {
        const first = waiting[0].next;
        const last = Math.min(size, (Math.floor(first / chunkSize) + most) * chunkSize);
        // who has read all of this already reads on by itself
        const own = new Set(waiting.splice(0, waiting.filter(({ next }) => next < last).length));
        const attempt = async (follower: Follower, work: () => void | Promise<void>): Promise<void> => {
          try {
            await work();
          } catch (error) {
            own.delete(follower);
            failures.push(error);
          }
        };
        for (let from = first; from < last && own.size > 0;) {
          const number = Math.floor(from / chunkSize);
          const to = Math.min((number + 1) * chunkSize, last);
          const chunk = await read(number, from, to);
          for (const follower of own) await attempt(follower, () => follower.take(chunk));
          for (const onlooker of onlookers) onlooker.take(chunk);
          from = to;
        }
        for (const follower of own) await attempt(follower, () => follower.end(last));
        await Promise.allSettled(onlookers.map((onlooker) => onlooker.end()));
        more ||= last < size;
      }
      if (failures.length > 0) throw failures[0];
      return { more: more && !run.signal.aborted };
    },
  };
}

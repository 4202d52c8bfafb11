import type { Reader } from '../../platform/database/reader.ts';
import { withLeaves } from './storedLeaves.ts';

const decided = Buffer.from('"operation":"acceptClock"');

/**
 * The latest time that the newest entries say, Unix ms; undefined for an empty log. Entries of calls at once are not in the order of their
 * times, so some of the newest are looked at; of those, only what follows the last decision that the clock had been wrong.
 */
export async function newestMoment(reader: Reader): Promise<number | undefined> {
  const { rows } = await reader.query<{ at: number; leaf: Uint8Array }>(
    `SELECT (extract(epoch FROM at) * 1000)::double precision AS at, leaf FROM audit_entry ORDER BY idx DESC LIMIT 100`,
  );
  const newest = withLeaves(rows);
  const last = newest.findIndex(({ leaf }) => Buffer.from(leaf).includes(decided));
  const times = newest.slice(0, last < 0 ? undefined : last + 1).map(({ at }) => at);
  return times.length === 0 ? undefined : Math.max(...times);
}

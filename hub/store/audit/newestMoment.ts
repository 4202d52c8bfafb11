import { momentOf, readMomentOrNull } from '../database/moment.ts';
import type { Reader } from '../database/reader.ts';

/**
 * The latest time that the newest entries say, Unix ms; undefined for an empty log. Entries of calls at once are not in the order of their
 * times, so some of the newest are looked at; of those, only what follows the last decision that the clock had been wrong.
 */
export async function newestMoment(reader: Reader): Promise<number | undefined> {
  const { rows } = await reader.query<{ at: string | null }>(
    `WITH newest AS (SELECT idx, at, leaf FROM audit_entry ORDER BY idx DESC LIMIT 100),
          decided AS (SELECT max(idx) AS idx FROM newest WHERE position('"operation":"acceptClock"'::bytea IN leaf) > 0)
     SELECT ${momentOf('max(at)')} AS at FROM newest, decided WHERE newest.idx >= coalesce(decided.idx, 0)`,
  );
  return readMomentOrNull(rows[0]?.at ?? null) ?? undefined;
}

/** The volume that departments received on each day, from which the rules over the log derive the usual volume. */
import type { DayVolume } from '../../../domain/risks/rules.ts';
import { refuseUnauthentic } from '../../../platform/database/authenticated/rowSealing.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { inSnapshot } from '../../../platform/database/transaction.ts';

/** Number of past days of a department that are read. */
const maxDays = 28;
/** Number of days of a department that are stored: a day is judged again while it is not over, and days do not begin in order. */
const maxStoredDays = 2 * maxDays;

/** A portion of a day: entries `first … end − 1`, as far as they are of that day. */
export interface Portion {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly first: number;
  readonly behind: number;
}

/**
 * Stores a portion of a day, and replaces an existing one. Another run over the same day may divide it differently. Portions that begin at
 * or after the first entry of the current run are therefore deleted, and stored again as they are read.
 */
export async function storeVolumes(
  reader: Reader,
  { day, first, behind, from }: Portion & { readonly from: number },
  volumes: readonly DayVolume[],
): Promise<void> {
  await reader.query(
    `WITH gone AS (
       DELETE FROM risk_volume
        WHERE day = $1::date AND (first_entry >= $6 OR first_entry < 0) AND NOT (first_entry = $2 AND consumer = ANY ($3::text[])))
     INSERT INTO risk_volume (consumer, day, first_entry, behind_entry, rows, off_hours)
     SELECT consumer, $1::date, $2, $7, rows, off_hours FROM unnest($3::text[], $4::bigint[], $5::bigint[]) AS v(consumer, rows, off_hours)
     ON CONFLICT (day, first_entry, consumer)
     DO UPDATE SET behind_entry = EXCLUDED.behind_entry, rows = EXCLUDED.rows, off_hours = EXCLUDED.off_hours`,
    [
      ...[day, first],
      volumes.map(({ consumer }) => consumer),
      volumes.map(({ rows }) => rows),
      volumes.map(({ offHours }) => offHours),
      ...[from, behind],
    ],
  );
}

const sums = 'sum(rows)::double precision AS rows, sum(off_hours)::double precision AS "offHours"';

/**
 * Deletes volumes of days that no judgement reads any more, so that comparing the table with its seals takes a bounded time: it has at most
 * 56 days of each department.
 */
export async function forgetVolumes(reader: Reader): Promise<void> {
  await reader.query(
    `DELETE FROM risk_volume AS v
      USING (SELECT consumer, day, row_number() OVER (PARTITION BY consumer ORDER BY day DESC) AS nth
               FROM (SELECT DISTINCT consumer, day FROM risk_volume) AS one) AS old
      WHERE old.nth > $1 AND v.consumer = old.consumer AND v.day = old.day`,
    [maxStoredDays],
  );
}

/** The volumes that are stored for the judgement of a day. */
export interface KnownVolumes {
  readonly before: readonly DayVolume[];
  readonly soFar: SoFar;
}

/**
 * Reads what `volumesBefore` and `volumesSoFar` return, after the table was compared with its seals: a volume that was raised or removed
 * past the hub would raise the usual volume, and hide a finding.
 * @throws Problem rows_unauthenticated
 */
export const knownVolumes = (pool: Pool, day: string, from: number): Promise<KnownVolumes> =>
  inSnapshot(pool, async (snapshot) => {
    await refuseUnauthentic(snapshot, ['risk_volume']);
    return { before: await volumesBefore(snapshot, day), soFar: await volumesSoFar(snapshot, day, from) };
  });

/** The volumes stored of a day so far. */
interface SoFar {
  /** what each department received in it */
  readonly volumes: readonly DayVolume[];
  /** index after the last entry that is in it; 0 where there is none */
  readonly behind: number;
}

/** What each department received of a day in the portions that begin before an entry. Such a portion may extend past that entry. */
async function volumesSoFar(reader: Reader, day: string, from: number): Promise<SoFar> {
  const { rows } = await reader.query<DayVolume & { behind: number }>(
    `SELECT consumer, ${sums}, max(behind_entry)::double precision AS behind
       FROM risk_volume WHERE day = $1::date AND first_entry >= 0 AND first_entry < $2 GROUP BY consumer`,
    [day, from],
  );
  return {
    volumes: rows.map(({ consumer, rows, offHours }) => ({ consumer, rows, offHours })),
    behind: rows.reduce((max, one) => Math.max(max, one.behind), 0),
  };
}

/** The last 28 days with calls before a day, of each department. @param day `YYYY-MM-DD` */
async function volumesBefore(reader: Reader, day: string): Promise<DayVolume[]> {
  const { rows } = await reader.query<DayVolume>(
    `SELECT consumer, rows, "offHours"
       FROM (SELECT consumer, ${sums}, row_number() OVER (PARTITION BY consumer ORDER BY day DESC) AS nth
               FROM risk_volume WHERE day < $1::date GROUP BY consumer, day) AS v
      WHERE nth <= $2`,
    [day, maxDays],
  );
  return rows;
}

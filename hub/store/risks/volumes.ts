/** What departments got a day: by it the rules over the log know what is usual. */
import type { DayVolume } from '../../domain/risks/rules.ts';
import type { Reader } from '../database/reader.ts';

/** Days of a department that are looked back to. */
const mostDays = 28;

/** What is judged of a day at once: all of it, or a portion of a day that is too long. */
export interface Portion {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** index of the first of its entries that was looked at */
  readonly first: number;
}

/**
 * Notes a portion of a day, anew where it stands. Whoever reads a day again may cut it elsewhere: what stands of it from here on goes, and comes
 * again with what is read next.
 */
export async function keepVolumes(
  reader: Reader,
  { day, first }: Portion,
  volumes: readonly DayVolume[],
): Promise<void> {
  await reader.query(
    `WITH gone AS (
       DELETE FROM risk_volume
        WHERE day = $1::date AND (first_entry > $2 OR first_entry < 0 OR (first_entry = $2 AND consumer <> ALL ($3::text[]))))
     INSERT INTO risk_volume (consumer, day, first_entry, rows, off_hours)
     SELECT consumer, $1::date, $2, rows, off_hours FROM unnest($3::text[], $4::bigint[], $5::bigint[]) AS v(consumer, rows, off_hours)
     ON CONFLICT (day, first_entry, consumer) DO UPDATE SET rows = EXCLUDED.rows, off_hours = EXCLUDED.off_hours`,
    [
      ...[day, first],
      volumes.map(({ consumer }) => consumer),
      volumes.map(({ rows }) => rows),
      volumes.map(({ offHours }) => offHours),
    ],
  );
}

const sums = 'sum(rows)::double precision AS rows, sum(off_hours)::double precision AS "offHours"';

/** What each department got of a day in the portions of it that lie before this one. */
export async function volumesSoFar(reader: Reader, { day, first }: Portion): Promise<DayVolume[]> {
  const { rows } = await reader.query<DayVolume>(
    `SELECT consumer, ${sums} FROM risk_volume WHERE day = $1::date AND first_entry >= 0 AND first_entry < $2 GROUP BY consumer`,
    [day, first],
  );
  return rows;
}

/** The last 28 days with calls before a day, of each department. @param day `YYYY-MM-DD` */
export async function volumesBefore(reader: Reader, day: string): Promise<DayVolume[]> {
  const { rows } = await reader.query<DayVolume>(
    `SELECT consumer, rows, "offHours"
       FROM (SELECT consumer, ${sums}, row_number() OVER (PARTITION BY consumer ORDER BY day DESC) AS nth
               FROM risk_volume WHERE day < $1::date GROUP BY consumer, day) AS v
      WHERE nth <= $2`,
    [day, mostDays],
  );
  return rows;
}

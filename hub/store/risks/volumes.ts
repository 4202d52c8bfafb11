/** What departments got a day: by it the rules over the log know what is usual. */
import type { DayVolume } from '../../domain/risks/rules.ts';
import type { Reader } from '../database/reader.ts';

/** Days of a department that are looked back to. */
const mostDays = 28;

/** Notes a whole day, anew where it stands. @param day `YYYY-MM-DD` */
export async function keepVolumes(reader: Reader, day: string, volumes: readonly DayVolume[]): Promise<void> {
  await reader.query(
    `INSERT INTO risk_volume (consumer, day, rows, off_hours)
     SELECT consumer, $1::date, rows, off_hours FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS v(consumer, rows, off_hours)
     ON CONFLICT (consumer, day) DO UPDATE SET rows = EXCLUDED.rows, off_hours = EXCLUDED.off_hours`,
    [
      day,
      volumes.map(({ consumer }) => consumer),
      volumes.map(({ rows }) => rows),
      volumes.map(({ offHours }) => offHours),
    ],
  );
}

/** The last 28 days with calls before a day, of each department. @param day `YYYY-MM-DD` */
export async function volumesBefore(reader: Reader, day: string): Promise<DayVolume[]> {
  const { rows } = await reader.query<DayVolume>(
    `SELECT consumer, rows::double precision AS rows, off_hours::double precision AS "offHours"
       FROM (SELECT *, row_number() OVER (PARTITION BY consumer ORDER BY day DESC) AS nth FROM risk_volume WHERE day < $1::date) AS v
      WHERE nth <= $2`,
    [day, mostDays],
  );
  return rows;
}

import type { Reader } from '../database/reader.ts';

/** Answers with one obligation that one consumer received on one day. */
export interface ReceivedOnDay {
  readonly consumer: string;
  readonly provider: string;
  readonly dataset: string;
  readonly agreement: string;
  readonly purpose: string;
  /** as the entries say it: `delete-after P180D` */
  readonly obligation: string;
  /** `YYYY-MM-DD`, calendar of China */
  readonly day: string;
  readonly exchanges: number;
}

/** How far the log has been read for duties. */
export async function dutyProgress(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ next: string }>('SELECT next FROM duty_progress WHERE id = 1');
  return Number(rows[0]?.next ?? 0);
}

/** What the entries `from … to − 1` of the log brought to whom, with what they oblige to. An answer without rows brought nothing. */
export async function receivedByDay(reader: Reader, from: number, to: number): Promise<ReceivedOnDay[]> {
  const { rows } = await reader.query<ReceivedOnDay>(
    `SELECT leaf ->> 'consumer' AS consumer, leaf ->> 'provider' AS provider, leaf ->> 'dataset' AS dataset,
            leaf ->> 'agreement' AS agreement, leaf ->> 'purpose' AS purpose, obligation,
            ((at AT TIME ZONE 'UTC') + interval '8 hours')::date::text AS day, count(*)::double precision AS exchanges
       FROM (SELECT at, convert_from(leaf, 'UTF8')::jsonb AS leaf FROM audit_entry
              WHERE idx >= $1 AND idx < $2 AND decision = 'allow' AND position('"obligations":['::bytea IN leaf) > 0) AS entries
      CROSS JOIN LATERAL jsonb_array_elements_text(leaf -> 'obligations') AS obligation
      WHERE leaf ->> 'kind' = 'release' AND coalesce((leaf #>> '{rows,delivered}')::bigint, 1) > 0
      GROUP BY 1, 2, 3, 4, 5, 6, 7`,
    [from, to],
  );
  return rows;
}

import type { Reader } from '../database/reader.ts';

/** How far the log has been read for the board. */
export async function boardProgress(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ next: string }>('SELECT next FROM board_progress WHERE id = 1');
  return Number(rows[0]?.next ?? 0);
}

/**
 * Counts the entries `from … to − 1` and moves the mark behind them, in one statement: what is read twice is counted once. Of a stream its
 * opening is the call. Cases count as `log/savedMaterials.ts` counts them: an answer without a row brought nothing.
 * @returns false when another process has moved the mark
 */
export async function fillBoard(reader: Reader, from: number, to: number): Promise<boolean> {
  const { rows } = await reader.query<{ moved: boolean }>(
    `WITH moved AS (UPDATE board_progress SET next = $2 WHERE id = 1 AND next = $1 RETURNING 1),
          leaves AS (
            SELECT ((at AT TIME ZONE 'UTC') + interval '8 hours')::date AS day, convert_from(leaf, 'UTF8')::jsonb AS leaf
              FROM audit_entry
             WHERE idx >= $1 AND idx < $2 AND position('"kind":"release"'::bytea IN leaf) > 0 AND EXISTS (SELECT FROM moved)),
          calls AS (
            SELECT day, coalesce(leaf ->> 'consumer', leaf #>> '{actor,department}') AS consumer,
                   coalesce(leaf ->> 'provider', '') AS provider, coalesce(leaf ->> 'dataset', '') AS dataset,
                   count(*) FILTER (WHERE leaf ->> 'decision' = 'allow') AS answered,
                   count(*) FILTER (WHERE leaf ->> 'decision' = 'deny') AS refused
              FROM leaves
             WHERE leaf ->> 'kind' = 'release' AND coalesce(leaf #>> '{stream,state}', 'open') = 'open'
               AND coalesce(leaf ->> 'consumer', leaf #>> '{actor,department}') IS NOT NULL
             GROUP BY 1, 2, 3, 4),
          days AS (
            INSERT INTO board_day AS d (day, consumer, provider, dataset, answered, refused) SELECT * FROM calls
            ON CONFLICT (day, consumer, provider, dataset)
            DO UPDATE SET answered = d.answered + EXCLUDED.answered, refused = d.refused + EXCLUDED.refused),
          cases AS (
            SELECT min(day) AS day, leaf ->> 'consumer' AS consumer, leaf ->> 'matterCode' AS matter,
                   sha256(convert_to(leaf ->> 'matter', 'UTF8')) AS number,
                   array_agg(DISTINCT (leaf ->> 'dataset') || '.' || field) AS fields
              FROM leaves CROSS JOIN LATERAL jsonb_object_keys(leaf -> 'fields') AS field
             WHERE leaf ->> 'kind' = 'release' AND leaf ->> 'decision' = 'allow' AND leaf ? 'matter' AND leaf ? 'matterCode'
               AND leaf ? 'consumer' AND leaf ? 'dataset' AND (leaf #>> '{rows,delivered}')::bigint > 0
             GROUP BY 2, 3, 4),
          kept AS (
            INSERT INTO board_case AS c (day, consumer, matter, number, fields) SELECT * FROM cases
            ON CONFLICT (consumer, matter, number)
            DO UPDATE SET fields = (SELECT array_agg(DISTINCT f) FROM unnest(c.fields || EXCLUDED.fields) AS f))
     SELECT EXISTS (SELECT FROM moved) AS moved`,
    [from, to],
  );
  return rows[0]?.moved === true;
}

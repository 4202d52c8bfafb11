/** From when to when a batch's rows were to be had. */
import { momentOf, readMomentOrNull } from '../../../platform/database/moment.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Unix milliseconds. */
export interface BatchPeriod {
  readonly dataset: string;
  /** null: nobody ever got rows of it. Of one that a person decided about it is when it was opened: it may have been current before */
  readonly from: number | null;
  /** when another took its place; null: it is current still, or its rows were merged into others */
  readonly until: number | null;
  /** from then on pages that a cursor goes on with are not of it any more; null: they may be still */
  readonly readUntil: number | null;
}

/**
 * One that was the same as another stands for that one. A correction takes the good rows of the batch that it corrects along, and a changeover
 * or another mapping makes a batch of the same bytes: the time is that of all of them, from the first to the last. @returns undefined where there is none
 */
export async function batchPeriod(reader: Reader, id: string): Promise<BatchPeriod | undefined> {
  const { rows } = await reader.query<{
    dataset: string;
    from: string | null;
    until: string | null;
    readUntil: string | null;
  }>(
    `WITH RECURSIVE of AS (
       SELECT coalesce(same_as, id) AS id FROM batch WHERE id = $1
       UNION SELECT made.id FROM of JOIN (
         SELECT id, corrects AS source FROM batch WHERE corrects IS NOT NULL
         UNION ALL SELECT id, retranslates FROM batch WHERE retranslates IS NOT NULL
         UNION ALL SELECT batch, source FROM changeover WHERE batch IS NOT NULL) AS made ON made.source = of.id),
     had AS (
       SELECT b.dataset, CASE WHEN b.approved_by IS NULL THEN b.published_at ELSE b.opened_at END AS since,
              CASE WHEN d.mode <> 'upsert' THEN b.superseded_at END AS gone
         FROM of JOIN batch AS b ON b.id = of.id JOIN dataset AS d ON d.id = b.dataset WHERE b.published_at IS NOT NULL),
     whole AS (SELECT min(since) AS since, CASE WHEN bool_and(gone IS NOT NULL) THEN max(gone) END AS gone FROM had)
     SELECT named.dataset, ${momentOf('w.since')} AS "from", ${momentOf('w.gone')} AS until,
            ${momentOf(`(SELECT min(l.superseded_at) FROM batch AS l
               WHERE l.dataset = named.dataset AND l.published_at IS NOT NULL AND l.superseded_at > w.gone)`)} AS "readUntil"
       FROM batch AS named CROSS JOIN whole AS w WHERE named.id = $1`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    dataset: row.dataset,
    from: readMomentOrNull(row.from),
    until: readMomentOrNull(row.until),
    readUntil: readMomentOrNull(row.readUntil),
  };
}

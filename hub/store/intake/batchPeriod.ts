/** From when to when a batch's rows were to be had. */
import { momentOf, readMomentOrNull } from '../database/moment.ts';
import type { Reader } from '../database/reader.ts';

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

/** One that was the same as another stands for that one. @returns undefined where there is none */
export async function batchPeriod(reader: Reader, id: string): Promise<BatchPeriod | undefined> {
  const { rows } = await reader.query<{
    dataset: string;
    from: string | null;
    until: string | null;
    readUntil: string | null;
  }>(
    `SELECT b.dataset, ${momentOf('CASE WHEN b.published_at IS NULL THEN NULL WHEN b.approved_by IS NULL THEN b.published_at ELSE b.opened_at END')} AS "from",
            ${momentOf("CASE WHEN d.mode <> 'upsert' THEN b.superseded_at END")} AS until,
            ${momentOf(`CASE WHEN d.mode <> 'upsert' THEN (SELECT min(l.superseded_at) FROM batch AS l
               WHERE l.dataset = b.dataset AND l.published_at IS NOT NULL AND l.superseded_at > b.superseded_at) END`)} AS "readUntil"
       FROM batch AS named JOIN batch AS b ON b.id = coalesce(named.same_as, named.id) JOIN dataset AS d ON d.id = b.dataset
      WHERE named.id = $1`,
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

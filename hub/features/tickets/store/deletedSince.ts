import { refuseUnauthentic } from '../../../platform/database/authenticated/rowSealing.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/**
 * Number of persons whose data were deleted from a batch's dataset at their request after it was begun. A later batch deleted them, a
 * former one that was current after this one did, or the provider stated it later. Only sealed columns decide: moments of publication are
 * not sealed.
 * @throws Problem rows_unauthenticated where a ticket was altered or deleted past the hub
 */
export async function deletedSince(reader: Reader, batch: string): Promise<number> {
  await refuseUnauthentic(reader, ['ticket']);
  const { rows } = await reader.query<{ persons: string }>(
    `SELECT count(DISTINCT t.subject)::text AS persons
       FROM batch AS b JOIN ticket AS t ON t.dataset = b.dataset AND t.wish = 'deletion' AND t.state = 'mended'
       LEFT JOIN batch AS without ON without.id = t.batch
      WHERE b.id = $1 AND CASE WHEN t.batch IS NULL THEN t.answered_at > b.opened_at
                               ELSE t.batch > b.id OR coalesce(without.superseded_at, 'infinity') > b.superseded_at END`,
    [batch],
  );
  return Number(rows[0]?.persons ?? 0);
}

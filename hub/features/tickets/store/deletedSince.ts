import type { Reader } from '../../../platform/database/reader.ts';

/**
 * Number of persons whose data were deleted from a batch's dataset at their request after it was published. A later batch deleted them, or
 * the provider stated it later.
 */
export async function deletedSince(reader: Reader, batch: string): Promise<number> {
  const { rows } = await reader.query<{ persons: string }>(
    `SELECT count(DISTINCT t.subject)::text AS persons
       FROM batch AS b JOIN ticket AS t ON t.dataset = b.dataset AND t.wish = 'deletion' AND t.state = 'mended'
       LEFT JOIN batch AS without ON without.id = t.batch
      WHERE b.id = $1 AND coalesce(without.published_at, t.answered_at) > b.published_at`,
    [batch],
  );
  return Number(rows[0]?.persons ?? 0);
}

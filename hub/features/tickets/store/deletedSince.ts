import type { Reader } from '../../../platform/database/reader.ts';

/**
 * How many persons' data were deleted at their wish from a batch's dataset after it was published: by a later batch, or on a word of the
 * provider that came later.
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

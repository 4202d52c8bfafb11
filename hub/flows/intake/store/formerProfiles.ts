/** What the last batches of a dataset looked like. */
import { usualBatches, worthGuarding, type FormerProfile } from '../../../domain/drift.ts';
import type { BatchProfile } from '../../../domain/quality.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { isReplaced, isTakenBack } from './isExample.ts';

/**
 * The last published batches that say what is usual, the newest first. One that was corrected or read again is counted as what took its place;
 * one that was taken back, because the snapshot before it is seen again, is no example.
 * @param but this batch
 */
export async function formerProfiles(
  reader: Reader,
  dataset: string,
  but: string,
): Promise<readonly FormerProfile[]> {
  const { rows } = await reader.query<{ rows: string; profile: BatchProfile; approved: boolean }>(
    `SELECT b.rows_ok AS rows, b.profile, b.approved_by IS NOT NULL AS approved
       FROM batch AS b WHERE b.dataset = $1 AND b.id <> $2 AND b.published_at IS NOT NULL AND b.profile IS NOT NULL AND b.calls IS NULL AND b.rows_ok >= $3
        AND NOT ${isTakenBack('b')} AND NOT ${isReplaced('b')} ORDER BY b.published_at DESC LIMIT $4`,
    [dataset, but, worthGuarding, usualBatches],
  );
  return rows.map(({ rows: count, profile, approved }) => ({
    rows: Number(count),
    approved,
    fields: new Map(
      Object.entries(profile.fields).map(([field, { empty, distinct = 0 }]) => {
        const codes = profile.codes?.[field];
        const shares = { empty, distinct };
        return [field, codes === undefined ? shares : { ...shares, codes: new Map(Object.entries(codes)) }];
      }),
    ),
  }));
}

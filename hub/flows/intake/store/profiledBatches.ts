import type { BatchProfile } from '../../../domain/quality.ts';
import { momentOf, readMoment } from '../../../platform/database/moment.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** A batch that was published, with what it looked like. */
export interface ProfiledBatch {
  readonly batch: string;
  /** Unix milliseconds */
  readonly openedAt: number;
  readonly publishedAt: number;
  readonly rows: number;
  readonly bad: number;
  readonly profile: BatchProfile;
  /** whether files were expected by then as they are now */
  readonly expected: boolean;
}

/** The newest first. */
export async function profiledBatches(
  reader: Reader,
  dataset: string,
  most: number,
): Promise<readonly ProfiledBatch[]> {
  const { rows } = await reader.query<{
    batch: string;
    opened: string;
    published: string;
    rows: string;
    bad: string;
    profile: BatchProfile;
    expected: boolean;
  }>(
    `SELECT id AS batch, ${momentOf('opened_at')} AS opened, ${momentOf('published_at')} AS published, rows_ok AS rows, rows_bad AS bad, profile,
            opened_at >= coalesce((SELECT expects_from FROM dataset WHERE id = $1), '-infinity') AS expected
       FROM batch WHERE dataset = $1 AND published_at IS NOT NULL AND profile IS NOT NULL ORDER BY published_at DESC LIMIT $2`,
    [dataset, most],
  );
  return rows.map(({ opened, published, ...row }) => ({
    batch: row.batch,
    openedAt: readMoment(opened),
    publishedAt: readMoment(published),
    rows: Number(row.rows),
    bad: Number(row.bad),
    profile: row.profile,
    expected: row.expected,
  }));
}

import { mayGo } from '../audit/legalHolds.ts';
import type { Reader } from '../database/reader.ts';

const dayMs = 86_400_000;

/** A batch that is not current any more, with what is still kept of it. */
export interface RawRemains {
  readonly batch: string;
  readonly dataset: string;
  readonly department: string;
  /** raw bytes as they came */
  readonly bytes: number;
  /** rows in quarantine */
  readonly quarantined: number;
}

/**
 * Batches whose raw bytes and quarantined rows nobody needs any more: superseded, failed, rejected, dropped or expired as many
 * days ago as their dataset keeps them, or the hub. A published one is current, and a held one may be released: they keep them, and so does a
 * legal hold on the dataset. @param now Unix milliseconds @param days of datasets that do not say it
 */
export async function rawRemains(
  reader: Reader,
  now: number,
  days: number,
  most: number,
): Promise<RawRemains[]> {
  const { rows } = await reader.query<{
    batch: string;
    dataset: string;
    department: string;
    bytes: string;
    quarantined: string;
  }>(
    `SELECT b.id AS batch, b.dataset, b.department,
            (SELECT coalesce(sum(p.bytes), 0) FROM batch_part AS p WHERE p.batch = b.id) AS bytes,
            (SELECT count(*) FROM quarantine AS q WHERE q.batch = b.id) AS quarantined
       FROM batch AS b JOIN dataset AS d ON d.id = b.dataset
      WHERE b.raw_gone_at IS NULL AND b.finished_at IS NOT NULL AND b.state IN ('superseded', 'failed', 'rejected', 'dropped', 'expired')
        AND b.dataset NOT IN (SELECT dataset FROM held_dataset)
        AND coalesce(b.superseded_at, b.finished_at) < to_timestamp(($1::bigint - coalesce(d.raw_days, $2)::bigint * ${dayMs}) / 1000.0)
      ORDER BY b.finished_at LIMIT $3`,
    [now, days, most],
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes), quarantined: Number(row.quarantined) }));
}

/**
 * Destroys them, in the transaction of the entry that tells how much.
 * @returns false when they are not as they were read, the batch is used again, or its dataset is under legal hold
 */
export async function destroyRaw(reader: Reader, remains: RawRemains): Promise<boolean> {
  if (!(await mayGo(reader, remains.dataset))) return false;
  const { rowCount } = await reader.query(
    `UPDATE batch SET raw_gone_at = now()
      WHERE id = $1 AND raw_gone_at IS NULL AND state IN ('superseded', 'failed', 'rejected', 'dropped', 'expired')`,
    [remains.batch],
  );
  if (rowCount !== 1) return false;
  const { rows } = await reader.query<{ bytes: string }>(
    'WITH gone AS (DELETE FROM batch_part WHERE batch = $1 RETURNING bytes) SELECT coalesce(sum(bytes), 0) AS bytes FROM gone',
    [remains.batch],
  );
  const quarantined = await reader.query('DELETE FROM quarantine WHERE batch = $1', [remains.batch]);
  return Number(rows[0]?.bytes) === remains.bytes && quarantined.rowCount === remains.quarantined;
}

/** Department databases from which datasets are filled. Only the intake flow opens the sealed password. */
import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { PullDocument, PullPause } from '../../../domain/pull.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface PullRow {
  readonly dataset: string;
  readonly document: PullDocument;
  /** the password, sealed */
  readonly secret: Buffer;
  /** hex SHA-256 of the document */
  readonly digest: string;
  /** ids of persons */
  readonly author: string;
  readonly approver: string;
  /** Unix milliseconds */
  readonly setAt: number;
  /** time of the last request for a run */
  readonly askedAt: number | null;
  /** the last pause, over or not; absent if there was none, or it was lifted */
  readonly pause?: PullPause;
}

interface StoredPull extends Omit<PullRow, 'setAt' | 'askedAt' | 'pause'> {
  readonly set: string;
  readonly asked: string | null;
  readonly until: string | null;
  readonly reason: string;
  readonly by: string;
  readonly paused: string;
}

const columns = `dataset, document, secret, digest, author, approver, ${momentOf('set_at')} AS set, ${momentOf('asked_at')} AS asked,
  paused_until::text AS until, pause_reason AS reason, paused_by AS by, ${momentOf('paused_at')} AS paused`;
const read = ({ set, asked: requested, until, reason, by, paused, ...row }: StoredPull): PullRow => ({
  ...row,
  setAt: readMoment(set),
  askedAt: readMomentOrNull(requested),
  ...(until === null ? {} : { pause: { until, reason, by, at: readMoment(paused) } }),
});

/** Pulls that have not been ended, by dataset. */
export async function listPulls(reader: Reader): Promise<readonly PullRow[]> {
  const rows = await sealedRows<StoredPull>(
    reader,
    'pull',
    `SELECT ${columns} FROM pull WHERE ended_by IS NULL ORDER BY dataset`,
  );
  return rows.map(read);
}

/** undefined if there is none, or it was ended. */
export async function pullOf(reader: Reader, dataset: string): Promise<PullRow | undefined> {
  const rows = await sealedRows<StoredPull>(
    reader,
    'pull',
    `SELECT ${columns} FROM pull WHERE dataset = $1 AND ended_by IS NULL`,
    [dataset],
  );
  return rows.map(read)[0];
}

/**
 * Stores the current pull of a dataset. It is not paused, even if its predecessor was.
 * @param row.approver another person than the author, which the table requires
 */
export async function putPull(
  transaction: Reader,
  row: Omit<PullRow, 'approver' | 'askedAt' | 'pause'> & { readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO pull (dataset, document, secret, digest, author, approver, exchange, set_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, ${momentAt('$8')})
     ON CONFLICT (dataset) DO UPDATE SET document = EXCLUDED.document, secret = EXCLUDED.secret, digest = EXCLUDED.digest,
       author = EXCLUDED.author, approver = EXCLUDED.approver, exchange = EXCLUDED.exchange, set_at = EXCLUDED.set_at,
       asked_at = NULL, ended_by = NULL, paused_until = NULL, paused_by = NULL, paused_at = NULL, pause_reason = NULL`,
    [
      ...[row.dataset, JSON.stringify(row.document), row.secret, row.digest, row.author, row.approver],
      ...[exchange, row.setAt],
    ],
  );
}

/** Pauses runs up to the end of that day, including runs requested before. @returns false if there is no pull */
export async function pausePull(transaction: Reader, dataset: string, pause: PullPause): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE pull SET paused_until = $2, pause_reason = $3, paused_by = $4, paused_at = ${momentAt('$5')}, asked_at = NULL
      WHERE dataset = $1 AND ended_by IS NULL`,
    [dataset, pause.until, pause.reason, pause.by, pause.at],
  );
  return rowCount === 1;
}

/** @returns false if the pull is not paused */
export async function resumePull(transaction: Reader, dataset: string): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE pull SET paused_until = NULL, pause_reason = NULL, paused_by = NULL, paused_at = NULL
      WHERE dataset = $1 AND ended_by IS NULL AND paused_until IS NOT NULL`,
    [dataset],
  );
  return rowCount === 1;
}

/** Records a request for an immediate run. @param at Unix milliseconds @returns false if there is no pull */
export async function requestPull(transaction: Reader, dataset: string, at: number): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE pull SET asked_at = ${momentAt('$2')} WHERE dataset = $1 AND ended_by IS NULL`,
    [dataset, at],
  );
  return rowCount === 1;
}

/** Ends it and deletes the password. @param by id of a person @returns false if there is no pull */
export async function endPull(transaction: Reader, dataset: string, by: string): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE pull SET ended_by = $2, secret = '' WHERE dataset = $1 AND ended_by IS NULL`,
    [dataset, by],
  );
  return rowCount === 1;
}

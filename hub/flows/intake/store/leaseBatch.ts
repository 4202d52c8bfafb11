import { batchLife, type ControlTotals } from '../../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import { firstSealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { type BatchProgress, batchColumns, readBatch, type BatchRow, type StoredBatch } from './batches.ts';

export interface CommittedAs {
  readonly sha256: string;
  readonly mapping: string;
  readonly mappingDigest: string;
  readonly schema: string;
  /** the batch whose good rows this one takes over as its correction */
  readonly corrects: string | null;
  /** the control totals stated by its sender */
  readonly control: ControlTotals | null;
}

/**
 * Leases a batch for translation: an open one, or one whose lease has expired because its hub died.
 * @param owner uuid of this attempt @param seconds the lease
 * @returns false when another attempt has it, or it is past this step
 */
export async function leaseBatch(
  reader: Reader,
  id: string,
  as: CommittedAs,
  owner: string,
  seconds: number,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = $8, sha256 = $2, mapping = $3, mapping_digest = $4, schema_urn = $5, corrects = $11, control = $12, problem = NULL, findings = NULL,
            records = NULL, progress = NULL, exchange = NULL, receipt = NULL, lease_owner = $6, lease_until = now() + make_interval(secs => $7)
      WHERE id = $1 AND (state = ANY($9) OR (state = ANY($10) AND lease_until < now()))`,
    [
      id,
      as.sha256,
      as.mapping,
      as.mappingDigest,
      as.schema,
      owner,
      seconds,
      stateAfter(batchLife, 'commit'),
      statesBefore(batchLife, 'commit', 'retry'),
      statesBefore(batchLife, 'resume'),
      as.corrects,
      as.control === null ? null : JSON.stringify(as.control),
    ],
  );
  return rowCount === 1;
}

/** Whether a lease is still valid. @param lock prevents its loss until the transaction ends */
export async function holdsLease(reader: Reader, id: string, owner: string, lock: boolean): Promise<boolean> {
  const { rows } = await reader.query(
    `SELECT 1 FROM batch WHERE id = $1 AND lease_owner = $2 AND state = 'checking'${lock ? ' FOR SHARE' : ''}`,
    [id, owner],
  );
  return rows.length === 1;
}

/** Renews the lease. @returns false when it was lost */
export async function renewLease(
  reader: Reader,
  id: string,
  owner: string,
  seconds: number,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET lease_until = now() + make_interval(secs => $3) WHERE id = $1 AND lease_owner = $2 AND state = 'checking'`,
    [id, owner, seconds],
  );
  return rowCount === 1;
}

/** Moves the offset of an open batch. @returns false when it is no longer at `from`: another part was stored first */
export async function advanceBatch(
  reader: Reader,
  id: string,
  from: number,
  bytes: number,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    "UPDATE batch SET bytes = bytes + $3, moved_at = now() WHERE id = $1 AND bytes = $2 AND state = 'receiving'",
    [id, from, bytes],
  );
  return rowCount === 1;
}

/** Stores the progress of a translation, as long as this attempt has it. @param owner of its lease */
export async function storeProgress(
  reader: Reader,
  id: string,
  owner: string,
  progress: BatchProgress,
): Promise<void> {
  await reader.query(
    "UPDATE batch SET progress = $3 WHERE id = $1 AND lease_owner = $2 AND state = 'checking'",
    [id, owner, JSON.stringify(progress)],
  );
}

/** Stores the receipt of the exchange that records a batch's outcome; receipts of other exchanges are ignored. */
export async function storeReceipt(
  reader: Reader,
  id: string,
  exchange: string,
  receipt: string,
): Promise<void> {
  await reader.query('UPDATE batch SET receipt = $3 WHERE id = $1 AND exchange = $2', [
    id,
    exchange,
    receipt,
  ]);
}

/** Totals of the batches in progress, of all departments. */
export interface BytesToCome {
  /** bytes that open batches declared and have not sent */
  readonly declared: number;
  /** bytes received and not loaded yet */
  readonly unloaded: number;
}

/** An open batch without new bytes for this long no longer reserves space. */
const quiet = '1 hour';

/** The totals at this moment. */
export async function bytesToCome(reader: Reader): Promise<BytesToCome> {
  const { rows } = await reader.query<{ declared: string; unloaded: string }>(
    `SELECT coalesce(sum(greatest(declared - bytes, 0)) FILTER (WHERE state = 'receiving'), 0) AS declared,
        coalesce(sum(bytes), 0) AS unloaded
      FROM batch WHERE state = 'checking' OR (state = 'receiving' AND moved_at > now() - interval '${quiet}')`,
  );
  return { declared: Number(rows[0]?.declared), unloaded: Number(rows[0]?.unloaded) };
}

/** Counted under a lock that lasts until the transaction ends, so that batches opened concurrently count each other. */
export async function countedInTurn(transaction: Reader): Promise<BytesToCome> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtext('bytes to come'))");
  return bytesToCome(transaction);
}

/** Batches that copy the bytes of another one and made no progress for a while: the oldest first. @param seconds length of that while */
export async function pendingRetranslations(reader: Reader, seconds: number): Promise<readonly BatchRow[]> {
  const rows = await firstSealedRows<StoredBatch>(
    reader,
    'batch',
    `SELECT ${batchColumns} FROM batch
      WHERE retranslates IS NOT NULL AND state = 'receiving' AND moved_at < now() - make_interval(secs => $1) ORDER BY opened_at, id`,
    [seconds],
    100,
  );
  return rows.map(readBatch);
}

/** Whether a retranslation of a batch is already in progress. */
export async function isRetranslated(reader: Reader, batch: string): Promise<boolean> {
  const { rows } = await reader.query(
    "SELECT 1 FROM batch WHERE retranslates = $1 AND state IN ('receiving', 'checking') LIMIT 1",
    [batch],
  );
  return rows.length > 0;
}

import { batchLife, type BatchAct } from '../../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import { firstSealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { batchColumns, readBatch, type BatchRow, type StoredBatch } from './batches.ts';
import { mayGo } from '../../../log/store/legalHolds.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { CommittedAs } from './leaseBatch.ts';

/**
 * Ends a batch under a version that its dataset does not move to, or that another batch was prepared for, or that cannot be made. A hub
 * that translates it loses its lease.
 * @param exchange id of the entry that records it @param problem code of why it cannot be made @returns false where it has ended already
 */
export async function abandonBatch(
  reader: Reader,
  id: string,
  exchange: string,
  problem?: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = $2, exchange = $3, receipt = NULL, finished_at = now(), lease_owner = NULL, lease_until = NULL, problem = coalesce($5, problem)
      WHERE id = $1 AND state = ANY($4)`,
    [id, stateAfter(batchLife, 'abandon'), exchange, statesBefore(batchLife, 'abandon'), problem ?? null],
  );
  return rowCount === 1;
}

/** batches that are read at once */
const atOnce = 100;

/** Batches whose translation a hub left unfinished. */
export async function abandonedBatches(reader: Reader): Promise<readonly BatchRow[]> {
  const rows = await firstSealedRows<StoredBatch>(
    reader,
    'batch',
    `SELECT ${batchColumns} FROM batch WHERE state = 'checking' AND lease_until < now() ORDER BY opened_at, id`,
    [],
    atOnce,
  );
  return rows.map(readBatch);
}

/**
 * Held batches whose entry is missing, because the log could not be written when they were held.
 * @param age seconds since then, after which no entry is on its way any more
 */
export async function unloggedHeld(reader: Reader, age: number): Promise<readonly BatchRow[]> {
  // a row that was written past the hub is left out: the entry would state that the hub held it
  const rows = await firstSealedRows<StoredBatch>(
    reader,
    'batch',
    `SELECT ${batchColumns} FROM batch
      WHERE state = 'held' AND finished_at < now() - make_interval(secs => $1)
        AND NOT EXISTS (SELECT FROM audit_entry AS e WHERE e.id = batch.exchange)
      ORDER BY finished_at, id`,
    [age],
    atOnce,
  );
  return rows.map(readBatch);
}

/** Held batches past their deadline, the oldest first. @param now Unix milliseconds */
export async function overdueHeld(reader: Reader, now: number, maxRows: number): Promise<BatchRow[]> {
  const rows = await firstSealedRows<StoredBatch>(
    reader,
    'batch',
    `SELECT ${batchColumns} FROM batch
      WHERE state = ANY($2) AND held_until < to_timestamp($1 / 1000.0) ORDER BY held_until, id`,
    [now, statesBefore(batchLife, 'lapse')],
    maxRows,
  );
  return rows.map(readBatch);
}

/**
 * Ends a held batch that was not decided in time. @param exchange id of the entry that records it @returns false when it was decided
 * meanwhile
 */
export async function lapseHeld(reader: Reader, id: string, exchange: string): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = $3, finished_at = now(), held_until = NULL, exchange = $2 WHERE id = $1 AND state = ANY($4)`,
    [id, exchange, stateAfter(batchLife, 'lapse'), statesBefore(batchLife, 'lapse')],
  );
  return rowCount === 1;
}

/** A batch that was opened and never committed. */
export interface OverdueBatch {
  readonly id: string;
  readonly dataset: string;
  readonly department: string;
  /** raw bytes received */
  readonly bytes: number;
}

/** Open batches older than a moment, the oldest first; none of a dataset under legal hold. @param before Unix milliseconds */
export async function overdueBatches(
  reader: Reader,
  before: number,
  maxRows: number,
): Promise<OverdueBatch[]> {
  const rows = await firstSealedRows<Omit<OverdueBatch, 'bytes'> & { bytes: string }>(
    reader,
    'batch',
    `SELECT id, dataset, department, bytes FROM batch
      WHERE state = ANY($2) AND opened_at < to_timestamp($1 / 1000.0) AND dataset NOT IN (SELECT dataset FROM held_dataset) ORDER BY opened_at, id`,
    [before, statesBefore(batchLife, 'expire')],
    maxRows,
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/**
 * Ends an open batch and destroys its received bytes. @param exchange id of the entry that records it
 * @returns false when it changed since it was read: more bytes were received, it was committed, or its dataset is under legal hold
 */
export async function expireBatch(
  transaction: Transaction,
  batch: OverdueBatch,
  exchange: string,
): Promise<boolean> {
  if (!(await mayGo(transaction, batch.dataset))) return false;
  const { rowCount } = await transaction.query(
    `UPDATE batch SET state = $4, finished_at = now(), raw_gone_at = now(), exchange = $3
      WHERE id = $1 AND state = ANY($5) AND bytes = $2`,
    [batch.id, batch.bytes, exchange, stateAfter(batchLife, 'expire'), statesBefore(batchLife, 'expire')],
  );
  if (rowCount !== 1) return false;
  await longStatement(transaction, 'DELETE FROM batch_part WHERE batch = $1', [batch.id]);
  return true;
}

/** Ends held batches that are older than the one published now: releasing one would replace newer rows with older ones. */
export async function overtakeHeld(
  reader: Reader,
  dataset: string,
  current: string,
  exchange: string,
): Promise<void> {
  await reader.query(
    `UPDATE batch SET state = $4, finished_at = now(), held_until = NULL, exchange = $3
      WHERE dataset = $1 AND id < $2 AND state = ANY($5)`,
    [dataset, current, exchange, stateAfter(batchLife, 'overtake'), statesBefore(batchLife, 'overtake')],
  );
}

/** Supersedes the batches that were current until now. */
export async function supersedeBatches(reader: Reader, dataset: string, current: string): Promise<void> {
  await reader.query(
    'UPDATE batch SET state = $3, superseded_at = now() WHERE dataset = $1 AND state = ANY($4) AND id <> $2',
    [dataset, current, stateAfter(batchLife, 'supersede'), statesBefore(batchLife, 'supersede')],
  );
}

/**
 * Supersedes a held batch whose good rows were published with the corrected ones of another batch. A published one is superseded like any
 * other.
 */
export async function supersedeCorrected(reader: Reader, id: string): Promise<void> {
  await reader.query(
    'UPDATE batch SET state = $2, superseded_at = now(), held_until = NULL WHERE id = $1 AND state = ANY($3)',
    [id, stateAfter(batchLife, 'correct'), statesBefore(batchLife, 'correct')],
  );
}

/** Closes a batch with the same bytes as the current one: it is not loaded, and its parts are stored already. */
export async function closeAsSame(
  transaction: Transaction,
  id: string,
  as: Omit<CommittedAs, 'corrects' | 'control'>,
  first: BatchRow,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE batch SET state = $8, sha256 = $2, mapping = $3, mapping_digest = $4, schema_urn = $5, same_as = $6,
            exchange = $7, finished_at = now()
      WHERE id = $1 AND state = ANY($9)`,
    [
      id,
      as.sha256,
      as.mapping,
      as.mappingDigest,
      as.schema,
      first.id,
      first.exchange,
      stateAfter(batchLife, 'repeat'),
      statesBefore(batchLife, 'repeat'),
    ],
  );
  await longStatement(transaction, 'DELETE FROM batch_part WHERE batch = $1', [id]);
  return rowCount === 1;
}

/**
 * Records a person's decision on a batch, in the transaction of its entry.
 * @param act `restore`: the batch that was current before; `switch`: the one prepared for another version
 * @param person who decides
 * @param exchange id of the entry
 * @returns false when its state does not allow it, or the deadline of a held one has passed
 */
export async function decideBatch(
  reader: Reader,
  id: string,
  act: Extract<BatchAct, 'release' | 'drop' | 'restore' | 'switch'>,
  person: string,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = $2, exchange = $3, receipt = NULL, finished_at = now(), held_until = NULL, superseded_at = NULL,
            published_at = CASE WHEN $6 THEN now() ELSE published_at END, approved_by = CASE WHEN $6 THEN $5 ELSE approved_by END
      WHERE id = $1 AND state = ANY($4) AND (held_until IS NULL OR held_until > now())`,
    [id, stateAfter(batchLife, act), exchange, statesBefore(batchLife, act), person, act !== 'drop'],
  );
  if (rowCount !== 1) return false;
  await reader.query('DELETE FROM batch_proposal WHERE batch = $1', [id]);
  return true;
}

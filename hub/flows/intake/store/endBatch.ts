import { batchLife, type BatchAct } from '../../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { batchColumns, readBatch, type BatchRow, type StoredBatch } from './batches.ts';
import { mayGo } from '../../../log/store/legalHolds.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { CommittedAs } from './leaseBatch.ts';

/**
 * A batch under the version that its dataset does not go over to, or that another one was prepared for, or that cannot be made. Whoever
 * translates it has lost it.
 * @param exchange id of the entry that tells it @param problem code of why it cannot be made @returns false where it has come to an end already
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

/** Batches that a hub left in the middle of translation. */
export async function abandonedBatches(reader: Reader): Promise<readonly BatchRow[]> {
  const { rows } = await reader.query<StoredBatch>(
    `SELECT ${batchColumns} FROM batch WHERE state = 'checking' AND lease_until < now() ORDER BY opened_at LIMIT 100`,
  );
  return rows.map(readBatch);
}

/** Held batches whose time is over, the oldest first. @param now Unix milliseconds */
export async function overdueHeld(reader: Reader, now: number, most: number): Promise<BatchRow[]> {
  const { rows } = await reader.query<StoredBatch>(
    `SELECT ${batchColumns} FROM batch
      WHERE state = ANY($3) AND held_until < to_timestamp($1 / 1000.0) ORDER BY held_until LIMIT $2`,
    [now, most, statesBefore(batchLife, 'lapse')],
  );
  return rows.map(readBatch);
}

/** Ends a held batch that nobody decided in time. @param exchange id of the entry that tells it @returns false when somebody has */
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
  /** raw bytes that came */
  readonly bytes: number;
}

/** Open batches older than a moment, the oldest first; of a dataset under legal hold none. @param before Unix milliseconds */
export async function overdueBatches(reader: Reader, before: number, most: number): Promise<OverdueBatch[]> {
  const { rows } = await reader.query<Omit<OverdueBatch, 'bytes'> & { bytes: string }>(
    `SELECT id, dataset, department, bytes FROM batch
      WHERE state = ANY($3) AND opened_at < to_timestamp($1 / 1000.0) AND dataset NOT IN (SELECT dataset FROM held_dataset) ORDER BY opened_at LIMIT $2`,
    [before, most, statesBefore(batchLife, 'expire')],
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/**
 * Ends an open batch and destroys the bytes that came. @param exchange id of the entry that tells it
 * @returns false when it is not as it was read: more bytes came, it was committed, or its dataset is under legal hold
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

/** Held batches that came before one which is published now: whoever let them in would put older rows over newer ones. */
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

/** The batch that readers saw until now is no longer current. */
export async function supersedeBatches(reader: Reader, dataset: string, current: string): Promise<void> {
  await reader.query(
    'UPDATE batch SET state = $3, superseded_at = now() WHERE dataset = $1 AND state = ANY($4) AND id <> $2',
    [dataset, current, stateAfter(batchLife, 'supersede'), statesBefore(batchLife, 'supersede')],
  );
}

/** A held batch whose good rows came out with the mended ones of another one. One that was published is superseded like any other. */
export async function supersedeCorrected(reader: Reader, id: string): Promise<void> {
  await reader.query(
    'UPDATE batch SET state = $2, superseded_at = now(), held_until = NULL WHERE id = $1 AND state = ANY($3)',
    [id, stateAfter(batchLife, 'correct'), statesBefore(batchLife, 'correct')],
  );
}

/** A batch with the very bytes of the one that is current: it is not loaded, and its parts are stored already. */
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
 * A person's word on a batch, in the transaction of its entry.
 * @param act `restore`: the batch that was current before; `switch`: the one prepared for another version @param person who decides @param exchange id of the entry
 * @returns false when it is not in a state that allows it, or a held one's time is over
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

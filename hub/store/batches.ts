/** Batches (报送批次): what was submitted, how far it is, and what came of it. Rows and raw bytes lie in rows/. */
import type { BatchState } from '../domain/batch.ts';
import type { Reader } from './reader.ts';

export interface BatchRow {
  readonly id: string;
  readonly dataset: string;
  readonly department: string;
  readonly state: BatchState;
  /** raw bytes received so far: the offset at which the next part begins */
  readonly bytes: number;
  readonly sha256: string | null;
  /** `name@version` */
  readonly mapping: string | null;
  readonly mappingDigest: string | null;
  readonly schema: string | null;
  readonly counts: BatchCounts | undefined;
  /** code of the problem a failed or held batch stands at */
  readonly problem: string | null;
  /** an earlier batch with the same bytes, mapping and schema that is current: this one was not loaded */
  readonly sameAs: string | null;
  /** the exchange whose entry tells the outcome */
  readonly exchange: string | null;
  readonly receipt: string | null;
}

/** records = rows + bad + skipped, always. */
export interface BatchCounts {
  readonly records: number;
  readonly rows: number;
  readonly bad: number;
  readonly skipped: number;
}

interface Stored {
  id: string;
  dataset: string;
  department: string;
  state: BatchState;
  bytes: string;
  sha256: string | null;
  mapping: string | null;
  mapping_digest: string | null;
  schema_urn: string | null;
  records: string | null;
  rows_ok: string | null;
  rows_bad: string | null;
  skipped: string | null;
  problem: string | null;
  same_as: string | null;
  exchange: string | null;
  receipt: string | null;
}

const columns =
  'id, dataset, department, state, bytes, sha256, mapping, mapping_digest, schema_urn, records, rows_ok, rows_bad, skipped, ' +
  'problem, same_as, exchange, receipt';

function batchRow(stored: Stored): BatchRow {
  return {
    id: stored.id,
    dataset: stored.dataset,
    department: stored.department,
    state: stored.state,
    bytes: Number(stored.bytes),
    sha256: stored.sha256,
    mapping: stored.mapping,
    mappingDigest: stored.mapping_digest,
    schema: stored.schema_urn,
    counts:
      stored.records === null
        ? undefined
        : {
            records: Number(stored.records),
            rows: Number(stored.rows_ok),
            bad: Number(stored.rows_bad),
            skipped: Number(stored.skipped),
          },
    problem: stored.problem,
    sameAs: stored.same_as,
    exchange: stored.exchange,
    receipt: stored.receipt,
  };
}

export async function batchById(reader: Reader, id: string): Promise<BatchRow | undefined> {
  const { rows } = await reader.query<Stored>(`SELECT ${columns} FROM batch WHERE id = $1`, [id]);
  return rows[0] === undefined ? undefined : batchRow(rows[0]);
}

export async function openBatch(
  reader: Reader,
  batch: { readonly id: string; readonly dataset: string; readonly department: string },
): Promise<void> {
  await reader.query("INSERT INTO batch (id, dataset, department, state) VALUES ($1, $2, $3, 'receiving')", [
    batch.id,
    batch.dataset,
    batch.department,
  ]);
}

/** Moves the offset of an open batch. @returns false when it no longer stands at `from`: another part came first */
export async function advanceBatch(
  reader: Reader,
  id: string,
  from: number,
  bytes: number,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    "UPDATE batch SET bytes = bytes + $3 WHERE id = $1 AND bytes = $2 AND state = 'receiving'",
    [id, from, bytes],
  );
  return rowCount === 1;
}

export interface CommittedAs {
  readonly sha256: string;
  readonly mapping: string;
  readonly mappingDigest: string;
  readonly schema: string;
}

/**
 * Takes a batch for translation: an open one, or one whose hub has gone (its lease has run out).
 * @param owner uuid of this attempt @param seconds the lease
 * @returns false when somebody else has it, or it is past this step
 */
export async function leaseBatch(
  reader: Reader,
  id: string,
  as: CommittedAs,
  owner: string,
  seconds: number,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = 'checking', sha256 = $2, mapping = $3, mapping_digest = $4, schema_urn = $5, problem = NULL,
            records = NULL, exchange = NULL, receipt = NULL, lease_owner = $6, lease_until = now() + make_interval(secs => $7)
      WHERE id = $1 AND (state = 'receiving' OR state = 'failed' OR (state = 'checking' AND lease_until < now()))`,
    [id, as.sha256, as.mapping, as.mappingDigest, as.schema, owner, seconds],
  );
  return rowCount === 1;
}

/** Keeps the lease. @returns false when it was lost */
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

/** Whether a lease still stands. @param lock keeps it so until the transaction ends */
export async function holdsLease(reader: Reader, id: string, owner: string, lock: boolean): Promise<boolean> {
  const { rows } = await reader.query(
    `SELECT 1 FROM batch WHERE id = $1 AND lease_owner = $2 AND state = 'checking'${lock ? ' FOR SHARE' : ''}`,
    [id, owner],
  );
  return rows.length === 1;
}

/** Batches that a hub left in the middle of translation. */
export async function abandonedBatches(reader: Reader): Promise<readonly BatchRow[]> {
  const { rows } = await reader.query<Stored>(
    `SELECT ${columns} FROM batch WHERE state = 'checking' AND lease_until < now() ORDER BY opened_at LIMIT 100`,
  );
  return rows.map(batchRow);
}

export interface BatchOutcome {
  readonly id: string;
  readonly owner: string;
  readonly state: 'published' | 'held' | 'failed';
  readonly counts?: BatchCounts;
  /** code of the problem it stands at */
  readonly problem?: string;
  /** id of the exchange whose entry tells it */
  readonly exchange: string;
}

/** Ends a translation, inside the transaction of its entry. @returns false when the lease was lost to another hub */
export async function finishBatch(reader: Reader, outcome: BatchOutcome): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = $3, records = $4, rows_ok = $5, rows_bad = $6, skipped = $7, problem = $8, exchange = $9,
            finished_at = now(), lease_until = NULL
      WHERE id = $1 AND lease_owner = $2 AND state = 'checking'`,
    [
      outcome.id,
      outcome.owner,
      outcome.state,
      outcome.counts?.records ?? null,
      outcome.counts?.rows ?? null,
      outcome.counts?.bad ?? null,
      outcome.counts?.skipped ?? null,
      outcome.problem ?? null,
      outcome.exchange,
    ],
  );
  return rowCount === 1;
}

/** A batch with the very bytes of the one that is current: it is not loaded, and its parts are stored already. */
export async function closeAsSame(
  reader: Reader,
  id: string,
  as: CommittedAs,
  first: BatchRow,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = 'superseded', sha256 = $2, mapping = $3, mapping_digest = $4, schema_urn = $5, same_as = $6,
            exchange = $7, finished_at = now()
      WHERE id = $1 AND state IN ('receiving', 'failed')`,
    [id, as.sha256, as.mapping, as.mappingDigest, as.schema, first.id, first.exchange],
  );
  await reader.query('DELETE FROM batch_part WHERE batch = $1', [id]);
  return rowCount === 1;
}

/** The batch that readers saw until now is no longer current. */
export async function supersedeBatches(reader: Reader, dataset: string, current: string): Promise<void> {
  await reader.query(
    "UPDATE batch SET state = 'superseded' WHERE dataset = $1 AND state = 'published' AND id <> $2",
    [dataset, current],
  );
}

/** Keeps the receipt of the exchange that tells a batch's outcome; another exchange's is not its own. */
export async function keepReceipt(
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

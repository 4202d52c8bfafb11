/** What an intake or management call was answered, kept for a repetition with the same key. */
import type { Reader } from '../../platform/database/reader.ts';

export interface IdempotencyKey {
  /** department, or `staff:<token id>` */
  readonly department: string;
  readonly operation: string;
  readonly key: string;
}

export interface StoredOutcome extends IdempotencyKey {
  /** base64url SHA-256 of the request's bytes: other bytes under the same key are a conflict */
  readonly requestDigest: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** id of the exchange that was answered */
  readonly exchange: string;
}

interface OutcomeRow {
  requestDigest: string;
  status: number;
  contentType: string;
  body: Buffer;
  exchange: string;
}

export async function storedOutcome(reader: Reader, key: IdempotencyKey): Promise<StoredOutcome | undefined> {
  const { rows } = await reader.query<OutcomeRow>(
    `SELECT request_digest AS "requestDigest", status, content_type AS "contentType", body, exchange
       FROM idempotency_outcome WHERE department = $1 AND operation = $2 AND key = $3`,
    [key.department, key.operation, key.key],
  );
  const row = rows[0];
  return row === undefined ? undefined : { ...key, ...row };
}

/** How long an outcome is kept, in days: nobody retries later than that. */
const keptDays = 30;

/**
 * Keeps an outcome, in the transaction of its entry, and drops some that are too old.
 * @returns false when another call with the same key was kept first
 */
export async function keepOutcome(reader: Reader, outcome: StoredOutcome): Promise<boolean> {
  const { rowCount } = await reader.query(
    `WITH old AS (
       DELETE FROM idempotency_outcome WHERE (department, operation, key) IN (
         SELECT department, operation, key FROM idempotency_outcome
          WHERE at < now() - make_interval(days => $9) ORDER BY at LIMIT 100 FOR UPDATE SKIP LOCKED)
     )
     INSERT INTO idempotency_outcome
       (department, operation, key, request_digest, status, content_type, body, exchange)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    [
      outcome.department,
      outcome.operation,
      outcome.key,
      outcome.requestDigest,
      outcome.status,
      outcome.contentType,
      Buffer.from(outcome.body),
      outcome.exchange,
      keptDays,
    ],
  );
  return rowCount === 1;
}

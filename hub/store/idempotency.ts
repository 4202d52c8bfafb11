/** What an intake or management call was answered, kept for a repetition with the same key. */
import type { Reader } from './reader.ts';

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

/**
 * Keeps an outcome, in the transaction of its entry.
 * @returns false when another call with the same key was kept first
 */
export async function keepOutcome(reader: Reader, outcome: StoredOutcome): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO idempotency_outcome
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
    ],
  );
  return rowCount === 1;
}

/** Removes outcomes older than so many days. @returns how many */
export async function forgetOutcomes(reader: Reader, days: number): Promise<number> {
  const { rowCount } = await reader.query(
    'DELETE FROM idempotency_outcome WHERE at < now() - make_interval(days => $1)',
    [days],
  );
  return rowCount ?? 0;
}

/**
 * The stored answer of an intake or management call, for a repetition with the same key. The column `request_digest` contains the digest
 * of the request and, after a dot, a MAC over the outcome with a key of the hub. The hub signs a stored answer only if it is unchanged.
 */
import { createHash, createHmac, type KeyObject } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import { sealingOf } from '../../platform/database/authenticated/rowSealing.ts';
import {
  inPortions,
  lockSums,
  summedTables,
  writeSum,
} from '../../platform/database/authenticated/sealStore.ts';
import { isSameMac } from '../../platform/database/authenticated/seals.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { withTransaction } from '../../platform/database/transaction.ts';

export interface IdempotencyKey {
  /** department, or `staff:<token id>` */
  readonly department: string;
  readonly operation: string;
  readonly key: string;
}

export interface StoredOutcome extends IdempotencyKey {
  /** base64url SHA-256 of the request's bytes: different bytes under the same key are a conflict */
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
  const [row] = rows;
  if (row === undefined) return undefined;
  const secret = keyOf(reader);
  const [requestDigest = '', mac = ''] = row.requestDigest.split('.');
  const outcome = { ...key, ...row, requestDigest };
  if (secret === undefined || isSameMac(Buffer.from(mac, 'base64url'), macOf(secret, outcome)))
    return outcome;
  sealingOf(reader)?.suspect();
  throw new Problem('rows_unauthenticated', { table: 'idempotency_outcome' });
}

const keyOf = (reader: Reader): KeyObject | undefined => sealingOf(reader)?.digests?.key;

const macOf = (secret: KeyObject, outcome: StoredOutcome): Buffer => {
  const { department, operation, key, requestDigest, status, contentType, body, exchange } = outcome;
  const hash = createHash('sha256').update(body).digest('hex');
  const named = ['datong outcome 1', department, operation, key, requestDigest];
  return createHmac('sha256', secret)
    .update(JSON.stringify([...named, status, contentType, hash, exchange]))
    .digest();
};

/** Digest and MAC, as the column stores them. */
const sealedDigest = (secret: KeyObject | undefined, outcome: StoredOutcome): string =>
  secret === undefined
    ? outcome.requestDigest
    : `${outcome.requestDigest}.${macOf(secret, outcome).toString('base64url')}`;

/** Marker in `row_sum`: the outcomes of an earlier release have their MACs. */
const allSealed = 'outcomes';

/** Runs at the start: adds MACs to outcomes that an earlier release stored, once. */
export async function sealStoredOutcomes({ owner }: Pick<Database, 'owner'>): Promise<void> {
  const digests = sealingOf(owner)?.digests;
  if (digests === undefined || digests.known(allSealed).version > 0) return;
  await withTransaction(owner, async (transaction) => {
    await lockSums(transaction);
    if ((await summedTables(transaction)).has(allSealed)) return;
    const all = `SELECT department, operation, key, request_digest AS "requestDigest", status, content_type AS "contentType", body, exchange
                   FROM idempotency_outcome WHERE request_digest NOT LIKE '%.%'`;
    for await (const rows of inPortions<IdempotencyKey & OutcomeRow>(transaction, all))
      await transaction.query(
        `UPDATE idempotency_outcome AS o SET request_digest = f.sealed
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS f (department, operation, key, sealed)
          WHERE o.department = f.department AND o.operation = f.operation AND o.key = f.key`,
        [
          rows.map(({ department }) => department),
          rows.map(({ operation }) => operation),
          rows.map(({ key }) => key),
          rows.map((row) => sealedDigest(digests.key, row)),
        ],
      );
    await writeSum(transaction, digests.key, allSealed, { version: 1, count: 0, sum: 0n });
  });
  digests.seen(allSealed, { version: 1 });
}

/** Days that an outcome is stored: no client retries later than that. */
const storedDays = 30;

/**
 * Stores an outcome in the transaction of its entry, and deletes some expired ones.
 * @returns false when another call with the same key was stored first
 */
export async function storeOutcome(reader: Reader, outcome: StoredOutcome): Promise<boolean> {
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
      sealedDigest(keyOf(reader), outcome),
      outcome.status,
      outcome.contentType,
      Buffer.from(outcome.body),
      outcome.exchange,
      storedDays,
    ],
  );
  return rowCount === 1;
}

/**
 * Hashes of credentials are stored under a key of the hub: `k1:` and the HMAC-SHA-256 of the SHA-256. So an actor with only write access
 * to the database cannot make the hash of a secret of their own. Hashes that an earlier release stored get the key at the start.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { sealingOf } from '../../platform/database/authenticated/rowSealing.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { withTransaction, type Transaction } from '../../platform/database/transaction.ts';

const prefix = 'k1:';

const keyedBy = (key: KeyObject, hash: string): string =>
  prefix + createHmac('sha256', key).update(`datong credential 1\n${hash}`).digest('hex');

/** @param reader of the database that stores the hash; without seals it is stored unchanged @param hash hex SHA-256 */
export function keyedHash(reader: Reader, hash: string): string {
  const key = sealingOf(reader)?.digests?.key;
  return key === undefined ? hash : keyedBy(key, hash);
}

/** The hexadecimal digits of a stored hash. */
export const digitsOf = (stored: string): string =>
  stored.startsWith(prefix) ? stored.slice(prefix.length) : stored;

/**
 * Adds the key to credentials whose hash has none yet. Those without a valid seal are unchanged, and remain invalid.
 * @param reported writes an entry in the log
 */
export async function keyStoredHashes(
  { app, owner }: Pick<Database, 'app' | 'owner'>,
  reported: (credentials: number) => Promise<unknown>,
): Promise<void> {
  const key = sealingOf(app)?.digests?.key;
  if (key === undefined) return;
  const credentials = await withTransaction(owner, async (transaction) => {
    const unkeyed = await unkeyedHashes(transaction);
    for (const { id, hash } of unkeyed)
      await transaction.query('UPDATE credential SET hash = $2 WHERE id = $1 AND hash = $3', [
        id,
        keyedBy(key, hash),
        hash,
      ]);
    return unkeyed.length;
  });
  if (credentials > 0) await reported(credentials);
}

const unkeyedHashes = (transaction: Transaction): Promise<{ readonly id: string; readonly hash: string }[]> =>
  sealedRows(
    transaction,
    'credential',
    `SELECT id, hash FROM credential WHERE NOT starts_with(hash, '${prefix}') FOR UPDATE OF credential`,
  );

/** Statements of the log's key rotations, and the digests of the keys that all processes must have alike. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { KnownRotation, Rotation } from '../../../log/note/keyRotation.ts';
import type { Reader } from '../../platform/database/reader.ts';

export async function logKeyRotations(reader: Reader): Promise<KnownRotation[]> {
  const { rows } = await reader.query<KnownRotation>(
    `SELECT statement, (extract(epoch FROM rotated_at) * 1000)::double precision AS "rotatedAt"
       FROM log_key_rotation ORDER BY from_size, next_key`,
  );
  return rows;
}

/**
 * Stores a rotation. A key has one successor and is the successor of one key.
 * @param rotation.exchange of the entry that contains the statement; null: it was restored from a key folder
 * @throws the database's unique_violation for another statement of one of the two keys
 */
export async function storeRotation(
  reader: Reader,
  { old, next, from, note, exchange }: Rotation & { readonly exchange: string | null },
): Promise<void> {
  await reader.query(
    `INSERT INTO log_key_rotation (next_key, old_key, from_size, statement, exchange, rotated_at)
     VALUES ($1, $2, $3, $4, $5::uuid, CASE WHEN $5::uuid IS NOT NULL THEN now() END)
     ON CONFLICT (statement) DO NOTHING`,
    [next.vkey, old.vkey, from, note, exchange],
  );
}

/** vkeys of proposed rotations that are not complete: every process needs their key files by then. */
export async function comingLogKeys(reader: Reader): Promise<string[]> {
  const { rows } = await reader.query<{ next: string }>(
    `SELECT p.body::jsonb ->> 'next' AS next FROM proposal p
      WHERE p.operation = 'rotateLogKey' AND p.state IN ('waiting', 'accepted')
        AND NOT EXISTS (SELECT FROM log_key_rotation r WHERE r.next_key = p.body::jsonb ->> 'next')
      ORDER BY p.id`,
  );
  return rows.map(({ next }) => next);
}

/** Keys of accepted rotations that are not complete, the earliest accepted first. A row that the hub did not write is none. */
export async function acceptedLogKeys(
  reader: Reader,
): Promise<
  { readonly proposal: string; readonly next: string; readonly author: string; readonly approver: string }[]
> {
  return sealedRows<{ proposal: string; next: string; author: string; approver: string }>(
    reader,
    ['proposal', 'p'],
    `SELECT p.id AS proposal, p.body::jsonb ->> 'next' AS next, p.author, p.decided_by AS approver FROM proposal p
      WHERE p.operation = 'rotateLogKey' AND p.state = 'accepted'
        AND NOT EXISTS (SELECT FROM log_key_rotation r WHERE r.next_key = p.body::jsonb ->> 'next')
      ORDER BY p.decided_at, p.id`,
  );
}

/** The recorded digest of a key, undefined if no process has recorded one. */
export async function keyDigest(reader: Reader, name: string): Promise<string | undefined> {
  const { rows } = await reader.query<{ digest: string }>('SELECT digest FROM key_digest WHERE name = $1', [
    name,
  ]);
  return rows[0]?.digest;
}

/** Records the digest of a key, if none is recorded. @returns the recorded digest */
export async function claimKeyDigest(reader: Reader, name: string, digest: string): Promise<string> {
  await reader.query('INSERT INTO key_digest (name, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    name,
    digest,
  ]);
  return (await keyDigest(reader, name)) ?? digest;
}

/** Sessions of persons on their own page. What proves one is kept as a hash. */
import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface OwnSession {
  readonly id: string;
  /** keyed hash of the person, 32 bytes */
  readonly subject: Uint8Array;
  /** of the assertion that opened it */
  readonly commitment: string;
  /** which vouched for her */
  readonly department: string;
  readonly presentedBy: 'self' | 'guardian' | 'agent';
  /** how sure the department was who she is; null where the session is older than this */
  readonly assurance: 'substantial' | 'high' | null;
  /** Unix milliseconds */
  readonly until: number;
}

const columns = `id, subject, commitment, department, presented_by AS "presentedBy", assurance,
  (extract(epoch FROM until) * 1000)::double precision AS until`;

/** Keeps one that waits for its code; those that are over go. @param hash hex SHA-256 of the code @param idleUntil Unix milliseconds */
export async function insertOwnSession(
  transaction: Reader,
  row: OwnSession & {
    readonly hash: string;
    readonly idleUntil: number;
    readonly now: number;
    /** her identifier */
    readonly sealedKey: Uint8Array;
  },
  exchange: string,
): Promise<void> {
  await transaction.query(
    'DELETE FROM own_session WHERE until < to_timestamp($1 / 1000.0) OR idle_until < to_timestamp($1 / 1000.0)',
    [row.now],
  );
  await transaction.query(
    `INSERT INTO own_session (id, hash, subject, commitment, department, presented_by, idle_until, until, exchange, sealed_key, assurance)
     VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0), to_timestamp($8 / 1000.0), $9, $10, $11)`,
    [
      ...[row.id, row.hash, Buffer.from(row.subject), row.commitment, row.department, row.presentedBy],
      ...[row.idleUntil, row.until, exchange, Buffer.from(row.sealedKey), row.assurance],
    ],
  );
}

/** The one of a hash that is not over. @param used whether its code was used @param now Unix milliseconds */
export async function ownSessionByHash(
  reader: Reader,
  hash: string,
  used: boolean,
  now: number,
): Promise<OwnSession | undefined> {
  const rows = await sealedRows<OwnSession>(
    reader,
    'own_session',
    `SELECT ${columns} FROM own_session
      WHERE hash = $1 AND used = $2 AND least(idle_until, until) > to_timestamp($3 / 1000.0)`,
    [hash, used, now],
  );
  return rows[0];
}

/** Her identifier as the session keeps it, sealed; undefined once the session is gone. */
export async function sealedKeyOf(reader: Reader, id: string): Promise<Buffer | undefined> {
  const rows = await sealedRows<{ sealed: Buffer }>(
    reader,
    'own_session',
    'SELECT sealed_key AS sealed FROM own_session WHERE id = $1',
    [id],
  );
  return rows[0]?.sealed;
}

/** The code becomes a session of another secret, once. @returns false when it was used before */
export async function useOwnCode(
  transaction: Reader,
  change: { readonly id: string; readonly code: string; readonly hash: string; readonly idleUntil: number },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE own_session SET hash = $3, used = true, idle_until = to_timestamp($4 / 1000.0)
      WHERE id = $1 AND hash = $2 AND NOT used`,
    [change.id, change.code, change.hash, change.idleUntil],
  );
  return rowCount === 1;
}

/** @param idleUntil Unix milliseconds */
export async function seeOwnSession(reader: Reader, id: string, idleUntil: number): Promise<void> {
  await reader.query('UPDATE own_session SET idle_until = to_timestamp($2 / 1000.0) WHERE id = $1 AND used', [
    id,
    idleUntil,
  ]);
}

/** Its row is gone: nothing of whose it was stays. */
export async function endOwnSession(transaction: Reader, id: string): Promise<void> {
  await transaction.query('DELETE FROM own_session WHERE id = $1', [id]);
}

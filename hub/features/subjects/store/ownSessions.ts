/** Sessions of persons on their own page. The secret of a session is stored as a hash. */
import { sealedRow, sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface OwnSession {
  readonly id: string;
  /** keyed hash of the person, 32 bytes */
  readonly subject: Uint8Array;
  /** of the assertion that opened it */
  readonly commitment: string;
  /** the department that vouched for the person */
  readonly department: string;
  readonly presentedBy: 'self' | 'guardian' | 'agent';
  /** how surely the department identified the person; null for a session from before this column existed */
  readonly assurance: 'substantial' | 'high' | null;
  /** Unix milliseconds */
  readonly until: number;
}

const columns = `id, subject, commitment, department, presented_by AS "presentedBy", assurance,
  (extract(epoch FROM until) * 1000)::double precision AS until`;

/**
 * Stores a session that waits for its code, and deletes expired ones.
 * @param hash hex SHA-256 of the code
 * @param idleUntil Unix milliseconds
 */
export async function insertOwnSession(
  transaction: Reader,
  row: OwnSession & {
    readonly hash: string;
    readonly idleUntil: number;
    readonly now: number;
    /** the person's identifier */
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

/** The unexpired session of a hash. @param used whether its code was used @param now Unix milliseconds */
export const ownSessionByHash = (
  reader: Reader,
  hash: string,
  used: boolean,
  now: number,
): Promise<OwnSession | undefined> =>
  sealedRow<OwnSession>(
    reader,
    'own_session',
    `SELECT ${columns} FROM own_session
      WHERE hash = $1 AND used = $2 AND least(idle_until, until) > to_timestamp($3 / 1000.0)`,
    [hash, used, now],
  );

/** The person's identifier, sealed; undefined once the session is deleted. */
export async function sealedKeyOf(reader: Reader, id: string): Promise<Buffer | undefined> {
  const rows = await sealedRows<{ sealed: Buffer }>(
    reader,
    'own_session',
    'SELECT sealed_key AS sealed FROM own_session WHERE id = $1',
    [id],
  );
  return rows[0]?.sealed;
}

/** Exchanges the code for the session's own secret, once. @returns false when it was used before */
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

/** Deletes the session's row, so that nothing shows whose it was. */
export async function endOwnSession(transaction: Reader, id: string): Promise<void> {
  await transaction.query('DELETE FROM own_session WHERE id = $1', [id]);
}

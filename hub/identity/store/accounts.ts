/** Accounts at the identity provider among the credentials: nothing but a hash of whose they are. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../platform/database/moment.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface AccountRow {
  readonly id: string;
  readonly person: string;
  /** Unix milliseconds */
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

/** @param hash hex SHA-256 of issuer and subject */
export async function accountByHash(reader: Reader, hash: string): Promise<AccountRow | undefined> {
  const rows = await sealedRows<{
    id: string;
    person: string;
    expiresAt: string;
    revokedAt: string | null;
  }>(
    reader,
    'credential',
    `SELECT id, person, ${momentOf('expires_at')} AS "expiresAt", ${momentOf('revoked_at')} AS "revokedAt"
       FROM credential WHERE kind = 'oidc' AND hash = $1 ORDER BY revoked_at NULLS FIRST LIMIT 1`,
    [hash],
  );
  const [row] = rows;
  return row && { ...row, expiresAt: readMoment(row.expiresAt), revokedAt: readMomentOrNull(row.revokedAt) };
}

/**
 * @param exchange id of the entry that registers it
 * @returns false where the account is bound already
 */
export async function insertAccount(
  reader: Reader,
  row: Omit<AccountRow, 'revokedAt'> & { readonly hash: string; readonly label: string },
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO credential (id, kind, hash, person, label, expires_at, issued_by)
     VALUES ($1, 'oidc', $2, $3, $4, ${momentAt('$5')}, $6) ON CONFLICT DO NOTHING`,
    [row.id, row.hash, row.person, row.label, row.expiresAt, exchange],
  );
  return rowCount === 1;
}

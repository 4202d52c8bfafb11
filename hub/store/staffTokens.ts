/** Bearer tokens of staff. Only the hash of the secret is stored. */
import { momentAt, momentOf, readMoment, readMomentOrNull } from './moment.ts';
import type { Reader } from './reader.ts';

export interface StaffTokenRow {
  readonly id: string;
  /** hex SHA-256 of the secret */
  readonly hash: string;
  /** of the person or machine */
  readonly name: string;
  readonly scopes: readonly string[];
  readonly department: string | null;
  /** Unix milliseconds */
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

interface Selected extends Omit<StaffTokenRow, 'scopes' | 'expiresAt' | 'revokedAt'> {
  readonly scopes: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

export async function listStaffTokens(reader: Reader): Promise<StaffTokenRow[]> {
  const { rows } = await reader.query<Selected>(
    `SELECT id, hash, name, scopes, department, ${momentOf('expires_at')} AS "expiresAt",
       ${momentOf('revoked_at')} AS "revokedAt" FROM staff_token ORDER BY id`,
  );
  return rows.map((row) => ({
    ...row,
    scopes: row.scopes.split(' '),
    expiresAt: readMoment(row.expiresAt),
    revokedAt: readMomentOrNull(row.revokedAt),
  }));
}

/** @param exchange id of the entry that issues it */
export async function insertStaffToken(
  reader: Reader,
  row: Omit<StaffTokenRow, 'revokedAt'>,
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO staff_token (id, hash, name, scopes, department, expires_at, issued_by)
     VALUES ($1, $2, $3, $4, $5, ${momentAt('$6')}, $7)`,
    [row.id, row.hash, row.name, row.scopes.join(' '), row.department, row.expiresAt, exchange],
  );
}

/** @returns false when there is no such token, or it is revoked already */
export async function revokeStaffToken(
  reader: Reader,
  revocation: { readonly id: string; readonly at: number; readonly exchange: string },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE staff_token SET revoked_at = ${momentAt('$2')}, revoked_by = $3 WHERE id = $1 AND revoked_at IS NULL`,
    [revocation.id, revocation.at, revocation.exchange],
  );
  return rowCount === 1;
}

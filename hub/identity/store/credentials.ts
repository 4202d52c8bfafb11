/** Stores the credentials of persons. Of a bearer token only a keyed hash of its secret is stored. */
import { keyedHash } from './keyedHashes.ts';
import { refuseUnended } from '../../platform/database/authenticated/keyedRows.ts';
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { isRole, type Role } from '../../domain/permissions.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface TokenRow {
  readonly id: string;
  readonly kind: 'token' | 'passkey' | 'oidc';
  /** of the secret, or of the value that the credential is found by: stored under a key (`keyedHash`) */
  readonly hash: string;
  /** id of the person it belongs to */
  readonly person: string;
  /** narrower than the person's own; null: all of them */
  readonly roles: readonly Role[] | null;
  /** Unix milliseconds */
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

interface Selected extends Omit<TokenRow, 'roles' | 'expiresAt' | 'revokedAt'> {
  readonly roles: string | null;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

export async function listTokens(reader: Reader): Promise<TokenRow[]> {
  const rows = await sealedRows<Selected>(
    reader,
    'credential',
    `SELECT id, kind, hash, person, roles, ${momentOf('expires_at')} AS "expiresAt",
       ${momentOf('revoked_at')} AS "revokedAt" FROM credential ORDER BY id`,
  );
  return rows.map((row) => ({
    ...row,
    roles: row.roles === null ? null : row.roles.split(' ').filter(isRole),
    expiresAt: readMoment(row.expiresAt),
    revokedAt: readMomentOrNull(row.revokedAt),
  }));
}

/** @param exchange id of the entry that issues it */
export async function insertToken(
  reader: Reader,
  row: Omit<TokenRow, 'kind' | 'revokedAt'>,
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO credential (id, hash, person, roles, expires_at, issued_by)
     VALUES ($1, $2, $3, $4, ${momentAt('$5')}, $6)`,
    [row.id, keyedHash(reader, row.hash), row.person, row.roles?.join(' ') ?? null, row.expiresAt, exchange],
  );
}

/**
 * @returns false when it is revoked already
 * @throws Problem rows_unauthenticated where it is not, and its row was altered while the statement waited for it
 */
export async function revokeToken(
  reader: Reader,
  revocation: { readonly id: string; readonly at: number; readonly exchange: string },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE credential SET revoked_at = ${momentAt('$2')}, revoked_by = $3 WHERE id = $1 AND revoked_at IS NULL`,
    [revocation.id, revocation.at, revocation.exchange],
  );
  if (rowCount !== 1) await refuseUnended(reader, 'credential', [revocation.id], 'revoked_at');
  return rowCount === 1;
}

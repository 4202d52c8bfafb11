/** Public keys with which departments sign. */
import { comparedTable } from '../../platform/database/authenticated/comparedTable.ts';
import { revokedLines, type RevokedLines } from './certificates.ts';
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

export type SigningKeyAlgorithm = 'ecdsa-p256-sha256' | 'ed25519';

/** `waiting`: not yet confirmed by another person */
export type SigningKeyState = 'waiting' | 'active' | 'refused';

export interface SigningKeyRow {
  /** RFC 7638 thumbprint */
  readonly keyid: string;
  readonly department: string;
  readonly alg: SigningKeyAlgorithm;
  /** SubjectPublicKeyInfo, PEM */
  readonly publicKey: string;
  /** Unix milliseconds */
  readonly notBefore: number;
  readonly revokedAt: number | null;
  readonly state: SigningKeyState;
}

interface Selected extends Omit<SigningKeyRow, 'notBefore' | 'revokedAt'> {
  readonly notBefore: string;
  readonly revokedAt: string | null;
}

const columns = `keyid, department, alg, public_key AS "publicKey", ${momentOf('not_before')} AS "notBefore",
  ${momentOf('revoked_at')} AS "revokedAt", state`;

/** All keys. One whose machine was compromised is revoked with its certificate. */
export async function listSigningKeys(reader: Reader, lines?: RevokedLines): Promise<SigningKeyRow[]> {
  const rows = await sealedRows<Selected & { readonly enrolment: string }>(
    reader,
    'signing_key',
    `SELECT ${columns}, registered_by AS enrolment FROM signing_key`,
  );
  const revoked = lines ?? (await revokedLines(reader));
  return rows.map(({ enrolment, ...row }) => {
    const line = revoked.get(enrolment);
    const withCertificate = line?.reason === 'key-compromise' ? line.at : null;
    return {
      ...row,
      notBefore: readMoment(row.notBefore),
      revokedAt: readMomentOrNull(row.revokedAt) ?? withCertificate,
    };
  });
}

/**
 * Registers a key. A department's first key is valid at once; a further one, whose code a person issued, waits. Concurrent transactions
 * cannot both register a first key.
 * @param row with the person who issued its code, absent: on the machine itself
 * @param exchange id of the entry that registers it
 * @returns false when the key is registered already
 * @throws Problem rows_unauthenticated: keys that were changed past the hub could make this the first
 */
export async function insertSigningKey(
  reader: Reader,
  row: Omit<SigningKeyRow, 'revokedAt' | 'state'> & { readonly issuer?: string | null },
  exchange: string,
): Promise<boolean> {
  await reader.query("SELECT pg_advisory_xact_lock(hashtext('signing keys'), hashtext($1))", [
    row.department,
  ]);
  const known = await comparedTable(reader, 'signing_key');
  const first = !known.some(({ department }) => department === row.department);
  const issuer = row.issuer ?? null;
  const { rowCount } = await reader.query(
    `INSERT INTO signing_key (keyid, department, alg, public_key, not_before, registered_by, issuer, first, state)
     VALUES ($1, $2, $3, $4, ${momentAt('$5')}, $6, $7, $8, $9) ON CONFLICT (keyid) DO NOTHING`,
    [
      ...[row.keyid, row.department, row.alg, row.publicKey, row.notBefore, exchange, issuer, first],
      first || issuer === null ? 'active' : 'waiting',
    ],
  );
  return rowCount === 1;
}

/** Ends the signing keys of one enrolment. @param now Unix milliseconds */
export async function revokeSigningKeys(reader: Reader, enrolment: string, now: number): Promise<void> {
  await reader.query(
    `UPDATE signing_key SET revoked_at = ${momentAt('$2')} WHERE registered_by = $1 AND revoked_at IS NULL`,
    [enrolment, now],
  );
}

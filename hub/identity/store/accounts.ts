/** Stores accounts at the identity provider among the credentials: only a keyed hash of the account's identity. */
import { keyedHash } from './keyedHashes.ts';
import { firstSealedRows, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../platform/database/values.ts';
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
  const rows = await firstSealedRows<{
    id: string;
    person: string;
    expiresAt: string;
    revokedAt: string | null;
  }>(
    reader,
    'credential',
    `SELECT id, person, ${momentOf('expires_at')} AS "expiresAt", ${momentOf('revoked_at')} AS "revokedAt"
       FROM credential WHERE kind = 'oidc' AND hash = $1 ORDER BY revoked_at NULLS FIRST`,
    [keyedHash(reader, hash)],
    1,
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
     VALUES ($1, 'oidc', $2, $3, $4, ${momentAt('$5')}, $6)
     ON CONFLICT (kind, hash) WHERE kind <> 'token' AND revoked_at IS NULL DO NOTHING`,
    [row.id, keyedHash(reader, row.hash), row.person, row.label, row.expiresAt, exchange],
  );
  return rowCount === 1;
}

/** Authenticators that show six digits: one per person, its secret sealed. */
export interface AuthenticatorRow {
  readonly person: string;
  /** sealed */
  readonly secret: Buffer;
  /** Unix milliseconds; null: it has shown no code yet and proves nothing */
  readonly confirmedAt: number | null;
  readonly failures: number;
  /** Unix milliseconds of the last wrong code */
  readonly failedAt: number | null;
}

export async function authenticatorOf(reader: Reader, person: string): Promise<AuthenticatorRow | undefined> {
  const rows = await sealedRows<{
    person: string;
    secret: Buffer;
    confirmedAt: string | null;
    failures: number;
    failedAt: string | null;
  }>(
    reader,
    'authenticator',
    `SELECT person, secret, ${momentOf('confirmed_at')} AS "confirmedAt", failures, ${momentOf('failed_at')} AS "failedAt"
       FROM authenticator WHERE person = $1`,
    [person],
  );
  const [row] = rows;
  return (
    row && {
      ...row,
      confirmedAt: readMomentOrNull(row.confirmedAt),
      failedAt: readMomentOrNull(row.failedAt),
    }
  );
}

/** Replaces an unconfirmed authenticator. @param exchange id of the entry @returns false where one is confirmed already */
export async function offerAuthenticator(
  reader: Reader,
  {
    person,
    secret,
    exchange,
  }: { readonly person: string; readonly secret: Uint8Array; readonly exchange: string },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO authenticator (person, secret, made_by) VALUES ($1, $2, $3)
     ON CONFLICT (person) DO UPDATE SET secret = $2, made_by = $3 WHERE authenticator.confirmed_at IS NULL`,
    [person, secret, exchange],
  );
  return rowCount === 1;
}

/** Uses a code of this time step, once. @param at Unix milliseconds @returns false where it or a later one was used before */
export async function takeStep(
  reader: Reader,
  { person, step, at }: { readonly person: string; readonly step: number; readonly at: number },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE authenticator SET last_step = $2, failures = 0, failed_at = NULL,
            confirmed_at = coalesce(confirmed_at, ${momentAt('$3')})
      WHERE person = $1 AND last_step < $2`,
    [person, step, at],
  );
  return rowCount === 1;
}

/** Counts a wrong code, and resets older counts. @param at Unix milliseconds */
export async function countFailure(
  reader: Reader,
  { person, at, forgetAfter }: { readonly person: string; readonly at: number; readonly forgetAfter: number },
): Promise<void> {
  await reader.query(
    `UPDATE authenticator SET failed_at = ${momentAt('$2')},
            failures = CASE WHEN failed_at < ${momentAt('($2::double precision - $3)')} THEN 1 ELSE failures + 1 END
      WHERE person = $1`,
    [person, at, forgetAfter],
  );
}

/**
 * Stores that a challenge was answered. Expired ones are deleted, since they are rejected anyway.
 * @param hash hex SHA-256 @param expiresAt Unix milliseconds
 * @returns false where it was answered before
 */
export async function answerChallenge(
  reader: Reader,
  { hash, expiresAt, now }: { readonly hash: string; readonly expiresAt: number; readonly now: number },
): Promise<boolean> {
  await reader.query(`DELETE FROM challenge_answered WHERE expires_at < ${momentAt('$1')}`, [now]);
  const { rowCount } = await reader.query(
    `INSERT INTO challenge_answered (hash, expires_at) VALUES ($1, ${momentAt('$2')}) ON CONFLICT DO NOTHING`,
    [hash, expiresAt],
  );
  return rowCount === 1;
}

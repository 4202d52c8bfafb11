/** Passkeys among the credentials: the public key and the authenticator's counter. */
import { keyedHash } from './keyedHashes.ts';
import { firstSealedRows, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface PasskeyRow {
  readonly id: string;
  readonly person: string;
  /** COSE key */
  readonly publicKey: Uint8Array;
  readonly signCount: number;
  /** Unix milliseconds */
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

interface Selected {
  readonly id: string;
  readonly person: string;
  readonly publicKey: Buffer;
  readonly signCount: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

const columns = `id, person, public_key AS "publicKey", sign_count::text AS "signCount",
  ${momentOf('expires_at')} AS "expiresAt", ${momentOf('revoked_at')} AS "revokedAt"`;

const timesOf = ({ signCount, expiresAt, revokedAt }: Selected) => ({
  signCount: Number(signCount),
  expiresAt: readMoment(expiresAt),
  revokedAt: readMomentOrNull(revokedAt),
});

/** @param hash hex SHA-256 by which the device's credential id is found */
export async function passkeyByHash(reader: Reader, hash: string): Promise<PasskeyRow | undefined> {
  const rows = await firstSealedRows<Selected>(
    reader,
    'credential',
    `SELECT ${columns}
       FROM credential WHERE kind = 'passkey' AND hash = $1 ORDER BY revoked_at NULLS FIRST`,
    [keyedHash(reader, hash)],
    1,
  );
  const [row] = rows;
  return row && { ...row, ...timesOf(row) };
}

/** Every passkey that a person ever registered, the oldest first. */
export async function passkeysOf(
  reader: Reader,
  person: string,
): Promise<(PasskeyRow & { readonly label: string })[]> {
  const rows = await sealedRows<Selected & { label: string }>(
    reader,
    'credential',
    `SELECT ${columns}, coalesce(label, '') AS label FROM credential WHERE kind = 'passkey' AND person = $1
      ORDER BY issued_at, id`,
    [person],
  );
  return rows.map((row) => ({ ...row, ...timesOf(row) }));
}

/** @param exchange id of the entry that registers it */
export async function insertPasskey(
  reader: Reader,
  row: Omit<PasskeyRow, 'revokedAt'> & { readonly hash: string; readonly label: string },
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO credential (id, kind, hash, person, public_key, sign_count, label, expires_at, issued_by)
     VALUES ($1, 'passkey', $2, $3, $4, $5, $6, ${momentAt('$7')}, $8)`,
    [
      ...[row.id, keyedHash(reader, row.hash), row.person, row.publicKey],
      ...[row.signCount, row.label, row.expiresAt, exchange],
    ],
  );
}

/** Stores the counter. @returns false where another sign-in was first: a counter that decreases indicates a copied key */
export async function usePasskey(
  reader: Reader,
  use: { readonly id: string; readonly before: number; readonly count: number },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    'UPDATE credential SET sign_count = $3 WHERE id = $1 AND sign_count = $2 AND revoked_at IS NULL',
    [use.id, use.before, use.count],
  );
  return rowCount === 1;
}

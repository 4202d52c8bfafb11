/** Invitations: two one-time halves, of which only the hashes are stored. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../platform/database/moment.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface InvitationRow {
  readonly person: string;
  /** hex SHA-256 of the half shown to whoever invites */
  readonly first: string;
  /** of the half shown to whoever confirms; null: nobody has yet */
  readonly second: string | null;
  /** Unix milliseconds */
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

interface Selected extends Omit<InvitationRow, 'expiresAt' | 'usedAt'> {
  readonly expiresAt: string;
  readonly usedAt: string | null;
}

export async function invitationByFirst(reader: Reader, first: string): Promise<InvitationRow | undefined> {
  const rows = await sealedRows<Selected>(
    reader,
    'invitation',
    `SELECT person, first, second, ${momentOf('expires_at')} AS "expiresAt", ${momentOf('used_at')} AS "usedAt"
       FROM invitation WHERE first = $1`,
    [first],
  );
  const [row] = rows;
  return row && { ...row, expiresAt: readMoment(row.expiresAt), usedAt: readMomentOrNull(row.usedAt) };
}

export async function insertInvitation(reader: Reader, row: Omit<InvitationRow, 'usedAt'>): Promise<void> {
  await reader.query(
    `INSERT INTO invitation (person, first, second, expires_at) VALUES ($1, $2, $3, ${momentAt('$4')})`,
    [row.person, row.first, row.second, row.expiresAt],
  );
}

/** @returns false when somebody has given the second half already */
export async function setSecondHalf(reader: Reader, person: string, second: string): Promise<boolean> {
  const { rowCount } = await reader.query(
    'UPDATE invitation SET second = $2 WHERE person = $1 AND second IS NULL AND used_at IS NULL',
    [person, second],
  );
  return rowCount === 1;
}

/** Of several callers at once exactly one gets true. @param at Unix milliseconds */
export async function useInvitation(reader: Reader, person: string, at: number): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE invitation SET used_at = ${momentAt('$2')}
      WHERE person = $1 AND used_at IS NULL AND second IS NOT NULL AND expires_at > ${momentAt('$2')}`,
    [person, at],
  );
  return rowCount === 1;
}

/** Enrolment codes (入网码) of departments, and invitations of persons. Codes are stored as hashes. */
import { firstSealedRows, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface EnrolmentCodeRow {
  /** hex SHA-256 of the code */
  readonly hash: string;
  /** name of the code in entries and lists */
  readonly id: string;
  readonly department: string;
  /** Unix milliseconds */
  readonly expiresAt: number;
  readonly usedAt: number | null;
  /** id of the person who issued it; null: issued on the machine itself */
  readonly issuer: string | null;
}

interface Selected extends Omit<EnrolmentCodeRow, 'expiresAt' | 'usedAt'> {
  readonly expiresAt: string;
  readonly usedAt: string | null;
}

export async function enrolmentCodeByHash(
  reader: Reader,
  hash: string,
): Promise<EnrolmentCodeRow | undefined> {
  const rows = await sealedRows<Selected>(
    reader,
    'enrolment_code',
    `SELECT hash, id, department, ${momentOf('expires_at')} AS "expiresAt", ${momentOf('used_at')} AS "usedAt", issuer
     FROM enrolment_code WHERE hash = $1`,
    [hash],
  );
  const [row] = rows;
  return row && { ...row, expiresAt: readMoment(row.expiresAt), usedAt: readMomentOrNull(row.usedAt) };
}

/** @param exchange id of the entry that issues it */
export async function insertEnrolmentCode(
  reader: Reader,
  row: Omit<EnrolmentCodeRow, 'usedAt'>,
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO enrolment_code (hash, id, department, expires_at, issued_by, issuer)
     VALUES ($1, $2, $3, ${momentAt('$4')}, $5, $6)`,
    [row.hash, row.id, row.department, row.expiresAt, exchange, row.issuer],
  );
}

/**
 * Uses the code. Of concurrent callers at most one gets true; none if the code is used or expired.
 * @param use moment in Unix milliseconds, and id of the entry
 */
export async function useEnrolmentCode(
  reader: Reader,
  hash: string,
  use: { readonly at: number; readonly exchange: string },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE enrolment_code SET used_at = ${momentAt('$2')}, used_by = $3
     WHERE hash = $1 AND used_at IS NULL AND expires_at > ${momentAt('$2')}`,
    [hash, use.at, use.exchange],
  );
  return rowCount === 1;
}

/** An enrolment code that can still be used. */
interface OpenCode {
  /** its name in entries; the code itself is not stored */
  readonly id: string;
  readonly department: string;
  /** id of the person who issued it; null: issued on the machine itself */
  readonly issuer: string | null;
  /** Unix milliseconds */
  readonly expiresAt: number;
}

/** At most 1,000 open codes, the earliest expiry first. @param now Unix milliseconds */
export async function listOpenCodes(reader: Reader, now: number): Promise<OpenCode[]> {
  const rows = await firstSealedRows<Omit<OpenCode, 'expiresAt'> & { expiresAt: string }>(
    reader,
    'enrolment_code',
    `SELECT id, department, issuer, ${momentOf('expires_at')} AS "expiresAt" FROM enrolment_code
      WHERE used_at IS NULL AND expires_at > ${momentAt('$1')} ORDER BY expires_at, id`,
    [now],
    1_000,
  );
  return rows.map((row) => ({ ...row, expiresAt: readMoment(row.expiresAt) }));
}

/** Invitations: two one-time halves, of which only the hashes are stored. */
interface InvitationRow {
  readonly person: string;
  /** hex SHA-256 of the half shown to the inviter */
  readonly first: string;
  /** of the half shown to the confirmer; null: not confirmed yet */
  readonly second: string | null;
  /** Unix milliseconds */
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

interface InvitationsSelected extends Omit<InvitationRow, 'expiresAt' | 'usedAt'> {
  readonly expiresAt: string;
  readonly usedAt: string | null;
}

export async function invitationByFirst(reader: Reader, first: string): Promise<InvitationRow | undefined> {
  const rows = await sealedRows<InvitationsSelected>(
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

/** @returns false if the second half was already given or the invitation was used */
export async function setSecondHalf(reader: Reader, person: string, second: string): Promise<boolean> {
  const { rowCount } = await reader.query(
    'UPDATE invitation SET second = $2 WHERE person = $1 AND second IS NULL AND used_at IS NULL',
    [person, second],
  );
  return rowCount === 1;
}

/**
 * Uses an invitation. Of concurrent callers at most one gets true; none if it is used, expired or not confirmed.
 * @param at Unix milliseconds
 */
export async function useInvitation(reader: Reader, person: string, at: number): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE invitation SET used_at = ${momentAt('$2')}
      WHERE person = $1 AND used_at IS NULL AND second IS NOT NULL AND expires_at > ${momentAt('$2')}`,
    [person, at],
  );
  return rowCount === 1;
}

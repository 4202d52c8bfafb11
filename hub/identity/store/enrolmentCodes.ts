/** One-time codes (入网码) with which a department enrols. Only their hash is stored. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../platform/database/moment.ts';
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
  /** id of the person who issued it; null: on the machine itself */
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
 * Takes the code: of several callers at once exactly one gets true.
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
